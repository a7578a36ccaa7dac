/** Which packs are there, what their outputs stand for, installing one from a folder, removing one after asking. */
import { useState } from 'react'
import type { PackSummary } from '../../../core/contract/pack.ts'
import { Button, Dialog, ErrorNote } from '../../components/basics.tsx'
import { StopGlyph } from '../../components/glyphs.tsx'
import { PathPicker } from '../../components/path-picker.tsx'
import { engine } from '../../lib/engine.ts'
import { bytes } from '../../lib/format.ts'
import { useAct, usePacks } from '../../lib/queries.ts'
import { InstallProgress, useInstall } from './install-progress.tsx'
import { words } from './strings.ts'

function Outputs({ pack }: { pack: PackSummary }) {
  return (
    <table className="wide pack-outputs" aria-label={words.outputs}>
      <thead>
        <tr>
          <th>{words.output.name}</th>
          <th>{words.output.shape}</th>
          <th>{words.output.standsFor}</th>
          <th>{words.output.use}</th>
        </tr>
      </thead>
      <tbody>
        {pack.outputs.map((output) => (
          <tr key={output.name} className="tall">
            <td className="mono">{output.name}</td>
            <td className="number">{output.shape.join(' × ')}</td>
            <td className="wrap">
              {output.standsFor} {output.standIn ? <span className="tag">{words.standIn}</span> : null}
            </td>
            <td className="wrap">
              {[
                ...(output.embedding ? [words.uses.embedding] : []),
                ...(output.metric === null ? [] : [words.uses.metric(output.metric)]),
              ].join('; ')}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Pack({ pack, onRemove }: { pack: PackSummary; onRemove: () => void }) {
  const [asking, setAsking] = useState(false)
  return (
    <section className="pack" aria-label={pack.title}>
      <div className="row">
        <h3>{pack.title}</h3>
        <span className="tag">{words.origin[pack.origin]}</span>
        <span className="grow" />
        {pack.origin === 'shipped' || asking ? null : (
          <Button label={words.removeNamed(pack.title)} onPress={() => setAsking(true)}>
            {words.remove}
          </Button>
        )}
      </div>
      {asking ? (
        <div className="row" role="alert">
          <span className="grow">{words.sure(pack.title)}</span>
          <Button kind="danger" onPress={onRemove}>
            {words.remove}
          </Button>
          <Button onPress={() => setAsking(false)}>{words.keep}</Button>
        </div>
      ) : null}
      {pack.problem === null ? null : (
        <p className="row" role="alert">
          <StopGlyph /> {pack.problem}
        </p>
      )}
      <p className="ink2">{words.facts(pack.version, bytes(pack.bytes), pack.licence)}</p>
      <p className="ink2">{words.trained(pack.trainingData)}</p>
      <Outputs pack={pack} />
      <small className="ink3">
        {words.checksum} <span className="mono">{pack.manifest}</span>
      </small>
    </section>
  )
}

export function PacksDialog({ onClose }: { onClose: () => void }) {
  const packs = usePacks()
  const [picking, setPicking] = useState(false)
  const install = useInstall()
  const remove = useAct((name: string) => engine.packs.remove({ name }))
  const list = packs.data ?? []
  return (
    <>
      <Dialog title={words.title} onClose={onClose} wide>
        {install.isPending ? (
          <InstallProgress progress={install.progress} onCancel={install.cancel} />
        ) : (
          <div className="row">
            <span className="grow ink2">{words.about}</span>
            <Button onPress={() => setPicking(true)}>{words.install}</Button>
          </div>
        )}
        <ErrorNote error={install.error ?? remove.error ?? packs.error} />
        {packs.data?.length === 0 ? <p className="ink2">{words.none}</p> : null}
        <div className="scroll packs">
          {list.map((pack) => (
            <Pack key={pack.name} pack={pack} onRemove={() => remove.mutate(pack.name)} />
          ))}
        </div>
      </Dialog>
      {picking ? (
        <PathPicker
          title={words.pick}
          kind="folder"
          onClose={() => setPicking(false)}
          onChoose={(place) => {
            setPicking(false)
            install.start(place)
          }}
        />
      ) : null}
    </>
  )
}
