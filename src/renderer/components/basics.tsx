/** Buttons, segments, panes, dialogs and problems: the small parts every screen is made of. */
import { type ReactNode, useLayoutEffect, useRef } from 'react'
import type { Problem } from '../../core/problem.ts'
import { asProblem } from '../lib/engine.ts'
import { NoteGlyph, StopGlyph, WarningGlyph } from './glyphs.tsx'
import { frame } from './strings.ts'

export function Button({
  children,
  kind = 'outlined',
  large = false,
  disabled = false,
  keys,
  onPress,
  label,
}: {
  children: ReactNode
  kind?: 'filled' | 'outlined' | 'bare' | 'danger'
  large?: boolean
  disabled?: boolean
  keys?: string
  onPress?: () => void
  label?: string
}) {
  return (
    <button
      type="button"
      className={`button ${kind}${large ? ' large' : ''}`}
      disabled={disabled}
      onClick={onPress}
      {...(label === undefined ? {} : { 'aria-label': label })}
    >
      {children}
      {keys === undefined ? null : <span className="key">{keys}</span>}
    </button>
  )
}

export function Segments<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string
  value: T | null
  options: readonly (readonly [T, string])[]
  onChange: (value: T) => void
}) {
  return (
    <fieldset className="segments" aria-label={label} style={{ margin: 0, padding: 0 }}>
      {options.map(([option, text]) => (
        <button key={option} type="button" aria-pressed={value === option} onClick={() => onChange(option)}>
          {text}
        </button>
      ))}
    </fieldset>
  )
}

export function Pane({
  title,
  note,
  actions,
  children,
  flush = false,
}: {
  title: string
  note?: ReactNode
  actions?: ReactNode
  children: ReactNode
  flush?: boolean
}) {
  return (
    <section className="pane" aria-label={title}>
      <header>
        <h2>{title}</h2>
        <span className="grow ellipsis ink3" title={typeof note === 'string' ? note : undefined}>
          {note}
        </span>
        {actions}
      </header>
      {flush ? children : <div className="body">{children}</div>}
    </section>
  )
}

/** A box that scrolls and holds nothing to press: a stop of Tab, so that keys can scroll it. */
export function Scroll({ label, kind = '', children }: { label: string; kind?: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what is longer than its box is read with the keys for scrolling
    <section className={`scroll ${kind}`} tabIndex={0} aria-label={label}>
      {children}
    </section>
  )
}

export function ProblemNote({
  problem,
  level = 'stop',
  action,
}: {
  problem: Problem
  level?: 'stop' | 'question' | 'note'
  action?: ReactNode
}) {
  return (
    <div className="problem" role={level === 'note' ? 'note' : 'alert'}>
      {level === 'stop' ? <StopGlyph /> : level === 'question' ? <WarningGlyph /> : <NoteGlyph />}
      <div className="stack">
        <div>
          {problem.message}
          {problem.count === undefined || problem.count < 2 ? null : frame.problem.times(problem.count)}
        </div>
        {problem.where === undefined ? null : <small className="where mono">{problem.where}</small>}
        {problem.expected === undefined ? null : <small>{frame.problem.expected(problem.expected)}</small>}
        {problem.fix === undefined ? null : <div className="ink2">{problem.fix}</div>}
        {action}
        <small className="mono">{problem.code}</small>
      </div>
    </div>
  )
}

/** Whatever a call threw, in words. Nothing when there is nothing. */
export function ErrorNote({ error, action }: { error: unknown; action?: ReactNode }) {
  return error === null || error === undefined ? null : <ProblemNote problem={asProblem(error)} action={action} />
}

export function Dialog({
  title,
  onClose,
  wide = false,
  children,
}: {
  title: string
  onClose: () => void
  wide?: boolean
  children: ReactNode
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    dialog.current?.showModal()
  }, [])
  return (
    <dialog ref={dialog} className={wide ? 'wide' : ''} aria-label={title} onClose={onClose}>
      <div className="stack-wide">
        <div className="row">
          <h2 className="grow">{title}</h2>
          <Button kind="bare" onPress={() => dialog.current?.close()} label={frame.close}>
            {frame.close}
          </Button>
        </div>
        {children}
      </div>
    </dialog>
  )
}

export function Empty({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <p>{children}</p>
      {action}
    </div>
  )
}
