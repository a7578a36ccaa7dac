/**
 * The laws of the simulated world in one place. Noise shares, the law of the noise ceilings and the amplitudes are given; the
 * rest was set so that controls (ridge, encoding and noise-ceiling masks with and without filter, the ridge decoder on all,
 * annotated and true voxels) reach the levels of the reference simulation on seeds 100 to 102, without looking at any mask of
 * ours (bench/simulation/calibrate.ts prints them).
 */
import type { WorldName } from './settings.ts'

export interface WorldConstants {
  readonly noise: {
    /** Shares of the variance, summing to 1. */
    readonly white: number
    readonly smooth: number
    readonly global: number
    readonly drift: number
    /** Smoothness of `smooth` in voxels; of the maps of `global` and `drift` as a share of the grid's mean side. */
    readonly smoothSigma: number
    readonly globalSigma: number
    readonly driftSigma: number
  }
  /** Noise ceiling of three averaged trials ~ Beta(a, b), in the order of a field of which `smoothShare` is smooth. */
  readonly ceiling: {
    readonly a: number
    readonly b: number
    readonly smoothShare: number
    readonly sigma: number
  }
  readonly partialVolume: {
    /** Amplitude at the faces of the sheet, where its middle has 1. */
    readonly atFace: number
    /** Spread into voxels beside the sheet: Gaussian of this σ in voxels, 1 at the centre. */
    readonly spread: number
  }
  readonly tuning: {
    /** Share of a channel weight's variance that varies smoothly across the cortex, and how smoothly (voxels). */
    readonly smoothShare: number
    readonly sigma: number
    /** Spread of receptive field centres around the map, in lattice points. */
    readonly jitter: number
    /** Slope of tanh in the higher streams, per standard deviation of the linear response; 0 is linear. */
    readonly saturation: number
    /** Share of a response's variance that is its centred square. */
    readonly squareShare: number
  }
  /** Amplitude of voxels of the annotated ROI that are not true, as a share of a typical true voxel's. */
  readonly leak: number
}

const standard: WorldConstants = {
  noise: { white: 0.4, smooth: 0.4, global: 0.12, drift: 0.08, smoothSigma: 1.2, globalSigma: 0.15, driftSigma: 0.12 },
  ceiling: { a: 1.5, b: 4.5, smoothShare: 0.5, sigma: 1.5 },
  partialVolume: { atFace: 0.65, spread: 0.53 },
  tuning: { smoothShare: 0.85, sigma: 1.7, jitter: 0.6, saturation: 0.7, squareShare: 0 },
  leak: 0,
}

export const worldConstants: Readonly<Record<WorldName, WorldConstants>> = {
  standard,
  leak: { ...standard, leak: 0.35 },
  nonlinear: { ...standard, tuning: { ...standard.tuning, saturation: 1.5, squareShare: 0.3 } },
}
