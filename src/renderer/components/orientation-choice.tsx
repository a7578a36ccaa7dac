/**
 * How left and right are read: asked once, with neither answer chosen beforehand, and open to change at any time. The pictures are
 * schematic slices seen from below (radiological) or above (neurological) with the letters where they will be.
 */
import { useWindow } from '../lib/state.ts'
import { Dialog, Segments } from './basics.tsx'
import { frame } from './strings.ts'

const words = frame.orientation
const usual = { neurological: 'Usual in research.', radiological: 'Usual in clinics.' } as const

function Head({ leftRight }: { leftRight: 'neurological' | 'radiological' }) {
  const [left, right] = leftRight === 'neurological' ? ['L', 'R'] : ['R', 'L']
  // One hemisphere carries a spot, so that the two pictures are mirror images of each other to the eye as well.
  const spot = leftRight === 'neurological' ? 30 : 54
  return (
    <svg viewBox="0 0 84 88" className="head" aria-hidden="true">
      <rect width="84" height="88" fill="#000" />
      <path
        d="M42 10c14 0 22 14 22 32s-8 36-22 36-22-18-22-36 8-32 22-32z"
        fill="#3a424b"
        stroke="#b4bcc5"
        strokeWidth="1.2"
      />
      <path
        d="M42 11v66M30 24c4 3 4 8 0 11M54 24c-4 3-4 8 0 11M27 42c5 1 7 6 3 10M57 42c-5 1-7 6-3 10M32 66c3-4 7-4 10-1c3-3 7-3 10 1"
        stroke="#8e98a3"
        strokeWidth="1.2"
        fill="none"
      />
      <path d="M38 10l4-6 4 6" stroke="#b4bcc5" strokeWidth="1.2" fill="none" />
      <circle cx={spot} cy="62" r="3.4" fill="#4cc3f5" />
      <text x="6" y="48" fill="#eceff2" fontSize="12" fontWeight="600">
        {left}
      </text>
      <text x="69" y="48" fill="#eceff2" fontSize="12" fontWeight="600">
        {right}
      </text>
    </svg>
  )
}

export function OrientationChoice() {
  const { settings, change } = useWindow()
  return (
    <fieldset className="choices" aria-label={words.title}>
      {(['neurological', 'radiological'] as const).map((value) => {
        const [name, sentence] = words[value]
        return (
          <button
            key={value}
            type="button"
            className="choice reading"
            aria-pressed={settings.leftRight === value}
            onClick={() => change({ leftRight: value })}
          >
            <Head leftRight={value} />
            <span>
              <b>{name}</b>
              <small>
                {sentence.charAt(0).toUpperCase() + sentence.slice(1)}. {usual[value]}
              </small>
            </span>
          </button>
        )
      })}
    </fieldset>
  )
}

export function OrientationDialog({ onClose }: { onClose: () => void }) {
  const { settings, change } = useWindow()
  return (
    <Dialog title={words.title} onClose={onClose}>
      <OrientationChoice />
      <div className="row">
        <span className="grow">{words.noseTitle}</span>
        <Segments
          label={words.noseTitle}
          value={settings.nose}
          options={[
            ['left', words.noseLeft],
            ['right', words.noseRight],
          ]}
          onChange={(nose) => change({ nose })}
        />
      </div>
      <p className="ink2">{words.note}</p>
    </Dialog>
  )
}
