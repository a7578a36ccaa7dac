/** Line icons on an 18-pixel square in the colour of their text. They stand beside words and are hidden from screen readers. */

const paths = {
  play: 'M5.5 3.5l8.5 5.5-8.5 5.5z',
  pause: 'M6 4v10 M12 4v10',
  stop: 'M4.5 4.5h9v9h-9z',
  bin: 'M3 5h12 M7 5V3.2h4V5 M4.6 5l.7 9.8h7.4l.7-9.8 M7.5 8v4 M10.5 8v4',
  scans:
    'M3 4.6C3 3.5 5.7 2.8 9 2.8s6 .7 6 1.8-2.7 1.8-6 1.8-6-.7-6-1.8z M3 4.6v8.6c0 1 2.7 1.9 6 1.9s6-.8 6-1.9V4.6 M3 9c0 1 2.7 1.8 6 1.8S15 10 15 9',
  folder: 'M2 14.5V4h4.6l1.6 2H16v8.5z',
  folderNew: 'M2 14.5V4h4.6l1.6 2H16v8.5z M9 8.2v4 M7 10.2h4',
  file: 'M4 2.2h6.5L14 5.8v10H4z M10.2 2.4V6H14',
  swap: 'M3 6h11.5 M11.5 3l3 3-3 3 M15 12H3.5 M6.5 9l-3 3 3 3',
  chip: 'M4.5 4.5h9v9h-9z M7.2 7.2h3.6v3.6H7.2z M7 2v2.5 M11 2v2.5 M7 13.5V16 M11 13.5V16 M2 7h2.5 M2 11h2.5 M13.5 7H16 M13.5 11H16',
  list: 'M6.5 4.5H15 M6.5 9H15 M6.5 13.5H15 M3 4.5h.6 M3 9h.6 M3 13.5h.6',
  check: 'M3.5 9.5l3.6 3.6 7.4-8',
  cross: 'M4.5 4.5l9 9 M13.5 4.5l-9 9',
  unplugged:
    'M2.5 15.5l3-3 M4.4 10.2l3.4 3.4 1.6-1.4-3.6-3.6z M15.5 2.5l-3 3 M10.2 4.4l3.4 3.4-1.4 1.6-3.6-3.6z M8 10l-1.2 1.2 M11.2 6.8',
  eye: 'M1.8 9S4.4 4.4 9 4.4 16.2 9 16.2 9 13.6 13.6 9 13.6 1.8 9 1.8 9z M11.2 9a2.2 2.2 0 1 1-4.4 0 2.2 2.2 0 0 1 4.4 0z',
  eyeOff:
    'M2 9s2.6-4.6 7-4.6c1 0 2 .2 2.8.6 M14.2 6.4C15.4 7.6 16 9 16 9s-2.6 4.6-7 4.6c-.9 0-1.7-.2-2.4-.4 M3 15.5L15 2.5',
  question: 'M9 16A7 7 0 1 0 9 2a7 7 0 0 0 0 14z M7 7.2a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.4 M9 12.8v.1',
  sun: 'M9 12a3 3 0 1 0 0-6 3 3 0 0 0 0 6z M9 1.8v1.7 M9 14.5v1.7 M1.8 9h1.7 M14.5 9h1.7 M3.9 3.9l1.2 1.2 M12.9 12.9l1.2 1.2 M3.9 14.1l1.2-1.2 M12.9 5.1l1.2-1.2',
  moon: 'M14.8 10.8A6.4 6.4 0 0 1 7.2 3.2a6.4 6.4 0 1 0 7.6 7.6z',
  person: 'M9 9a3 3 0 1 0 0-6 3 3 0 0 0 0 6z M3.4 15.4c.6-3 2.8-4.4 5.6-4.4s5 1.4 5.6 4.4',
  left: 'M11 4l-5 5 5 5',
  right: 'M7 4l5 5-5 5',
  down: 'M4 7l5 5 5-5',
  target: 'M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11z M9 1.5v4 M9 12.5v4 M1.5 9h4 M12.5 9h4',
  copy: 'M6 6h9v9H6z M12 6V3H3v9h3',
  search: 'M8 13A5 5 0 1 0 8 3a5 5 0 0 0 0 10z M11.8 11.8L15.5 15.5',
  camera: 'M2 6h3.2l1.4-2h4.8l1.4 2H16v8.5H2z M11.8 10a2.8 2.8 0 1 1-5.6 0 2.8 2.8 0 0 1 5.6 0z',
  reset: 'M4 9a5 5 0 1 0 1.6-3.7 M3.4 3.2v3.2h3.2',
  undo: 'M4 7h7a4 4 0 0 1 0 8H8 M7 4L4 7l3 3',
  contrast: 'M9 16A7 7 0 1 0 9 2a7 7 0 0 0 0 14z M9 2v14 M9 5.5h5.5 M9 9h7 M9 12.5h5.5',
  zoom: 'M8 13A5 5 0 1 0 8 3a5 5 0 0 0 0 10z M11.8 11.8L15.5 15.5 M8 5.8v4.4 M5.8 8h4.4',
  clock: 'M9 16A7 7 0 1 0 9 2a7 7 0 0 0 0 14z M9 5v4l2.8 1.8',
  tree: 'M4 2.5v11h5 M4 7h5 M9 5.2h5.5v3.6H9z M9 11.7h5.5v3.6H9z',
  report: 'M4 2.2h6.5L14 5.8v10H4z M6.8 12.5v-2 M9 12.5V8 M11.2 12.5v-3',
} as const

export type IconName = keyof typeof paths

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 18 18"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  )
}
