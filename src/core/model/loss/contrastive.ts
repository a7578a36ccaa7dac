/**
 * Contrastive losses between projected brain embeddings and picture embeddings, both L2-normalised. All three are one
 * formula with different target matrices. With S_ij = b̂_i·ĉ_j / τ:
 *
 *   L = −½ mean_i Σ_j P_ij log softmax_j(S_ij) − ½ mean_j Σ_i R_ij log softmax_i(S_ij)
 *
 *   CLIP      P = R = I
 *   BiMixCo   P = R = mixing targets (see `mixco.ts`)
 *   SoftCLIP  P = Q, R = Qᵀ with Q = softmax_j(ĉ_i·ĉ_j / τ)
 *
 * Source: MindEye2 (BiMixCo, SoftCLIP); TROI eq. 2.
 */
import type { Scalar, Tensor2D } from '../../tensor/tf.ts'
import { tf } from '../../tensor/tf.ts'
import { linear } from '../operations/linear.ts'
import { normalise } from '../operations/normalise.ts'
import { fused } from '../operations/operation.ts'
import type { Mixing } from './mixco.ts'
import { mixingTargets } from './mixco.ts'

export type ContrastiveKind =
  | { readonly kind: 'bimixco'; readonly temperature: number; readonly overwriteFixedPoints: boolean }
  | { readonly kind: 'softclip'; readonly temperature: number }
  | { readonly kind: 'clip'; readonly temperature: number }

/** What the loss compares with: constants of one step, made before the tape starts and alive until it ends. */
export interface ContrastiveTargets {
  /** ĉ / τ, rows × embedding. */
  readonly scaled: Tensor2D
  /** P and R, rows × rows. */
  readonly rows: Tensor2D
  readonly columns: Tensor2D
}

function targetMatrix(kind: ContrastiveKind, unit: Tensor2D, scaled: Tensor2D, mixing: Mixing | null): Tensor2D {
  const count = unit.shape[0]
  switch (kind.kind) {
    case 'clip':
      return tf.eye(count)
    case 'bimixco':
      if (mixing === null) throw new RangeError('BiMixCo needs the mixing of the batch')
      return tf.tensor2d(mixingTargets(mixing, kind.overwriteFixedPoints), [count, count])
    case 'softclip':
      return tf.softmax(tf.matMul(unit, tf.transpose(scaled)))
    default:
      throw new TypeError(`unknown contrastive loss ${String(kind satisfies never)}`)
  }
}

/** `pictures`: rows × embedding, not normalised and not mixed. Call before the tape starts. */
export function contrastiveTargets(
  kind: ContrastiveKind,
  pictures: Tensor2D,
  mixing: Mixing | null,
): ContrastiveTargets {
  const unit = normalise(pictures)
  const scaled = tf.mul<Tensor2D>(unit, 1 / kind.temperature)
  const rows = targetMatrix(kind, unit, scaled, mixing)
  return { scaled, rows, columns: kind.kind === 'softclip' ? tf.transpose(rows) : rows }
}

/** log softmax of a matrix along one axis, shifted by the maximum so that no temperature overflows. */
function logSoftmax(logits: Tensor2D, axis: 0 | 1): Tensor2D {
  const shifted = tf.sub<Tensor2D>(logits, tf.max(logits, axis, true))
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), axis, true)))
}

/** Cross-entropy of S against P along the rows and R along the columns, halved and averaged. */
function crossEntropyBothWays(logits: Tensor2D, targets: ContrastiveTargets): Scalar {
  const count = logits.shape[0]
  return fused<Scalar>([logits], () => {
    const alongRows = logSoftmax(logits, 1)
    const alongColumns = logSoftmax(logits, 0)
    const sum = tf.sum(tf.add(tf.mul(targets.rows, alongRows), tf.mul(targets.columns, alongColumns)))
    return {
      value: tf.mul<Scalar>(sum as Scalar, -0.5 / count),
      save: [alongRows, alongColumns],
      gradient: (dy, [logRows, logColumns]) => {
        const { rows, columns } = targets
        const expectedRows = tf.mul(tf.exp(logRows!), tf.sum(rows, 1, true))
        const expectedColumns = tf.mul(tf.exp(logColumns!), tf.sum(columns, 0, true))
        const surplus = tf.sub(tf.add(expectedRows, expectedColumns), tf.add(rows, columns))
        return [tf.mul(surplus, tf.mul(dy, 0.5 / count))]
      },
    }
  })
}

/** `projected`: rows × embedding, not normalised. Differentiable in `projected`. */
export function contrastiveLoss(projected: Tensor2D, targets: ContrastiveTargets): Scalar {
  const logits = linear(normalise(projected), { weight: targets.scaled, bias: null, trained: false })
  return crossEntropyBothWays(logits, targets)
}
