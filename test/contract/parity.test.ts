/** The contract, the engine's router and both clients name the same procedures. */
import { isContractProcedure } from '@orpc/contract'
import { isProcedure } from '@orpc/server'
import { describe, expect, it } from 'vitest'
import { contract } from '../../src/core/contract/contract.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { createRouter } from '../../src/engine/router.ts'
import { createFakeRouter, FakeEngine } from './fake-router.ts'

function namesIn(tree: unknown, isEnd: (value: unknown) => boolean, path = ''): string[] {
  if (isEnd(tree)) return [path]
  return Object.entries(tree as Record<string, unknown>).flatMap(([name, below]) =>
    namesIn(below, isEnd, path === '' ? name : `${path}.${name}`),
  )
}

describe('one contract', () => {
  const inContract = namesIn(contract, isContractProcedure).sort()

  it('has procedures', () => {
    expect(inContract.length).toBeGreaterThan(25)
    expect(new Set(inContract).size).toBe(inContract.length)
  })

  it('is what the engine implements', () => {
    // The router is only built here, nothing of the engine is called.
    const router = createRouter({} as Engine)
    expect(namesIn(router, isProcedure).sort()).toEqual(inContract)
  })

  it('is what the stand-in of the transport tests implements', () => {
    expect(namesIn(createFakeRouter(new FakeEngine()), isProcedure).sort()).toEqual(inContract)
  })

  it('lets every procedure fail with a typed problem', () => {
    const withoutProblem = inContract.filter((name) => {
      const procedure = name
        .split('.')
        .reduce<unknown>((tree, part) => (tree as Record<string, unknown>)[part], contract)
      return !('PROBLEM' in (procedure as { '~orpc': { errorMap: object } })['~orpc'].errorMap)
    })
    expect(withoutProblem).toEqual([])
  })
})
