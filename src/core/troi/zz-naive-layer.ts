import { tf } from '../tensor/tf.ts'
export function naiveLayer(init: any): any {
  const s: any = {}
  for (const k of Object.keys(init)) s[k] = init[k].slice ? init[k].slice() : init[k]
  const { voxels: n, hidden: h } = s
  let x: any,
    rows = 0,
    rms = 0,
    cnt = 0
  return {
    voxels: n,
    hidden: h,
    engine: 'reference',
    forward(xx: any, r: number) {
      x = xx
      rows = r
      const out = new Float32Array(r * h)
      for (let i = 0; i < r; i++) {
        const o = out.subarray(i * h, i * h + h)
        o.set(s.bias)
        for (let v = 0; v < n; v++) {
          const f = x[i * n + v] * s.mask[v]
          if (f === 0) continue
          const w = v * h
          for (let j = 0; j < h; j++) o[j] += f * s.weights[w + j]
        }
      }
      return tf.tensor2d(out, [r, h])
    },
    backward(dht: any, u: any) {
      const dh = dht.dataSync()
      const g = new Float32Array(h),
        gm = new Float32Array(n)
      const wS = u.weights
      const c = wS && {
        a: wS.learningRate / (1 - wS.beta1 ** wS.step),
        b: 1 / Math.sqrt(1 - wS.beta2 ** wS.step),
        k: 1 - wS.learningRate * wS.weightDecay,
      }
      for (let v = 0; v < n; v++) {
        if (!s.alive[v]) continue
        g.fill(0)
        for (let i = 0; i < rows; i++) {
          const f = x[i * n + v]
          if (f === 0) continue
          for (let j = 0; j < h; j++) g[j] += f * dh[i * h + j]
        }
        let d = 0
        const w = v * h,
          m = s.mask[v]
        for (let j = 0; j < h; j++) d += g[j] * s.weights[w + j]
        gm[v] = d
        if (wS)
          for (let j = 0; j < h; j++) {
            const q = g[j] * m,
              k = w + j
            const f1 = (s.weightsFirstMoment[k] = wS.beta1 * s.weightsFirstMoment[k] + (1 - wS.beta1) * q)
            const f2 = (s.weightsSecondMoment[k] = wS.beta2 * s.weightsSecondMoment[k] + (1 - wS.beta2) * q * q)
            s.weights[k] = s.weights[k] * c.k - (c.a * f1) / (Math.sqrt(f2) * c.b + wS.epsilon)
          }
      }
      if (wS)
        for (let j = 0; j < h; j++) {
          let q = 0
          for (let i = 0; i < rows; i++) q += dh[i * h + j]
          const f1 = (s.biasFirstMoment[j] = wS.beta1 * s.biasFirstMoment[j] + (1 - wS.beta1) * q)
          const f2 = (s.biasSecondMoment[j] = wS.beta2 * s.biasSecondMoment[j] + (1 - wS.beta2) * q * q)
          s.bias[j] -= (c.a * f1) / (Math.sqrt(f2) * c.b + wS.epsilon)
        }
      const mS = u.mask
      if (mS)
        for (let v = 0; v < n; v++) {
          if (!s.alive[v]) continue
          rms += gm[v] ** 2
          cnt++
          const q = gm[v] + mS.l1 * Math.sign(s.mask[v])
          const f1 = (s.maskFirstMoment[v] = mS.beta1 * s.maskFirstMoment[v] + (1 - mS.beta1) * q)
          const f2 = (s.maskSecondMoment[v] = mS.beta2 * s.maskSecondMoment[v] + (1 - mS.beta2) * q * q)
          s.mask[v] -=
            ((mS.learningRate / (1 - mS.beta1 ** mS.step)) * f1) /
            (Math.sqrt(f2 / (1 - mS.beta2 ** mS.step)) + mS.epsilon)
          if (mS.nonNegative && s.mask[v] < 0) s.mask[v] = 0
        }
    },
    async readMaskGradientRms() {
      const r = Math.sqrt(rms / cnt)
      rms = cnt = 0
      return r
    },
    async prune(t: number) {
      let k = 0
      for (let v = 0; v < n; v++) {
        if (s.mask[v] <= t) {
          s.mask[v] = 0
          s.alive[v] = 0
        } else k++
      }
      return k
    },
    async readMask() {
      return s.mask.slice()
    },
    async readState() {
      const o: any = {}
      for (const k of Object.keys(s)) o[k] = s[k].slice ? s[k].slice() : s[k]
      return o
    },
    writeState() {},
    dispose() {},
  }
}
