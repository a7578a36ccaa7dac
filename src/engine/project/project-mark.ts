/**
 * A small file in the project's folder that stands for it: systems open files with an app, not folders. It holds nothing of the
 * project; the database beside it is the project.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomically } from './atomic-file.ts'

export const projectMark = 'project.troi'

/** Writes it where it is missing. A project that cannot be written to is opened without it. */
export function leaveMark(folder: string): void {
  const path = join(folder, projectMark)
  if (existsSync(path)) return
  try {
    writeAtomically(path, `${JSON.stringify({ format: 1, program: 'TROI Workstation', project: 'project.sqlite' })}\n`)
  } catch {
    // Only the double click is lost.
  }
}
