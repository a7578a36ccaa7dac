/** Which projects this user opened, newest first; kept in the user-data folder. A damaged list is an empty one. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomically } from './atomic-file.ts'

const entrySchema = z.object({ id: z.string(), name: z.string(), folder: z.string(), opened: z.string() })
export type RecentProject = z.infer<typeof entrySchema>

const longest = 30

export class RecentProjects {
  readonly #path: string

  constructor(userData: string) {
    this.#path = join(userData, 'recent-projects.json')
    mkdirSync(userData, { recursive: true })
  }

  list(): RecentProject[] {
    if (!existsSync(this.#path)) return []
    try {
      return z.array(entrySchema).parse(JSON.parse(readFileSync(this.#path, 'utf8')))
    } catch {
      return []
    }
  }

  remember(project: Omit<RecentProject, 'opened'>): void {
    const others = this.list().filter((other) => other.folder !== project.folder && other.id !== project.id)
    writeAtomically(
      this.#path,
      JSON.stringify([{ ...project, opened: new Date().toISOString() }, ...others].slice(0, longest), null, 2),
    )
  }

  forget(id: string): void {
    writeAtomically(
      this.#path,
      JSON.stringify(
        this.list().filter((project) => project.id !== id),
        null,
        2,
      ),
    )
  }
}
