/** How page and desktop shell agree: which project this window shows, what the menu asks for. In a browser only the title is ours. */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { actOf } from '../actions/actions.ts'
import { catalogue } from '../actions/catalogue.ts'
import { frame } from '../components/strings.ts'
import { engine } from './engine.ts'
import { native } from './native.ts'
import { useRecent } from './queries.ts'
import { useWindow } from './state.ts'

/** An action by its name, if it can be done now. */
function doAction(name: string): void {
  const known = catalogue.find(({ id }) => id === name)
  const act = known === undefined ? undefined : actOf(known.id)
  if (act !== undefined && (act.reason ?? null) === null) act.run()
}

/** Null, or why a project that was opened from outside cannot be shown. */
export function useShell(): unknown {
  const { project, openProject } = useWindow()
  const client = useQueryClient()
  const [refused, setRefused] = useState<unknown>(null)
  const open = useRecent().data?.find((one) => one.id === project)
  const folder = project === null ? null : open?.folder

  useEffect(() => {
    const shell = native()
    if (shell === null) return
    const bring = (path: string) =>
      engine.system
        .locate({ path })
        .then((place) => engine.projects.open({ place }))
        .then(({ id }) => {
          setRefused(null)
          openProject(id)
          return client.invalidateQueries()
        })
        .catch(setRefused)
    shell.onMenu(doAction)
    shell.onOpen((path) => void bring(path))
    void shell.wanted().then((path) => (path === null ? undefined : bring(path)))
  }, [client, openProject])

  useEffect(() => {
    // Until the list of projects is known, nothing is said about a project that is open.
    if (folder === undefined) return
    void native()
      ?.shows(folder)
      .then((ours) => {
        if (!ours) openProject(null)
      })
  }, [folder, openProject])

  useEffect(() => {
    document.title = open === undefined ? frame.product : `${open.name}, ${frame.product}`
  }, [open])
  return refused
}
