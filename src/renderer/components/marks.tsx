/** The marks of conditions: circle, ring, diamond, square, triangle, so that colour never stands alone. */

export type Mark = 'method' | 'variant' | 'annotated' | 'control' | 'truth'

export const markColours: Readonly<Record<Mark, string>> = {
  method: 'var(--method)',
  variant: 'var(--method)',
  annotated: 'var(--annotated)',
  control: 'var(--other)',
  truth: 'var(--ink)',
}

function Shape({ mark }: { mark: Mark }) {
  const colour = markColours[mark]
  switch (mark) {
    case 'method':
      return <circle cx="7" cy="7" r="5" fill={colour} />
    case 'variant':
      return <circle cx="7" cy="7" r="4.1" fill="var(--pane)" stroke={colour} strokeWidth="1.8" />
    case 'annotated':
      return <path d="M7 1l6 6-6 6-6-6z" fill={colour} />
    case 'control':
      return <rect x="2.8" y="2.8" width="8.4" height="8.4" fill={colour} />
    case 'truth':
      return <path d="M7 2l5.4 9.6H1.6z" fill="var(--pane)" stroke={colour} strokeWidth="1.6" strokeLinejoin="round" />
    default:
      return mark satisfies never
  }
}

export function MarkSign({ mark }: { mark: Mark }) {
  return (
    <svg className="mark-sign" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
      <Shape mark={mark} />
    </svg>
  )
}
