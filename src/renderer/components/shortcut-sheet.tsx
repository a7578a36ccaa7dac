/** All keys on one sheet, opened with "?" from anywhere but a text field; and the digits that go to the six steps. */
import { useEffect, useState } from 'react'
import { type Step, useWindow } from '../lib/state.ts'
import { useSteps } from '../lib/steps.ts'
import { Dialog } from './basics.tsx'
import { Icon } from './icons.tsx'
import { frame } from './strings.ts'

const words = frame.shortcuts

/** Whether the key belongs to a text field or a list of choices. */
export function isTyping(event: KeyboardEvent): boolean {
  const { target } = event
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement) return !['range', 'checkbox', 'radio', 'button'].includes(target.type)
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable
}

/** Digits go to steps that are open; nothing happens for a locked one. */
function useStepKeys() {
  const steps = useSteps()
  const { project, show } = useWindow()
  useEffect(() => {
    if (project === null) return
    const press = (event: KeyboardEvent) => {
      if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return
      if (document.querySelector('dialog[open]') !== null) return
      const step = steps[Number(event.key) - 1]
      if (/^[1-6]$/.test(event.key) && step !== undefined && step.state !== 'locked') show({ name: step.step as Step })
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [steps, project, show])
}

export function ShortcutSheet() {
  const [open, setOpen] = useState(false)
  useStepKeys()
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === '?' && !isTyping(event)) setOpen((now) => !now)
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [])
  return (
    <>
      <button
        type="button"
        className="icon-button"
        aria-label={words.open}
        title={words.open}
        onClick={() => setOpen(true)}
      >
        <Icon name="question" />
      </button>
      {open ? (
        <Dialog title={words.title} onClose={() => setOpen(false)}>
          <div className="shortcuts">
            {words.groups.map((group) => (
              <section key={group.title}>
                <h2>{group.title}</h2>
                <dl>
                  {group.keys.map(([keys, what]) => (
                    <div key={keys}>
                      <dt>
                        <kbd className="key">{keys}</kbd>
                      </dt>
                      <dd>{what}</dd>
                    </div>
                  ))}
                </dl>
              </section>
            ))}
          </div>
          <p className="ink2">{words.note}</p>
        </Dialog>
      ) : null}
    </>
  )
}
