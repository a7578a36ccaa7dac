/** Where an import begins: what can be chosen, by button or by drop. A browser does not tell where a dropped file lies. */
import { useState } from 'react'
import type { Place } from '../../../core/contract/common.ts'
import { Button, ErrorNote, Pane } from '../../components/basics.tsx'
import { native, placeOfDrop } from '../../lib/native.ts'
import { words } from './strings.ts'

const { teach } = words

export function Teach({ onChoose, onDrop }: { onChoose: () => void; onDrop: (place: Place) => void }) {
  const [error, setError] = useState<unknown>(null)
  const [over, setOver] = useState(false)
  const can = native() !== null
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button beside it is the first.
    <div
      className={`teach${over ? ' over' : ''}`}
      onDragOver={(event) => {
        if (!can) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        if (!can) return
        event.preventDefault()
        setOver(false)
        placeOfDrop(event.nativeEvent)
          .then((place) => place !== null && onDrop(place))
          .catch(setError)
      }}
    >
      <Pane title={words.import}>
        <div className="stack-wide">
          <p className="ink2">{teach.sentence}</p>
          <div className="row">
            <Button onPress={onChoose}>{words.choose}</Button>
            {can ? <span className="ink3">{teach.drop}</span> : null}
          </div>
          <ErrorNote error={error} />
          <dl className="layouts" aria-label={teach.title}>
            {teach.layouts.map(([name, text]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd className="ink2">{text}</dd>
              </div>
            ))}
          </dl>
          <figure className="example">
            <figcaption>{teach.example}</figcaption>
            <pre>{teach.lines.join('\n')}</pre>
          </figure>
        </div>
      </Pane>
    </div>
  )
}
