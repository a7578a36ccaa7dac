/** The import wizard: choices, questions and the crop box with a stand-in engine; then a BIDS dataset, an image, an HDF5 array and bare betas with the real one. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recipeSchema } from '../../src/core/contract/recipe.ts'
import { boldOf, eventsOf, shape, tableText } from '../support/event-study.ts'
import { writeNifti } from '../support/make-nifti.ts'
import { pictureName, writePictures } from '../support/picture-study.ts'
import { Chromium } from './support/browser.ts'
import { inspect } from './support/inspect.ts'
import { remembered } from './support/opened.ts'
import { serveFake, serveReal } from './support/serve.ts'
import { button, eventually, openProject, step } from './support/window.ts'

const longest = 5 * 60_000
let chromium: Chromium

beforeAll(async () => {
  chromium = await Chromium.launch()
}, 300_000)

afterAll(async () => {
  await chromium?.close()
})

describe('with the stand-in engine', () => {
  let served: Awaited<ReturnType<typeof serveFake>>
  let page: Page
  let context: BrowserContext
  const lastCrop = () => {
    const request = served.engine.started.at(-1)
    return request?.kind === 'import' ? request.recipe.crop : undefined
  }

  beforeAll(async () => {
    served = await serveFake()
    ;({ page, context } = await chromium.open(served.address, { settings: remembered }))
    await openProject(page, 'Demo cohort, small')
  }, 300_000)
  afterAll(async () => {
    await context?.close()
    await served?.close()
  })

  it('teaches what can be chosen, and offers images and folders', async () => {
    const main = page.locator('main')
    for (const name of ['A BIDS dataset', 'An image', 'An array', 'A recipe'])
      expect(await main.innerText()).toContain(name)
    await button(page, 'Import…').click()
    const dialog = page.getByRole('dialog', { name: 'What should come in?' })
    await dialog.waitFor()
    expect(await button(page, 'betas_session01.nii.gz').isEnabled()).toBe(true)
    expect(await button(page, 'Choose this folder').isEnabled()).toBe(true)
    await button(page, 'betas_session01.nii.gz').click()
  })

  it('holds import and saving back until the question is answered', async () => {
    await page.getByText('disagree about left and right').waitFor()
    expect(await button(page, 'Import 240 trials').isDisabled()).toBe(true)
    expect(await button(page, 'Save recipe…').isDisabled()).toBe(true)
    await button(page, 'The sform is right').click()
    await eventually(() => button(page, 'Import 240 trials').isEnabled()).toBe(true)
  })

  it('shows the split with its check, and takes another rule', async () => {
    const pane = page.getByRole('region', { name: 'Train and test' })
    expect(await pane.innerText()).toContain('No trial is on both sides')
    expect(await pane.getByRole('table', { name: 'Folds' }).locator('tbody tr').count()).toBe(10)
    await pane.getByRole('combobox').first().selectOption({ label: 'Runs of your choice' })
    await button(page, 'Hold out 3').click()
    await eventually(() => pane.innerText()).toContain('runs 3, 10 are held out')
    await inspect(page, 'import-wizard')
  })

  it('shows trials in order with their part in a test, and finds a label', async () => {
    await button(page, 'Trials').click()
    const strip = page.getByRole('region', { name: 'Trials in order' })
    await strip.getByRole('list', { name: 'Run 3: 24 trials, 0 held out' }).waitFor()
    expect(await strip.getByRole('list', { name: 'Run 1: 24 trials, 24 held out' }).locator('.held').count()).toBe(24)
    await page.getByLabel('Test', { exact: true }).selectOption({ label: 'held out: run 3' })
    expect(await strip.getByRole('list', { name: 'Run 3: 24 trials, 24 held out' }).locator('.held').count()).toBe(24)
    expect(await strip.locator('.held').count()).toBe(24)
    const names = page.getByRole('group', { name: 'Find a label' }).getByRole('button')
    await names.first().click()
    expect(await strip.locator('.chosen').count()).toBe(30)
    expect(await strip.locator('.trial').count()).toBe(240)
    await inspect(page, 'import-trials')
  })

  it('lists what belongs to nothing with the reason, and keeps the list as a table', async () => {
    await button(page, 'Unmatched (412)').click()
    const table = page.getByRole('table', { name: 'What belongs to nothing' })
    expect(await table.locator('tbody tr').count()).toBe(300)
    expect(await table.locator('tbody tr').first().innerText()).toContain('The images have volumes 0 to 651.')
    await page.getByText('The first 300 of 412').waitFor()
    await button(page, 'Save list…').click()
    await page.getByLabel('Name').fill('unmatched.tsv')
    await button(page, 'Save here').click()
    await page.getByText('412 rows saved as').waitFor()
    await inspect(page, 'import-unmatched')
  })

  it('moves faces of the crop box by keys and by dragging, with left and right by the affine', async () => {
    await button(page, 'Crop and ROI').click()
    await button(page, 'Occipital default').click()
    const face = (name: string) => page.getByRole('slider', { name, exact: true })
    await face('Left face, Axial').waitFor()
    const at = async (name: string) => Number(await face(name).getAttribute('aria-valuenow'))
    // The stand-in's box starts at 4 of 44 and takes 36 of an axis that is stored from right to left.
    expect([await at('Left face, Axial'), await at('Right face, Axial')]).toEqual([4, 40])
    expect(await at('Lower face, Coronal')).toBe(3)
    await face('Left face, Axial').press('ArrowRight')
    await eventually(() => at('Left face, Coronal')).toBe(5)
    const before = await page.locator('.crop-facts').innerText()
    expect(before).toContain('35 × 24 × 18 voxels, 105 × 72 × 72 mm')
    const box = (await face('Right face, Axial').boundingBox())!
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width / 2 - 40, box.y + box.height / 2, { steps: 4 })
    await page.mouse.up()
    expect(await at('Right face, Axial')).toBeLessThan(40)
    expect(await page.locator('.crop-facts').innerText()).not.toBe(before)
    await inspect(page, 'import-crop')
  })

  it('chooses labels of the annotated ROI', async () => {
    await button(page, '2 (80)').click()
    await eventually(() => button(page, '2 (80)').getAttribute('aria-pressed')).toBe('true')
    expect(await button(page, 'All above 0').getAttribute('aria-pressed')).toBe('false')
  })

  it('keeps the recipe as a file, and imports what was decided', async () => {
    await button(page, 'Save recipe…').click()
    await page.getByLabel('Name').fill('mine.json')
    await button(page, 'Save here').click()
    await page.getByText('Saved as').waitFor()
    await button(page, 'Import 240 trials').click()
    await page.getByRole('heading', { name: /^Import/ }).waitFor()
    const request = served.engine.started.at(-1)!
    if (request.kind !== 'import') throw new Error('no import was started')
    const { recipe } = request
    expect(recipe).toMatchObject({ orientation: 'sform', split: { rule: 'runs', test: [3, 10] } })
    expect(recipe.annotatedRoi?.labels).toEqual([2])
    const crop = lastCrop()
    if (crop?.rule !== 'voxels') throw new Error('the crop is no box')
    // Stored from right to left: the left face moved by one, so the box in the file ends one earlier.
    expect(crop.start[0] + crop.shape[0]).toBe(39)
    expect(served.engine.savedRecipes.at(-1)).toEqual(recipe)
  })
})

/** Two subjects with three runs each; the second did two tasks. */
function writeDataset(root: string): void {
  writeFileSync(join(root, 'dataset_description.json'), '{"Name": "Study", "BIDSVersion": "1.9.0"}')
  for (const [subject, task] of [
    ['01', 'faces'],
    ['02', 'faces'],
    ['02', 'places'],
  ] as const) {
    const folder = join(root, `sub-${subject}`, 'func')
    mkdirSync(folder, { recursive: true })
    for (const run of [1, 2, 3]) {
      const name = join(folder, `sub-${subject}_task-${task}_run-${run}`)
      writeNifti(`${name}_bold.nii.gz`, boldOf(run))
      writeFileSync(`${name}_events.tsv`, tableText(eventsOf(run)))
    }
  }
}

/** Three runs beside each other with their tables and a mask, as a lab without BIDS has them. */
function writeLooseFiles(root: string): void {
  for (const run of [1, 2, 3]) {
    writeNifti(join(root, `run-${run}_bold.nii`), boldOf(run))
    writeFileSync(join(root, `run-${run}_events.tsv`), tableText(eventsOf(run)))
  }
  writeNifti(join(root, 'brain_mask.nii'), { shape: [...shape], type: 'uint8', values: (v) => (v < 10 ? 1 : 0) })
}

/** An array of chosen voxels with its mask, and beta images with holes, pictures and a table whose first row could be either. */
async function writeArraysAndBetas(root: string): Promise<void> {
  const arrays = join(root, 'arrays')
  mkdirSync(arrays)
  copyFileSync(join(import.meta.dirname, '../fixtures/arrays/mindeye.hdf5'), join(arrays, 'voxels.hdf5'))
  const affine = [-2, 0, 0, 10, 0, 2, 0, -20, 0, 0, 3, -30]
  const isChosen = (at: number) => ((at % 4) + (Math.floor(at / 4) % 3) + Math.floor(at / 12)) % 2 === 0
  writeNifti(join(arrays, 'chosen.nii'), {
    shape: [4, 3, 2],
    type: 'uint8',
    affine,
    values: (at) => (isChosen(at) ? 1 : 0),
  })
  writeFileSync(join(arrays, 'trials.tsv'), 'label\trun\na\t1\nb\t1\na\t1\nb\t2\na\t2\nb\t2\n')
  const bare = join(root, 'bare')
  mkdirSync(bare)
  await writePictures(join(bare, 'stimuli'), 5)
  writeNifti(join(bare, 'betas.nii'), {
    shape: [3, 2, 2, 12],
    type: 'float32',
    values: (at) => (at === 3 || at === 14 ? Number.NaN : ((at * 31) % 47) + (at % 3)),
  })
  writeNifti(join(bare, 'brain.nii'), { shape: [3, 2, 2], type: 'uint8', values: () => 1 })
  const rows = Array.from({ length: 12 }, (_, t) => `${pictureName(t % 4)}\tgroup ${t % 2 ? 'a' : 'b'}`)
  writeFileSync(join(bare, 'shown.tsv'), [...rows, ''].join('\n'))
}

describe('with the real engine', () => {
  let served: Awaited<ReturnType<typeof serveReal>>
  let page: Page
  let context: BrowserContext
  const mainText = () => page.locator('main').innerText()
  const act = () => button(page, 'Import 24 trials')

  beforeAll(async () => {
    served = await serveReal()
    for (const name of ['dataset', 'loose']) mkdirSync(join(served.workspace, name), { recursive: true })
    writeDataset(join(served.workspace, 'dataset'))
    writeLooseFiles(join(served.workspace, 'loose'))
    await writeArraysAndBetas(served.workspace)
    ;({ page, context } = await chromium.open(served.address, { settings: remembered }))
    await button(page, 'New project…').click()
    await page.getByLabel('Name').fill('wizard')
    await button(page, 'Choose this folder').click()
    await page.locator('nav.rail').waitFor()
  }, longest)
  afterAll(async () => {
    await context?.close()
    await served?.close()
  })

  it('asks of a BIDS dataset what it leaves open, one question after the other', { timeout: longest }, async () => {
    await button(page, 'Import…').click()
    await button(page, 'dataset').click()
    await button(page, 'Choose this folder').click()
    await page.getByText('The dataset holds several subjects.').waitFor()
    expect(await act().isDisabled()).toBe(true)
    await button(page, 'sub-02').click()
    await page.getByText('The subject did several tasks.').waitFor()
    await button(page, 'task-places').click()
    await eventually(() => act().isEnabled()).toBe(true)
    expect(await mainText()).toContain('face')
    expect(await page.getByRole('list', { name: 'Decided' }).innerText()).toContain('task-places')
    await inspect(page, 'import-bids', true)
  })

  it('takes an answer back, and asks again', async () => {
    await button(page, 'Change task').click()
    await page.getByText('The subject did several tasks.').waitFor()
    expect(await act().isDisabled()).toBe(true)
    await button(page, 'task-faces').click()
    await eventually(() => act().isEnabled()).toBe(true)
  })

  it('saves a recipe that leads to the same files', async () => {
    await button(page, 'Save recipe…').click()
    await page.getByLabel('Name').fill('kept.json')
    await button(page, 'Save here').click()
    await page.getByText('Saved as').waitFor()
    const recipe = recipeSchema.parse(JSON.parse(readFileSync(join(served.workspace, 'kept.json'), 'utf8')))
    expect(recipe.images.map(({ path }) => path)).toEqual(
      [1, 2, 3].map((run) => `dataset/sub-02/func/sub-02_task-faces_run-${run}_bold.nii.gz`),
    )
  })

  it('imports the subject', { timeout: longest }, async () => {
    await act().click()
    await button(page, 'Find the mask').waitFor({ timeout: longest })
    await step(page, 'Data').click()
    await page.getByRole('cell', { name: 'sub-02' }).waitFor()
  })

  it('imports an image by what lies beside it, cropped, under another name', { timeout: longest }, async () => {
    await button(page, 'Import…').click()
    await button(page, 'loose').click()
    await button(page, 'run-1_bold.nii').click()
    await button(page, /^All 3, each as one run/).click()
    await button(page, /^One table for each image/).click()
    await button(page, 'brain_mask.nii').click()
    await eventually(() => act().isEnabled()).toBe(true)
    await page.getByLabel('Subject', { exact: true }).last().fill('07')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Import 07' }).waitFor()
    await button(page, 'Crop and ROI').click()
    await button(page, 'Box of your own').click()
    await page.getByRole('slider', { name: 'Right face, Axial' }).press('ArrowLeft')
    await eventually(() => page.locator('.crop-facts').innerText()).toContain('2 × 2 × 2 voxels')
    await eventually(() => act().isEnabled()).toBe(true)
    await act().click()
    await button(page, 'Find the mask').waitFor({ timeout: longest })
    await step(page, 'Data').click()
    await page.getByRole('cell', { name: 'sub-07' }).waitFor()
  })

  const rename = async (name: string) => {
    await page.getByLabel('Subject', { exact: true }).last().fill(name)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: `Import ${name}` }).waitFor()
  }

  it('asks of an HDF5 file which array, which mask, which order and which axes', { timeout: longest }, async () => {
    await button(page, 'Import…').click()
    await button(page, 'arrays').click()
    await button(page, 'voxels.hdf5').click()
    await button(page, /^One trial: the image is a series of betas/).click()
    await button(page, /^label: a, b/).click()
    // Until the next look is there, the column is offered as the label too.
    await eventually(() => button(page, /^run: 1, 2/).count()).toBe(1)
    await button(page, /^run: 1, 2/).click()
    await page.getByText('The file holds several arrays.').waitFor()
    await button(page, 'fortran (6 × 12)').click()
    await page.getByText('Which mask were they chosen with?').waitFor()
    await button(page, /^chosen.nii \(4 × 3 × 2\)/).click()
    await button(page, /^As MATLAB counts them/).click()
    await button(page, 'volume × voxel').click()
    await button(page, /^No mask/).click()
    const six = button(page, 'Import 6 trials')
    await eventually(() => six.isEnabled()).toBe(true)
    const decided = await page.getByRole('list', { name: 'Decided' }).innerText()
    for (const answer of ['fortran (6 × 12)', 'chosen.nii', 'As MATLAB counts them', 'volume × voxel'])
      expect(decided).toContain(answer)
    await inspect(page, 'import-array', true)
    await rename('08')
    await eventually(() => six.isEnabled()).toBe(true)
    await six.click()
    await button(page, 'Find the mask').waitFor({ timeout: longest })
    await step(page, 'Data').click()
    await page.getByRole('cell', { name: 'sub-08' }).waitFor()
  })

  it('asks of bare betas for header, pictures and voxels without numbers, and keeps what is unmatched', {
    timeout: longest,
  }, async () => {
    await button(page, 'Import…').click()
    await button(page, 'bare').click()
    await button(page, 'betas.nii').click()
    await button(page, /^The first row of data/).click()
    await button(page, /^One trial: the image is a series of betas/).click()
    await button(page, /^Decode the pictures that were shown in every run/).click()
    await button(page, 'brain.nii').click()
    const begin = button(page, /^Import \d+ trials/)
    await page.getByText('is not a finite number').waitFor()
    expect(await begin.isDisabled()).toBe(true)
    await button(page, /^Leave out this voxel, and any/).click()
    await page.getByText('There is only one run').waitFor()
    await inspect(page, 'import-bare', true)
    await button(page, 'Unmatched (1)').click()
    const table = page.getByRole('table', { name: 'What belongs to nothing' })
    expect(await table.locator('tbody').innerText()).toContain(pictureName(4))
    await button(page, 'Save list…').click()
    await page.getByLabel('Name').fill('list.tsv')
    await button(page, 'Save here').click()
    await page.getByText('1 rows saved as').waitFor()
    expect(readFileSync(join(served.workspace, 'list.tsv'), 'utf8').split('\n')[1]).toBe(
      `picture without trial\t${pictureName(4)}\tNo trial shows it.`,
    )
    await button(page, 'Back to subjects').click()
  })
})

describe('all this', () => {
  it('without an error, a violation of the content policy, or a request that leaves this computer', () => {
    expect(chromium.complaints).toEqual([])
  })
})
