/** How trials are held out, the result of the check that nothing leaks, and what the import takes of this computer. */
import type { Preview } from '../../../core/contract/contract.ts'
import type { Recipe } from '../../../core/contract/recipe.ts'
import { Pane, Scroll } from '../../components/basics.tsx'
import { bytes, count } from '../../lib/format.ts'
import { useDoctor } from '../../lib/queries.ts'
import { possibleRules, type Rule, splitOfRule, testNumbers } from './split-rules.ts'
import { words } from './strings.ts'

type Split = Recipe['split']
type Repeats = 'apart' | 'leave-out-of-training' | 'average-in-test'

interface SplitProps {
  readonly recipe: Recipe
  readonly preview: Preview
  readonly onSplit: (split: Split) => void
}

function heldOutInWords(split: Split, folds: number): string {
  switch (split.rule) {
    case 'runs':
    case 'sessions':
      return words.heldOut[split.rule](split.test.join(', '))
    case 'pictures':
      return words.heldOut.pictures
    default:
      return words.heldOut[split.rule](folds)
  }
}

function leakageInWords({ recipe, preview }: Omit<SplitProps, 'onSplit'>): string {
  const { split } = preview
  if (split === undefined) return words.leakage.stopped
  if (!recipe.pictures) return words.leakage.labels
  const { pictures, trials } = split.straddling
  if (pictures === 0) return words.leakage.clean
  const keeps = recipe.split.rule !== 'pictures' && recipe.split.repeats === 'average-in-test'
  return keeps ? words.leakage.kept(count(pictures)) : words.leakage.dropped(count(pictures), count(trials))
}

/** Which runs or sessions are held out for good; at least one stays, and at least one is left to train on. */
function TestBoxes({ recipe, preview, onSplit }: SplitProps) {
  const { split } = recipe
  if (split.rule !== 'runs' && split.rule !== 'sessions') return null
  const all = testNumbers(split.rule, preview.perRun)
  const toggle = (number: number) => {
    const test = split.test.includes(number) ? split.test.filter((one) => one !== number) : [...split.test, number]
    onSplit({ ...split, test: test.sort((a, b) => a - b) })
  }
  return (
    <fieldset className="segments wrap" aria-label={words.held[split.rule]}>
      {all.map((number) => {
        const held = split.test.includes(number)
        return (
          <button
            key={number}
            type="button"
            aria-pressed={held}
            aria-label={words.heldBox(`${number}`)}
            disabled={held ? split.test.length === 1 : split.test.length >= all.length - 1}
            onClick={() => toggle(number)}
          >
            {number}
          </button>
        )
      })}
    </fieldset>
  )
}

function Rules(props: SplitProps) {
  const { recipe, preview, onSplit } = props
  const { split } = recipe
  const rules = possibleRules(recipe, preview.perRun)
  return (
    <div className="stack">
      <label className="row">
        <span className="grow">{words.rule}</span>
        <select
          className="input"
          value={split.rule}
          onChange={(event) => {
            const rule = rules.find((one) => one === event.target.value)
            if (rule !== undefined) onSplit(splitOfRule(rule, split, preview.perRun))
          }}
        >
          {rules.map((rule: Rule) => (
            <option key={rule} value={rule}>
              {words.rules[rule]}
            </option>
          ))}
        </select>
      </label>
      <TestBoxes {...props} />
      {!recipe.pictures || split.rule === 'pictures' ? null : (
        <label className="row">
          <span className="grow">{words.repeats}</span>
          <select
            className="input"
            value={split.repeats ?? 'apart'}
            onChange={(event) => onSplit({ ...split, repeats: event.target.value as Repeats })}
          >
            {Object.entries(words.repeatRules).map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  )
}

function Folds({ split }: { split: NonNullable<Preview['split']> }) {
  return (
    <Scroll kind="folds" label={words.folds.title}>
      <table className="wide" aria-label={words.folds.name}>
        <thead>
          <tr>
            <th>{words.folds.title}</th>
            <th className="number">{words.folds.train}</th>
            <th className="number">{words.folds.test}</th>
            <th className="number">{words.folds.leftOut}</th>
          </tr>
        </thead>
        <tbody>
          {split.folds.map((fold) => (
            <tr key={fold.name}>
              <td>{fold.name.replace('held out: ', '')}</td>
              <td className="number">{count(fold.trainTrials)}</td>
              <td className="number">{count(fold.testTrials)}</td>
              <td className="number">{count(fold.leftOut)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function Sizes({ preview }: { preview: Preview }) {
  const doctor = useDoctor().data
  const of = (wanted: number, free: number | undefined) =>
    free === undefined ? bytes(wanted) : `${bytes(wanted)}${words.free(bytes(free))}`
  const isShort = (wanted: number, free: number | undefined) => free !== undefined && wanted > free
  const rows = [
    [words.memory, preview.memoryBytes, doctor?.memoryBytes.free],
    [words.disk, preview.diskBytes, doctor?.diskBytes.free],
  ] as const
  return (
    <dl className="facts">
      <dt>{words.brain}</dt>
      <dd title={preview.brain?.from}>{count(preview.voxels)}</dd>
      <dt>{words.constant}</dt>
      <dd>{preview.constantVoxels === null ? words.countedAtImport : count(preview.constantVoxels)}</dd>
      <dt>{words.roi}</dt>
      <dd>{preview.annotatedVoxels === null ? '–' : count(preview.annotatedVoxels)}</dd>
      {rows.map(([name, wanted, free]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className={isShort(wanted, free) ? 'warning' : ''}>
            {of(wanted, free)}
            {isShort(wanted, free) ? `, ${words.short}` : ''}
          </dd>
        </div>
      ))}
    </dl>
  )
}

export function SplitPane(props: SplitProps) {
  const { recipe, preview } = props
  const figures = [
    [count(preview.trials), words.trialCount, words.volumes(count(preview.volumes))],
    [count(Object.keys(preview.perRun).length), words.runs, heldOutInWords(recipe.split, preview.folds)],
    [count(preview.folds), words.foldCount(preview.folds), words.foldNote],
  ] as const
  return (
    <Pane title={words.split}>
      <ul className="figures">
        {figures.map(([figure, what, note]) => (
          <li key={what}>
            <span className="statement">{figure}</span>
            <span>{what}</span>
            <small>{note}</small>
          </li>
        ))}
      </ul>
      <Rules {...props} />
      <p className={preview.split === undefined ? 'warning' : 'ink2'}>{leakageInWords(props)}</p>
      {preview.split === undefined ? null : <Folds split={preview.split} />}
      <Sizes preview={preview} />
    </Pane>
  )
}
