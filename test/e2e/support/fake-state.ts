/** What the stand-in engine holds: two projects, their subjects, runs and results, and the bytes behind them. */
import type { z } from 'zod'
import type { Project } from '../../../src/core/contract/contract.ts'
import type { backboneSchema, decoderSchema, Mask, MaskVolumes, Subject } from '../../../src/core/contract/result.ts'
import type { Run, RunKind, RunRequest } from '../../../src/core/contract/run.ts'
import { defaultDecoderSettings, defaultPretrainSettings, maskPresets } from '../../../src/core/contract/settings.ts'
import type { Blobs } from './blobs.ts'
import * as head from './generated-volumes.ts'

export function id(number: number): string {
  return `01960000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`
}

export const ids = {
  demo: id(1),
  haxby: id(2),
  pilot: id(3),
  gone: id(4),
  empty: id(5),
  newSubject: id(0x10),
  haxbySubject: id(0x14),
  backbone: id(0x20),
  mask: id(0x30),
  markerMask: id(0x31),
  haxbyMask: id(0x32),
  decoder: id(0x40),
  haxbyDecoder: id(0x41),
  otherDecoder: id(0x42),
  demoRun: id(0x50),
  backboneRun: id(0x51),
  stoppedRun: id(0x52),
  maskRun: id(0x53),
  decodeRun: id(0x54),
  interruptedRun: id(0x55),
  importRun: id(0x56),
  haxbyMaskRun: id(0x57),
  haxbyDecodeRun: id(0x58),
} as const

const day = '2026-03-02'
export const time = (clock: string) => `${day}T${clock}:00.000Z`

export function makeRun(own: Partial<Run> & Pick<Run, 'id' | 'name' | 'request'>): Run {
  return {
    kind: own.request.kind as RunKind,
    subject: null,
    parents: [],
    status: 'done',
    created: time('09:00'),
    started: time('09:00'),
    ended: time('09:03'),
    phases: [],
    elapsed: 163,
    remaining: null,
    device: 'wasm, 2 threads',
    problem: null,
    ...own,
  }
}

function phase(
  name: string,
  state: 'waiting' | 'running' | 'done',
  done: number,
  total: number | null,
  seconds: number,
) {
  return { name, state, done, total, seconds }
}

export const maskRequest: RunRequest = {
  kind: 'mask',
  subject: ids.newSubject,
  backbone: ids.backbone,
  settings: { ...maskPresets.memory, budget: 320, seed: 2 },
}

/** The runs of the demo project; the mask run is going. */
export function demoRuns(): Run[] {
  const pretrain: RunRequest = {
    kind: 'pretrain',
    subjects: [id(0x11), id(0x12), id(0x13)],
    settings: defaultPretrainSettings,
  }
  const decode: RunRequest = { kind: 'decode', mask: ids.mask, settings: defaultDecoderSettings }
  const parents = { subject: ids.newSubject, parents: [ids.backboneRun] }
  return [
    makeRun({
      id: ids.demoRun,
      name: 'e-01',
      request: { kind: 'demo', size: 'small', seeds: [0, 1, 2] },
      phases: [
        phase('Simulate brains, pictures and scans, seed 0', 'done', 1, 1, 21),
        phase('Pretrain the backbone, seed 0', 'done', 12, 12, 34),
        phase('Find voxels', 'done', 20, 20, 12),
        phase('Compare 15 conditions', 'done', 45, 45, 96),
      ],
    }),
    makeRun({ id: ids.backboneRun, name: 'b-02', request: pretrain, created: time('09:10'), elapsed: 48 }),
    makeRun({ id: ids.stoppedRun, name: 'm-05', request: maskRequest, ...parents, status: 'cancelled', elapsed: 11 }),
    makeRun({
      id: ids.maskRun,
      name: 'm-07',
      request: maskRequest,
      ...parents,
      status: 'running',
      ended: null,
      elapsed: 28,
      remaining: 12,
      phases: [
        phase('Load data', 'done', 1, 1, 2),
        phase('Find voxels', 'running', 10, 40, 26),
        phase('Save mask and weight map', 'waiting', 0, 1, 0),
      ],
    }),
    makeRun({
      id: ids.decodeRun,
      name: 'd-11',
      request: decode,
      ...parents,
      status: 'queued',
      started: null,
      elapsed: 0,
    }),
  ]
}

export function haxbyRuns(): Run[] {
  const mask: RunRequest = {
    kind: 'mask',
    subject: ids.haxbySubject,
    backbone: null,
    settings: { ...maskPresets.troi, budget: 100 },
  }
  const decode: RunRequest = { kind: 'decode', mask: ids.haxbyMask, settings: defaultDecoderSettings }
  return [
    makeRun({ id: ids.importRun, name: 'i-01', request: { kind: 'simulate', size: 'tiny', seed: 0 }, kind: 'import' }),
    makeRun({ id: ids.haxbyMaskRun, name: 'm-01', request: mask, subject: ids.haxbySubject }),
    makeRun({ id: ids.haxbyDecodeRun, name: 'd-01', request: decode, subject: ids.haxbySubject }),
    makeRun({
      id: ids.interruptedRun,
      name: 'm-02',
      request: { ...mask, settings: { ...maskPresets.memory, budget: 100 } },
      subject: ids.haxbySubject,
      status: 'interrupted',
      elapsed: 74,
      phases: [phase('Load data', 'done', 1, 1, 2), phase('Find voxels', 'running', 9, 40, 72)],
      problem: {
        code: 'JOB_LOST',
        message: 'The computer stopped while m-02 was running.',
        where: 'epoch 9 of at most 40',
        fix: 'Resume goes on from the checkpoint of epoch 9.',
      },
    }),
  ]
}

function subject(own: Partial<Subject> & Pick<Subject, 'id' | 'name'>): Subject {
  return {
    origin: 'simulated',
    role: 'pretraining',
    voxels: 1500,
    grid: head.grid,
    trainTrials: 600,
    testTrials: 100,
    targets: 'pictures',
    items: 300,
    labels: [],
    annotatedVoxels: 1500,
    trueVoxels: null,
    notes: [],
    ...own,
  }
}

export const demoSubjects: readonly Subject[] = [
  subject({
    id: ids.newSubject,
    name: 'sub-00',
    role: 'new',
    voxels: head.count(head.brain),
    annotatedVoxels: head.count(head.annotated),
    trueVoxels: head.count(head.truth),
    notes: [
      '600 training and 100 held-out trials; no picture is in both.',
      '12 voxels without variance were left out.',
    ],
  }),
  ...[1, 2, 3].map((number) => subject({ id: id(0x10 + number), name: `sub-0${number}` })),
]

export const haxbySubjects = (labels: readonly string[]): Subject[] => [
  subject({
    id: ids.haxbySubject,
    name: 'haxby1',
    origin: 'imported',
    role: 'new',
    voxels: 530,
    trainTrials: 96,
    testTrials: 0,
    targets: 'labels',
    items: labels.length,
    labels: [...labels],
    annotatedVoxels: null,
    notes: ['96 blocks in 12 runs; each run is held out once.', 'A straight line was removed per voxel and run.'],
  }),
]

export function project(number: string, name: string, own: Partial<Project> = {}): Project {
  return {
    id: number,
    name,
    folder: `~/TROI Workstation/${name}`,
    place: { root: 'workspace', path: name },
    opened: time('08:55'),
    missing: false,
    next: null,
    ...own,
  }
}

export const backbone: z.infer<typeof backboneSchema> = {
  id: ids.backbone,
  run: ids.backboneRun,
  name: 'b-02',
  subjects: ['sub-01', 'sub-02', 'sub-03'],
  epochs: 12,
}

export function maskOf(own: Partial<Mask> & Pick<Mask, 'id' | 'name'>, values: Uint8Array, references: boolean): Mask {
  const { left, right } = head.sides(values)
  return {
    run: ids.demoRun,
    subject: ids.newSubject,
    preset: 'troi',
    budget: left + right,
    voxels: left + right,
    rawVoxels: null,
    threshold: head.threshold,
    counts: [],
    flags: [],
    overlap: references
      ? [
          { with: 'truth', ...head.overlapOf(values, head.truth) },
          { with: 'annotated', ...head.overlapOf(values, head.annotated) },
        ]
      : [],
    leftVoxels: left,
    rightVoxels: right,
    components: 5,
    largestComponent: Math.round(0.43 * (left + right)),
    cubicCentimetres: (36 * (left + right)) / 1000,
    grid: head.grid,
    created: time('09:12'),
    ...own,
  }
}

export function decoder(number: string, name: string, mask: string, of: string): z.infer<typeof decoderSchema> {
  return { id: number, run: ids.decodeRun, name, mask, subject: of, restart: 'scratch' }
}

export function volumesOf(blobs: Blobs, mask: Uint8Array, weights: Float32Array, references: boolean): MaskVolumes {
  const put = (values: Float32Array | Uint8Array) => blobs.put(values, head.shape)
  return {
    grid: head.grid,
    mask: put(mask),
    weights: put(weights),
    // Rougher than the filtered map, by a pattern that a filter takes away.
    unfiltered: put(weights.map((value, at) => (value === 0 ? 0 : value + ((at * 7919) % 13) / 26))),
    rawMask: null,
    annotated: references ? put(head.annotated) : null,
    truth: references ? put(head.truth) : null,
    brain: put(head.brain),
    stability: references ? put(weights.map((value) => Math.min(1, Math.round(8 * value) / 5))) : null,
    background: { volume: put(head.background), name: 'mean of generated volumes' },
  }
}
