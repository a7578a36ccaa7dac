/** What an HDF5 or MATLAB file leaves open, asked one after the other: the dataset, the grid, the order of voxels, the axes. */
import { dirname } from 'node:path'
import type { Recipe } from '../../core/contract/recipe.ts'
import { unwrap } from '../../core/problem.ts'
import { fittingAxes } from './array-source.ts'
import type { Questions } from './bids/questions.ts'
import type { SingleVolume } from './files-beside.ts'
import { listDatasets } from './hdf5/listing.ts'
import { openMatFile } from './matlab/mat-file.ts'
import { readVoxelSpace } from './voxel-space.ts'

interface ListedArray {
  readonly name: string
  /** Sizes, slowest first. */
  readonly shape: readonly number[]
  readonly fastestFirst: boolean
}

export interface ProposedArray {
  readonly image: Pick<Recipe['images'][number], 'dataset' | 'axes'>
  readonly recipe: Pick<Recipe, 'grid' | 'voxels'>
  /** The grid's sizes, or null while nothing says them. */
  readonly shape: readonly number[] | null
}

async function listArrays(path: string, kind: 'hdf5' | 'matlab5'): Promise<ListedArray[]> {
  if (kind === 'matlab5') {
    const { variables } = unwrap(await openMatFile(path))
    return variables
      .filter(({ name }) => name !== '')
      .map(({ name, sizes }) => ({ name, shape: [...sizes].reverse(), fastestFirst: true }))
  }
  const datasets = await listDatasets(path)
  return datasets
    .filter((dataset) => dataset.kind === 'integer' || dataset.kind === 'float')
    .map(({ path: name, shape, matlabClass }) => ({ name, shape, fastestFirst: matlabClass !== null }))
}

const size = ({ shape }: ListedArray) => shape.reduce((product, length) => product * length, 1)
const sizes = ({ shape, fastestFirst }: ListedArray) => (fastestFirst ? [...shape].reverse() : shape).join(' × ')

/** What stays open is left out of the recipe; the survey then says what is missing. */
export async function proposeArray(
  questions: Questions,
  path: string,
  kind: 'hdf5' | 'matlab5',
  volumes: readonly SingleVolume[],
): Promise<ProposedArray> {
  const arrays = (await listArrays(path, kind))
    .filter(({ shape }) => shape.length === 2 || shape.length === 4)
    .sort((a, b) => size(b) - size(a))
    .slice(0, 50)
  if (arrays.length === 0) return { image: {}, recipe: {}, shape: null }
  const named = new Map(arrays.map((array) => [array.name, array]))
  const say = (name: string) => `${name} (${sizes(named.get(name)!)})`
  const dataset = questions.ask('dataset', [...named.keys()], say, 'The file holds several arrays.')
  const array = named.get(dataset)!
  const files = volumes.map(({ name }) => name)
  if (files.length === 0) return { image: { dataset }, recipe: {}, shape: null }
  const ofVoxels = array.shape.length === 2
  const grid = questions.ask(
    'grid',
    files,
    (name) => `${name} (${volumes.find((volume) => volume.name === name)!.shape.join(' × ')})`,
    ofVoxels
      ? 'The array holds chosen voxels. Which mask were they chosen with?'
      : 'The array does not say where its voxels are. Which image is on the same grid?',
    1,
  )
  const recipe: Pick<Recipe, 'grid' | 'voxels'> = ofVoxels
    ? { voxels: { mask: grid, order: askOrder(questions) } }
    : { grid }
  const space = await readVoxelSpace({ ...recipe, orientation: 'ask' }, dirname(path))
  if (!space.ok || space.value === null) return { image: { dataset }, recipe, shape: null }
  const fitting = fittingAxes(array, space.value).map((axes) => axes.join(','))
  const { shape } = space.value.grid
  if (fitting.length === 0) return { image: { dataset }, recipe, shape }
  const axes = questions.ask(
    'axes',
    fitting,
    (value) => value.split(',').join(' × '),
    `What do the axes of ${say(dataset)} count?`,
    1,
  )
  return { image: { dataset, axes: axes.split(',') as NonNullable<Recipe['images'][number]['axes']> }, recipe, shape }
}

/** Cannot be seen from the sizes, so it is always asked. */
function askOrder(questions: Questions): 'C' | 'F' {
  const text = { C: 'As numpy counts them: last axis fastest (C)', F: 'As MATLAB counts them: first axis fastest (F)' }
  return questions.ask('order', ['C', 'F'], (order) => text[order], 'In which order do the voxels stand?')
}
