/** The subject's name, which counts when the field is left or Enter is pressed. */
import { useState } from 'react'
import { words } from './strings.ts'

export function SubjectName({ name, onName }: { name: string; onName: (name: string) => void }) {
  const [text, setText] = useState(name)
  const fits = /^[A-Za-z0-9]+$/.test(text)
  const take = () => {
    if (fits && text !== name) onName(text)
  }
  return (
    <label className="row" title={fits ? '' : words.badName}>
      {words.named}
      <input
        className={`input short${fits ? '' : ' bad'}`}
        aria-invalid={!fits}
        value={text}
        maxLength={64}
        onChange={(event) => setText(event.target.value)}
        onBlur={take}
        onKeyDown={(event) => {
          if (event.key === 'Enter') take()
        }}
      />
    </label>
  )
}
