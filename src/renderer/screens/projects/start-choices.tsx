/** What can be started: the demo with its size and seeds, the real example, a new project, one that is there already. */
import { useState } from 'react'
import type { cohortSizes } from '../../../core/contract/run.ts'
import { Button, ErrorNote, Segments } from '../../components/basics.tsx'
import { Icon, type IconName } from '../../components/icons.tsx'
import { DemoRoom } from './demo-room.tsx'
import { words } from './strings.ts'

export type DemoSize = (typeof cohortSizes)[number]
const mostSeeds = 10

function Choice({ icon, title, text, onPress, busy }: ChoiceProps) {
  return (
    <div className="start-choice covered">
      <span className="tile">
        <Icon name={icon} />
      </span>
      <span>
        <button type="button" className="cover" disabled={busy} onClick={onPress}>
          {title}
        </button>
        <small>{text}</small>
      </span>
    </div>
  )
}

interface ChoiceProps {
  icon: IconName
  title: string
  text: string
  onPress: () => void
  busy: boolean
}

function DemoChoice({ first, busy, error, onRun }: DemoProps) {
  const [size, setSize] = useState<DemoSize>('small')
  const [seeds, setSeeds] = useState(1)
  const { demo } = words
  const list = Array.from({ length: seeds }, (_, seed) => seed)
  return (
    <section className={`start-choice demo${first ? ' first' : ''}`} aria-label={demo.title}>
      <span className={`tile${first ? ' full' : ''}`}>
        <Icon name="play" />
      </span>
      <div className="stack">
        <span>
          <b>{demo.title}</b>
          <small>{demo.text}</small>
        </span>
        <div className="row">
          <Segments label={demo.size} value={size} options={demo.sizes} onChange={setSize} />
          <label className="row">
            {demo.seeds}
            <input
              className="input"
              style={{ width: 44 }}
              type="number"
              min={1}
              max={mostSeeds}
              value={seeds}
              onChange={(event) =>
                setSeeds(Math.max(1, Math.min(mostSeeds, Math.round(Number(event.target.value) || 1))))
              }
            />
          </label>
        </div>
        <div className="row">
          <small className="grow">{demo.notes[size]}</small>
          <Button kind={first ? 'filled' : 'outlined'} disabled={busy} onPress={() => onRun(size, list)}>
            {demo.title}
          </Button>
        </div>
        <DemoRoom
          size={size}
          seeds={list}
          onSmaller={(smaller) => {
            setSize(smaller.size)
            setSeeds(smaller.seeds.length)
          }}
        />
        <ErrorNote error={error} />
      </div>
    </section>
  )
}

interface DemoProps {
  first: boolean
  busy: boolean
  error: unknown
  onRun: (size: DemoSize, seeds: number[]) => void
}

export function StartChoices(props: DemoProps & { onExample: () => void; onCreate: () => void; onOpen: () => void }) {
  const { busy, onExample, onCreate, onOpen } = props
  return (
    <div className="start-choices">
      <DemoChoice {...props} />
      <Choice icon="scans" {...words.example} busy={busy} onPress={onExample} />
      <Choice icon="folderNew" {...words.create} busy={busy} onPress={onCreate} />
      <Choice icon="folder" {...words.open} busy={busy} onPress={onOpen} />
    </div>
  )
}
