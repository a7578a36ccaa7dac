/** The few signs of the interface, drawn on an 18-pixel square in the colour of their text. */
import type { ReactNode } from 'react'
import { frame } from './strings.ts'

const words = frame.glyphs

function Glyph({ children, label }: { children: ReactNode; label: string }) {
  return (
    <svg
      className="glyph"
      viewBox="0 0 18 18"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      role="img"
      aria-label={label}
    >
      <title>{label}</title>
      {children}
    </svg>
  )
}

export function DoneGlyph() {
  return (
    <Glyph label={words.done}>
      <circle cx="9" cy="9" r="8" fill="currentColor" />
      <path d="M5.5 9.2l2.4 2.4 4.6-5" stroke="var(--window)" />
    </Glyph>
  )
}

export function RunningGlyph() {
  return (
    <Glyph label={words.running}>
      <circle cx="9" cy="9" r="7" stroke="var(--line-strong)" />
      <path d="M9 2a7 7 0 0 1 7 7" strokeWidth="2.4" />
    </Glyph>
  )
}

export function NumberGlyph({ value, locked }: { value: number; locked: boolean }) {
  return (
    <Glyph label={locked ? words.locked : words.open}>
      <circle cx="9" cy="9" r="8" strokeWidth="1.2" {...(locked ? { strokeDasharray: '2.5 2.5' } : {})} />
      <text x="9" y="12.6" textAnchor="middle" fontSize="10" fill="currentColor" stroke="none">
        {value}
      </text>
    </Glyph>
  )
}

export function WarningGlyph() {
  return (
    <Glyph label={words.waits}>
      <path d="M9 2.2L16.4 15.4H1.6z" fill="var(--warning)" stroke="var(--warning)" />
      <path d="M9 7v4M9 13.2v.1" stroke="var(--window)" />
    </Glyph>
  )
}

export function StopGlyph() {
  return (
    <Glyph label={words.stopped}>
      <path d="M6 1.8h6L16.2 6v6L12 16.2H6L1.8 12V6z" fill="var(--danger)" stroke="var(--danger)" />
      <path d="M9 5.5v4.2M9 12.3v.1" stroke="var(--window)" />
    </Glyph>
  )
}

export function NoteGlyph() {
  return (
    <Glyph label={words.note}>
      <circle cx="9" cy="9" r="7.2" />
      <path d="M9 8.2v4M9 5.4v.1" />
    </Glyph>
  )
}

export function WaitingGlyph() {
  return (
    <Glyph label={words.waiting}>
      <circle cx="9" cy="9" r="7.6" strokeWidth="1.2" strokeDasharray="2.5 2.5" />
    </Glyph>
  )
}
