/**
 * The canonical haemodynamic response: SPM's difference of two gamma densities, scaled so that its integral is 1,
 *
 *     h(t) = (g(t; 6) − g(t; 16) / 6) / (1 − 1/6),   g(t; k) = t^(k−1) e^(−t) / (k−1)!,   t in seconds, h = 0 for t ≤ 0
 *
 * (Friston et al. 1998, spm_hrf with its default parameters). Because k is whole, the integral of g has a closed form, so the
 * response to an event that lasts is exact: no fine time grid, no dependence on the repetition time.
 */

const peak = 6
const undershoot = 16
const ratio = 1 / 6

/** g(t; k), the gamma density of shape k and scale 1 s. */
function gammaDensity(t: number, k: number): number {
  if (t <= 0) return 0
  let logFactorial = 0
  for (let i = 2; i < k; i++) logFactorial += Math.log(i)
  return Math.exp((k - 1) * Math.log(t) - t - logFactorial)
}

/** ∫₀ᵗ g(s; k) ds = 1 − e^(−t) Σ_{j<k} tʲ / j!. */
function gammaIntegral(t: number, k: number): number {
  if (t <= 0) return 0
  // Past this the sum is below double precision, and e^(−t) would underflow far later than tʲ overflows.
  if (t > 200) return 1
  let term = Math.exp(-t)
  let sum = term
  for (let j = 1; j < k; j++) {
    term *= t / j
    sum += term
  }
  return 1 - sum
}

/** h(t), per second: the response to an event without duration (an impulse whose area is one second). */
export function canonicalHrf(t: number): number {
  return (gammaDensity(t, peak) - ratio * gammaDensity(t, undershoot)) / (1 - ratio)
}

function integratedHrf(t: number): number {
  return (gammaIntegral(t, peak) - ratio * gammaIntegral(t, undershoot)) / (1 - ratio)
}

/**
 * Response at `t` seconds after the onset of an event of that duration: h itself for duration 0, else h convolved with a box
 * of height 1, whose plateau is 1 for long events.
 */
export function responseAt(t: number, duration: number): number {
  return duration > 0 ? integratedHrf(t) - integratedHrf(t - duration) : canonicalHrf(t)
}

/** Seconds after which h is below 0.1 % of its peak. */
export const hrfSeconds = 32
