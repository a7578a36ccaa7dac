/** What the files of test/fixtures/arrays hold: 4 × 3 × 2 voxels whose value tells where and in which trial they are. */

export const affine = [-2, 0, 0, 10, 0, 2, 0, -20, 0, 0, 3, -30]
const place = (i: number) => ({
  x: i % 4,
  y: Math.floor(i / 4) % 3,
  z: Math.floor(i / 12) % 2,
  t: Math.floor(i / 24),
})
export const value = (i: number) => {
  const { x, y, z, t } = place(i)
  return 1000 * t + 100 * x + 10 * y + z
}
export const chosen = (i: number) => (place(i).x + place(i).y + place(i).z) % 2 === 0
