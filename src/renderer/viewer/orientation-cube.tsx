/**
 * A cube with a letter on each face, turned as the real camera is: its corners are projected with the camera's own axes, so it
 * cannot disagree with what is seen beside it.
 */

/** The camera's axes in RAS+ millimetres: where it looks, and what is up on the screen. Unit vectors. */
export interface Camera {
  readonly direction: readonly [number, number, number]
  readonly up: readonly [number, number, number]
}

type Vector = readonly [number, number, number]

const faces: readonly { letter: string; words: string; normal: Vector; up: Vector }[] = [
  { letter: 'R', words: 'right', normal: [1, 0, 0], up: [0, 0, 1] },
  { letter: 'L', words: 'left', normal: [-1, 0, 0], up: [0, 0, 1] },
  { letter: 'A', words: 'in front', normal: [0, 1, 0], up: [0, 0, 1] },
  { letter: 'P', words: 'behind', normal: [0, -1, 0], up: [0, 0, 1] },
  { letter: 'S', words: 'above', normal: [0, 0, 1], up: [0, 1, 0] },
  { letter: 'I', words: 'below', normal: [0, 0, -1], up: [0, 1, 0] },
]

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

const dot = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]

export interface CubeFace {
  readonly letter: string
  /** Corners on the screen, x to the right and y down, the cube's half edge being 1. */
  readonly corners: readonly (readonly [number, number])[]
  /** Matrix of the face's own right and up on the screen, as SVG writes it: a b c d. */
  readonly matrix: readonly [number, number, number, number]
  /** 1 when seen straight on. */
  readonly facing: number
}

/** The faces turned towards the camera, the most visible last. */
export function visibleFaces({ direction, up }: Camera): CubeFace[] {
  const right = cross(direction, up)
  const onScreen = (v: Vector): [number, number] => [dot(v, right), -dot(v, up)]
  return faces
    .flatMap(({ letter, normal, up: faceUp }) => {
      const facing = -dot(normal, direction)
      if (facing <= 0.03) return []
      // Seen from outside, the face's right is its up turned round its normal.
      const faceRight = cross(faceUp, normal)
      const corner = (r: number, u: number) =>
        onScreen([0, 1, 2].map((a) => normal[a]! + r * faceRight[a]! + u * faceUp[a]!) as unknown as Vector)
      const [a, b] = onScreen(faceRight)
      const [c, d] = onScreen(faceUp)
      const corners = [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)]
      return [{ letter, corners, matrix: [a, b, -c, -d] as const, facing }]
    })
    .sort((one, other) => one.facing - other.facing)
}

/** "from behind, left, above": the sides that the camera looks at, the most visible first. */
export function viewInWords(camera: Camera): string {
  const seen = visibleFaces(camera)
    .filter(({ facing }) => facing > 0.2)
    .reverse()
    .map(({ letter }) => faces.find((face) => face.letter === letter)!.words)
  return `from ${seen.join(', ')}`
    .replace('from in front', 'from the front')
    .replace(/^from (right|left)/, 'from the $1')
}

export function OrientationCube({ camera }: { camera: Camera }) {
  const size = 17
  return (
    <svg viewBox="-34 -34 68 68" width="68" height="68" className="cube" aria-hidden="true">
      {visibleFaces(camera).map(({ letter, corners, matrix, facing }) => (
        <g key={letter}>
          <polygon
            points={corners.map(([x, y]) => `${(x * size).toFixed(2)},${(y * size).toFixed(2)}`).join(' ')}
            fill="#1a1e22"
            stroke="#6b7682"
          />
          {facing < 0.25 ? null : (
            <text
              transform={`matrix(${matrix.map((value) => value.toFixed(3)).join(' ')} ${centre(corners, size)})`}
              fill="#eceff2"
              fontSize={facing < 0.6 ? 21 : 16}
              fontWeight="600"
              textAnchor="middle"
              dominantBaseline="central"
            >
              {letter}
            </text>
          )}
        </g>
      ))}
    </svg>
  )
}

function centre(corners: readonly (readonly [number, number])[], size: number): string {
  return [0, 1]
    .map((axis) => ((size * corners.reduce((sum, corner) => sum + corner[axis]!, 0)) / 4).toFixed(2))
    .join(' ')
}
