/** What a learning-rate schedule says about one optimiser step, counted from 0. */
export interface ScheduledStep {
  readonly learningRate: number
  readonly beta1: number
}

export type Schedule = (step: number) => ScheduledStep

/** Adam's usual β₁, where a schedule does not move it. */
export const usualBeta1 = 0.9

/** A linear rise to `learningRate` over `warmUpSteps`, then constant. The first step already moves. */
export function constantWithWarmUp(learningRate: number, warmUpSteps: number): Schedule {
  return (step) => ({
    learningRate: learningRate * Math.min(1, (step + 1) / Math.max(1, warmUpSteps)),
    beta1: usualBeta1,
  })
}
