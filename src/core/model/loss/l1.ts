/**
 * ψ‖M‖₁, the sparsity term of TROI eq. 6. Its gradient ψ·sign(M) is applied inside the subject layer's own mask update;
 * this value is for reporting the total loss.
 */
export function l1Value(mask: Float32Array, psi: number): number {
  let sum = 0
  for (const value of mask) sum += Math.abs(value)
  return psi * sum
}
