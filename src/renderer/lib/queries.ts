/** What the engine knows, kept fresh: one hook per question. Calls go to the same computer, so they never wait for a network. */
import { keepPreviousData, QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { cohortSizes, RunRequest } from '../../core/contract/run.ts'
import { engine } from './engine.ts'
import { useWindow } from './state.ts'

type CohortSize = (typeof cohortSizes)[number]

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { networkMode: 'always', retry: false, staleTime: 1000, refetchOnWindowFocus: false },
    mutations: { networkMode: 'always', retry: false },
  },
})

/** Runs change by themselves; everything made by runs is asked again when one ends. */
const runsInterval = 1000

export function useProjectId(): string {
  const project = useWindow((state) => state.project)
  if (project === null) throw new Error('this screen needs a project')
  return project
}

export function useRecent() {
  return useQuery({ queryKey: ['recent'], queryFn: () => engine.projects.recent() })
}

export function useRuns() {
  const project = useWindow((state) => state.project)
  const client = useQueryClient()
  return useQuery({
    queryKey: ['runs', project],
    enabled: project !== null,
    refetchInterval: runsInterval,
    async queryFn() {
      const before = client.getQueryData<Awaited<ReturnType<typeof engine.runs.list>>>(['runs', project])
      const runs = await engine.runs.list({ project: project! })
      const ended = runs.filter((run) => run.status === 'done').length
      if (before !== undefined && before.filter((run) => run.status === 'done').length !== ended) {
        for (const name of [
          'subjects',
          'backbones',
          'masks',
          'decoders',
          'table',
          'evaluation',
          'galleries',
          'stability',
          'maskVolumes',
        ])
          void client.invalidateQueries({ queryKey: [name, project] })
      }
      return runs
    },
  })
}

const itemsInterval = 4000

function useItems<T>(name: string, ask: (input: { project: string }) => Promise<T>) {
  const project = useWindow((state) => state.project)
  return useQuery({
    queryKey: [name, project],
    enabled: project !== null,
    // A run may hand results over while it goes on.
    refetchInterval: itemsInterval,
    queryFn: () => ask({ project: project! }),
  })
}

export const useSubjects = () => useItems('subjects', (input) => engine.data.subjects(input))
export const useBackbones = () => useItems('backbones', (input) => engine.results.backbones(input))
export const useMasks = () => useItems('masks', (input) => engine.results.masks(input))
export const useDecoders = () => useItems('decoders', (input) => engine.results.decoders(input))

export function useDoctor() {
  return useQuery({ queryKey: ['doctor'], staleTime: Number.POSITIVE_INFINITY, queryFn: () => engine.system.doctor() })
}

export function usePacks() {
  return useQuery({ queryKey: ['packs'], queryFn: () => engine.packs.list() })
}

export function useTable(run: string | null, live: boolean) {
  const project = useWindow((state) => state.project)
  return useQuery({
    queryKey: ['table', project, run],
    enabled: project !== null && run !== null,
    refetchInterval: live ? 2000 : false,
    queryFn: () => engine.runs.table({ project: project!, run: run! }),
  })
}

/** What a run would need; the last answer stays while a changed request is counted. */
export function useEstimate(request: RunRequest | null) {
  const project = useWindow((state) => state.project)
  return useQuery({
    queryKey: ['estimate', project, request],
    enabled: project !== null && request !== null,
    placeholderData: keepPreviousData,
    queryFn: () => engine.runs.estimate({ project: project!, request: request! }),
  })
}

/** What a demo would need; asked without a project. */
export function useDemoEstimate(size: CohortSize, seeds: readonly number[]) {
  return useQuery({
    queryKey: ['demo estimate', size, seeds.length],
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    queryFn: () => engine.projects.estimateDemo({ size, seeds: [...seeds] }),
  })
}

/** An act that changes something in the project; what is shown is asked again afterwards. */
export function useAct<Input, Output>(act: (input: Input) => Promise<Output>, after?: (output: Output) => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: act,
    onSuccess(output) {
      void client.invalidateQueries()
      after?.(output)
    },
  })
}
