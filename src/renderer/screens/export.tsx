/** Masks as NIfTI with BIDS names and a sidecar; a report of the subject as one page. */
import { useState } from 'react'
import type { Place } from '../../core/contract/common.ts'
import { describeReview } from '../../core/contract/review.ts'
import { Button, Empty, ErrorNote, Pane } from '../components/basics.tsx'
import { StopGlyph, WarningGlyph } from '../components/glyphs.tsx'
import { Icon } from '../components/icons.tsx'
import { PathPicker } from '../components/path-picker.tsx'
import { engine } from '../lib/engine.ts'
import { count } from '../lib/format.ts'
import { native } from '../lib/native.ts'
import { printReport } from '../lib/print-report.ts'
import { useAct, useProjectId, useSubjects } from '../lib/queries.ts'
import { useWindow } from '../lib/state.ts'
import { useSubjectMasks } from '../lib/subject.ts'
import { MaskFacts } from './export/mask-facts.tsx'
import { words } from './export/strings.ts'
import { WrittenFiles } from './export/written-files.tsx'
import { useReviews } from './review/verdict.tsx'

export function ExportScreen() {
  const project = useProjectId()
  const { mask: chosen, chooseMask, show, reviewMask } = useWindow()
  const masks = useSubjectMasks()
  const mask = masks.find((one) => one.id === chosen) ?? masks.at(-1)
  const [picking, setPicking] = useState<'mask' | 'report' | null>(null)
  const [anyway, setAnyway] = useState(false)
  const newest = useReviews(mask?.id).data?.[0] ?? null
  const rejected = newest?.verdict === 'rejected' && newest.holds
  const write = useAct((folder: Place) =>
    engine.results.exportMask({ project, mask: mask!.id, folder, evenIfRejected: rejected && anyway }),
  )
  const report = useAct((file: Place) => engine.results.report({ project, subject: mask!.subject, file }))
  const print = useAct(() => printReport({ project, subject: mask!.subject }))
  const subject = (useSubjects().data ?? []).find((one) => one.id === mask?.subject)
  if (mask === undefined)
    return <Empty action={<Button onPress={() => show({ name: 'mask' })}>{words.find}</Button>}>{words.none}</Empty>
  const done = [write.data, report.data, print.data ?? undefined].filter((part) => part !== undefined)
  const error = write.error ?? report.error ?? print.error
  return (
    <>
      <div className="screen-header">
        <h1>{words.title}</h1>
        <label className="row">
          {words.mask}
          <select
            className="input"
            aria-label={words.mask}
            style={{ width: 220 }}
            value={mask.id}
            onChange={(event) => chooseMask(event.target.value)}
          >
            {masks.map((one) => (
              <option key={one.id} value={one.id}>
                {words.option(one.name, count(one.voxels))}
              </option>
            ))}
          </select>
        </label>
        <span className="grow" />
        <Button large disabled={print.isPending} onPress={() => print.mutate(undefined)}>
          {native() === null ? words.print : words.pdf}
        </Button>
        <Button large onPress={() => setPicking('report')}>
          {words.report}
        </Button>
        <Button
          large
          kind="filled"
          disabled={write.isPending || (rejected && !anyway)}
          onPress={() => setPicking('mask')}
        >
          {words.act}
        </Button>
      </div>
      <div className="export-review">
        {newest === null ? (
          <WarningGlyph />
        ) : rejected ? (
          <StopGlyph />
        ) : (
          <Icon name={newest.holds && newest.verdict === 'accepted' ? 'check' : 'question'} />
        )}
        <span>{describeReview(newest)}</span>
        <span className="ink2">{rejected ? words.review.rejected : words.review.sidecar}</span>
        <span className="grow" />
        {rejected ? (
          <label className="row">
            <input type="checkbox" checked={anyway} onChange={(event) => setAnyway(event.target.checked)} />
            {words.review.anyway}
          </label>
        ) : null}
        {newest?.verdict === 'accepted' && newest.holds ? null : (
          <Button onPress={() => reviewMask(mask.id, 'mask')}>{words.review.look}</Button>
        )}
      </div>
      <div className="columns export-columns">
        <div className="columns rows">
          <Pane title={words.what} flush>
            <table className="wide">
              <tbody>
                {words.rows.map(([name, text]) => (
                  <tr key={name} className="tall">
                    <td className="mono">{name}</td>
                    <td className="wrap ink2">{text}</td>
                  </tr>
                ))}
              </tbody>
            </table>
            <p className="pane-note small">{words.promise}</p>
          </Pane>
          <Pane title={words.about} note={mask.name}>
            <MaskFacts mask={mask} subject={subject?.name ?? ''} />
          </Pane>
        </div>
        <Pane title={words.written} flush>
          {error === null ? null : (
            <div className="run-problem">
              <ErrorNote error={error} />
            </div>
          )}
          {done.length === 0 ? (
            <Empty>{words.nothing}</Empty>
          ) : (
            <div className="scroll">
              {done.map((part) => (
                <WrittenFiles key={part.folder} {...part} />
              ))}
            </div>
          )}
        </Pane>
      </div>
      {picking === null ? null : (
        <PathPicker
          title={words.where[picking]}
          kind="new-folder"
          suggestedName={words.suggested[picking](mask.name)}
          onClose={() => setPicking(null)}
          onChoose={(place) => {
            setPicking(null)
            if (picking === 'mask') write.mutate(place)
            else report.mutate({ ...place, path: `${place.path}/report.html` })
          }}
        />
      )}
    </>
  )
}
