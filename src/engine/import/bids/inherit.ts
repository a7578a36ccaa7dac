/**
 * The inheritance principle: a JSON or TSV file applies to an image if it lies in the image's folder or above it and names no
 * entity that the image lacks. Of events the nearest file counts; of JSON all do, and nearer values win.
 */
import { type BidsDataset, readJson } from './dataset.ts'
import { type BidsFile, entitiesWithin } from './names.ts'

/** Files that apply to an image's entities in a folder, farthest first; at one level, those with fewer entities first. */
export function applicable(
  files: readonly BidsFile[],
  suffix: string,
  extension: string,
  entities: Readonly<Record<string, string>>,
  folder: string,
): BidsFile[] {
  const depth = (file: BidsFile) => (file.folder === '' ? 0 : file.folder.split('/').length)
  return files
    .filter(
      (file) =>
        file.suffix === suffix &&
        file.extension === extension &&
        (file.folder === '' || folder === file.folder || folder.startsWith(`${file.folder}/`)) &&
        entitiesWithin(file, entities),
    )
    .toSorted((a, b) => depth(a) - depth(b) || Object.keys(a.entities).length - Object.keys(b.entities).length)
}

/** Values of all JSON files that apply, nearer over farther. */
export async function inheritedJson(
  dataset: BidsDataset,
  files: readonly BidsFile[],
  suffix: string,
  entities: Readonly<Record<string, string>>,
  folder: string,
): Promise<Record<string, unknown>> {
  let all: Record<string, unknown> = {}
  for (const file of applicable(files, suffix, '.json', entities, folder))
    all = { ...all, ...(await readJson(`${dataset.root}/${file.path}`, dataset.mayRead)) }
  return all
}
