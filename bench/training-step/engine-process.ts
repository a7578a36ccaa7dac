/** One engine in a process of its own, as a job has it: takes training steps when it is told, and says how long each took. */
import { z } from 'zod'
import { backendNames } from '../../src/engine/tensor/backend-names.ts'
import { type ChosenBackend, chooseBackend } from '../../src/engine/tensor/backends.ts'
import { drawValues, OurStep } from './step.ts'

const questionSchema = z.discriminatedUnion('do', [
  z.object({ do: z.literal('open'), backend: z.enum(backendNames), threads: z.number(), engines: z.array(z.string()) }),
  z.object({ do: z.literal('shape'), voxels: z.number(), hidden: z.number() }),
  z.object({ do: z.literal('steps'), count: z.number() }),
])
export type EngineQuestion = z.infer<typeof questionSchema>

export const answerSchema = z.object({
  device: z.string(),
  milliseconds: z.array(z.number()),
  losses: z.array(z.number()),
  problem: z.string().nullable(),
})
export type EngineAnswer = z.infer<typeof answerSchema>

let backend: ChosenBackend | null = null
let step: OurStep | null = null

async function answer(question: EngineQuestion): Promise<EngineAnswer> {
  const milliseconds: number[] = []
  const losses: number[] = []
  switch (question.do) {
    case 'open':
      backend = await chooseBackend(question.backend, question)
      break
    case 'shape':
      step?.close()
      step = await OurStep.open(backend!.compute, drawValues(question))
      break
    case 'steps':
      for (let i = 0; i < question.count; i++) {
        const start = performance.now()
        losses.push(await step!.once())
        milliseconds.push(performance.now() - start)
      }
      break
    default:
      question satisfies never
  }
  return { device: backend!.device, milliseconds, losses, problem: null }
}

if (process.send !== undefined) {
  process.on('message', (message) => {
    void answer(questionSchema.parse(message))
      .catch((error: Error) => ({ device: '', milliseconds: [], losses: [], problem: error.message }))
      .then((said) => process.send?.(said))
  })
  process.on('disconnect', () => process.exit(0))
}
