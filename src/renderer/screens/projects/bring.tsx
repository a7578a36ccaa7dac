/** What can come in; in the desktop app also where a project's folder can be dropped. A browser does not tell where a file lies. */
import { type DragEvent, useState } from 'react'
import type { Place } from '../../../core/contract/common.ts'
import { ErrorNote } from '../../components/basics.tsx'
import { Icon } from '../../components/icons.tsx'
import { native, placeOfDrop } from '../../lib/native.ts'
import { words } from './strings.ts'

const { bring } = words

export function Bring({ onDrop }: { onDrop: (place: Place) => void }) {
  const [over, setOver] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const can = native() !== null
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    placeOfDrop(event.nativeEvent)
      .then((place) => place !== null && onDrop(place))
      .catch(setError)
  }
  return (
    <section
      className={`bring${can ? ' droppable' : ''}${over ? ' over' : ''}`}
      aria-label={bring.title}
      {...(can
        ? {
            onDragOver: (event: DragEvent) => {
              event.preventDefault()
              setOver(true)
            },
            onDragLeave: () => setOver(false),
            onDrop: drop,
          }
        : {})}
    >
      <h2>{can ? bring.drop : bring.title}</h2>
      <ul>
        {bring.parts.map(([icon, title, text]) => (
          <li key={title}>
            <b className="row">
              <Icon name={icon} /> {title}
            </b>
            <small>{text}</small>
          </li>
        ))}
      </ul>
      <small>{bring.note}</small>
      <ErrorNote error={error} />
    </section>
  )
}
