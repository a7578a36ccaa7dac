import { describe, expect, it } from 'vitest'
import { nsdRun, nsdTrials } from './nsd-design.ts'

describe("NSD's trials", () => {
  it('have 63 in odd and 62 in even runs, twelve runs a session', () => {
    const perRun = new Map<number, number>()
    for (let trial = 0; trial < 750; trial++) perRun.set(nsdRun(trial), (perRun.get(nsdRun(trial)) ?? 0) + 1)
    expect([...perRun]).toEqual(Array.from({ length: 12 }, (_, run) => [run + 1, run % 2 === 0 ? 63 : 62]))
  })

  it('show the picture that the subject’s own list names, counted from 0', () => {
    // Trial t shows picture t mod 400 of the subject, which is number 10 (t mod 400) + 7 of all.
    const masterOrdering = Array.from({ length: 1500 }, (_, t) => (t % 400) + 1)
    const subjectPictures = Array.from({ length: 10000 }, (_, i) => 10 * i + 8)
    const trials = nsdTrials({ masterOrdering, subjectPictures }, [2])
    expect(trials).toHaveLength(750)
    expect(trials[0]).toEqual({ session: 2, run: 1, picture: 10 * 350 + 7, repeat: 2, shared: true })
    expect(trials[63]).toEqual({ session: 2, run: 2, picture: 10 * 13 + 7, repeat: 3, shared: true })
    expect(trials.map((trial) => trial.picture)).toEqual(
      Array.from({ length: 750 }, (_, t) => 10 * ((t + 750) % 400) + 7),
    )
  })

  it('count a picture’s repeats over the whole experiment, whatever sessions are asked for', () => {
    const masterOrdering = Array.from({ length: 2250 }, (_, t) => (t % 750) + 1)
    const subjectPictures = Array.from({ length: 10000 }, (_, i) => i + 1)
    const trials = nsdTrials({ masterOrdering, subjectPictures }, [3, 1])
    expect(trials.slice(0, 750).every((trial) => trial.repeat === 3 && trial.session === 3)).toBe(true)
    expect(trials.slice(750).every((trial) => trial.repeat === 1 && trial.session === 1)).toBe(true)
  })

  it('are shared only for the first thousand pictures', () => {
    const masterOrdering = Array.from({ length: 750 }, (_, t) => 700 + t)
    const subjectPictures = Array.from({ length: 10000 }, (_, i) => i + 1)
    const trials = nsdTrials({ masterOrdering, subjectPictures }, [1])
    expect(trials.filter((trial) => trial.shared).length).toBe(301)
    expect(trials[300]!.shared).toBe(true)
    expect(trials[301]!.shared).toBe(false)
  })
})
