/**
 * The subject layer's passes in WGSL. Only living voxels are visited: `list` names them, and pass `pack` gathers their inputs, four
 * rows to a vec4, as both products want them. Every sum has a fixed order, so equal inputs give equal bits on one adapter.
 *
 *   pack      xt[i, row] = x[row, list[i]]
 *   forward   sums[part, row, j] = Σ over the part's voxels of m · x · W
 *   collect   h[row, j] = b[j] + Σ sums
 *   update    xᵀdh for eight voxels at a time; from it the mask gradient rowsum(W ∘ xᵀdh), AdamW on W and Adam on the mask with L1,
 *             all in one visit of W and its moments: no gradient is stored
 *   bias      Adam on b
 *
 * `mask` holds m, its two moments, and the running sum of squares of dL/dm; `bias` holds b and its two moments.
 */

/** Threads of a workgroup; each owns hidden units j, j + 64, … */
export const lanes = 64
/** Voxels that one workgroup updates together, so that dh is read once for all of them. */
export const voxelsPerBlock = 8
/** Largest number of vec4 of rows that one workgroup of `forward` adds up. */
export const mostQuads = 8

/** Order of the numbers in the uniform buffer: 8 unsigned, then 8 of the step on W, then 8 of the step on the mask, then l1. */
const params = `
struct Adam { keep: f32, size: f32, scale: f32, epsilon: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32 }
struct Params {
  rows: u32, quads: u32, voxels: u32, hidden: u32,
  count: u32, chunk: u32, parts: u32, flags: u32,
  weights: Adam, mask: Adam,
  l1: f32, wide: u32, unused1: u32, unused2: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
`

export const paramsBytes = 32 + 32 + 32 + 16
export const flag = { weights: 1, mask: 2, nonNegative: 4 } as const

const unrolled = (count: number, line: (k: number) => string) =>
  Array.from({ length: count }, (_, k) => line(k)).join('\n')

export const packShader = `${params}
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> list: array<u32>;
@group(0) @binding(3) var<storage, read_write> xt: array<vec4f>;

fn at(row: u32, v: u32) -> f32 { if (row < p.rows) { return x[row * p.voxels + v]; } return 0.0; }

@compute @workgroup_size(${lanes})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  let q = id.y;
  if (i >= p.count) { return; }
  let v = list[i];
  xt[i * p.quads + q] = vec4f(at(4 * q, v), at(4 * q + 1, v), at(4 * q + 2, v), at(4 * q + 3, v));
}
`

/** `quads`: vec4 of rows that one workgroup adds up. */
export const forwardShader = (quads: number) => `${params}
@group(0) @binding(1) var<storage, read> xt: array<vec4f>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read> list: array<u32>;
@group(0) @binding(4) var<storage, read> mask: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> sums: array<f32>;

@compute @workgroup_size(${lanes})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let j = id.x;
  let part = id.y;
  let firstQuad = id.z * ${quads}u;
  if (j >= p.hidden) { return; }
${unrolled(quads, (q) => `  var sum${q} = vec4f(0.0);`)}
  let last = min(p.count, (part + 1) * p.chunk);
  for (var i = part * p.chunk; i < last; i++) {
    let v = list[i];
    let weight = w[v * p.hidden + j] * mask[v].x;
    let base = i * p.quads + firstQuad;
${unrolled(quads, (q) => `    sum${q} += weight * xt[base + ${q}u];`)}
  }
${unrolled(
  quads,
  (q) => `  if (firstQuad + ${q}u < p.quads) {
    let to = (part * p.quads + firstQuad + ${q}u) * 4 * p.hidden + j;
    sums[to] = sum${q}.x;
    sums[to + p.hidden] = sum${q}.y;
    sums[to + 2 * p.hidden] = sum${q}.z;
    sums[to + 3 * p.hidden] = sum${q}.w;
  }`,
)}
}
`

export const collectShader = `${params}
@group(0) @binding(1) var<storage, read> sums: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> h: array<f32>;

@compute @workgroup_size(${lanes})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let j = id.x;
  let row = id.y;
  if (j >= p.hidden) { return; }
  var sum = bias[j].x;
  for (var part = 0u; part < p.parts; part++) {
    sum += sums[(part * p.quads * 4 + row) * p.hidden + j];
  }
  h[row * p.hidden + j] = sum;
}
`

export const updateShader = `${params}
@group(0) @binding(1) var<storage, read> xt: array<vec4f>;
@group(0) @binding(2) var<storage, read> dh: array<f32>;
@group(0) @binding(3) var<storage, read_write> w: array<f32>;
@group(0) @binding(4) var<storage, read_write> first: array<f32>;
@group(0) @binding(5) var<storage, read_write> second: array<f32>;
@group(0) @binding(6) var<storage, read_write> mask: array<vec4f>;
@group(0) @binding(7) var<storage, read> list: array<u32>;

var<workgroup> shares: array<f32, ${lanes * voxelsPerBlock}>;

fn gradient(row: u32, j: u32) -> f32 { if (row < p.rows) { return dh[row * p.hidden + j]; } return 0.0; }

fn step(at: u32, g: f32, old: f32) {
  let a = p.weights;
  let m1 = a.beta1 * first[at] + a.rest1 * g;
  let m2 = a.beta2 * second[at] + a.rest2 * g * g;
  first[at] = m1;
  second[at] = m2;
  w[at] = old * a.keep - a.size * m1 / (sqrt(m2) * a.scale + a.epsilon);
}

@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let start = (group.y * p.wide + group.x) * ${voxelsPerBlock}u;
  let lane = local.x;
${unrolled(
  voxelsPerBlock,
  (k) => `  let lives${k} = start + ${k}u < p.count;
  var v${k} = 0u;
  var scale${k} = 0.0;
  var share${k} = 0.0;
  if (lives${k}) { v${k} = list[start + ${k}u]; scale${k} = mask[v${k}].x; }
  let base${k} = (start + ${k}u) * p.quads;`,
)}
  for (var j = lane; j < p.hidden; j += ${lanes}u) {
${unrolled(voxelsPerBlock, (k) => `    var outer${k} = 0.0;`)}
    for (var q = 0u; q < p.quads; q++) {
      let d = vec4f(gradient(4 * q, j), gradient(4 * q + 1, j), gradient(4 * q + 2, j), gradient(4 * q + 3, j));
${unrolled(voxelsPerBlock, (k) => `      outer${k} += dot(xt[base${k} + q], d);`)}
    }
${unrolled(
  voxelsPerBlock,
  (k) => `    if (lives${k}) {
      let at = v${k} * p.hidden + j;
      let old = w[at];
      share${k} += outer${k} * old;
      if ((p.flags & ${flag.weights}u) != 0u) { step(at, outer${k} * scale${k}, old); }
    }`,
)}
  }
${unrolled(voxelsPerBlock, (k) => `  shares[lane * ${voxelsPerBlock}u + ${k}u] = share${k};`)}
  workgroupBarrier();
  if (lane >= ${voxelsPerBlock}u || start + lane >= p.count || (p.flags & ${flag.mask}u) == 0u) { return; }
  var slope = 0.0;
  for (var other = 0u; other < ${lanes}u; other++) { slope += shares[other * ${voxelsPerBlock}u + lane]; }
  let v = list[start + lane];
  let old = mask[v];
  let a = p.mask;
  let g = slope + p.l1 * sign(old.x);
  let m1 = a.beta1 * old.y + a.rest1 * g;
  let m2 = a.beta2 * old.z + a.rest2 * g * g;
  var value = old.x * a.keep - a.size * m1 / (sqrt(m2) * a.scale + a.epsilon);
  if ((p.flags & ${flag.nonNegative}u) != 0u) { value = max(value, 0.0); }
  mask[v] = vec4f(value, m1, m2, old.w + slope * slope);
}
`

export const biasShader = `${params}
@group(0) @binding(1) var<storage, read> dh: array<f32>;
@group(0) @binding(2) var<storage, read_write> bias: array<vec4f>;

@compute @workgroup_size(${lanes})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let j = id.x;
  if (j >= p.hidden) { return; }
  var g = 0.0;
  for (var row = 0u; row < p.rows; row++) { g += dh[row * p.hidden + j]; }
  let a = p.weights;
  let old = bias[j];
  let m1 = a.beta1 * old.y + a.rest1 * g;
  let m2 = a.beta2 * old.z + a.rest2 * g * g;
  bias[j] = vec4f(old.x - a.size * m1 / (sqrt(m2) * a.scale + a.epsilon), m1, m2, 0.0);
}
`
