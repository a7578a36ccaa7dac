/** What an import would do, before anything is copied: what must be decided, what was found, how trials are split. */
import type { Preview } from '../../../core/contract/contract.ts'
import type { Recipe } from '../../../core/contract/recipe.ts'
import { Button, Pane } from '../../components/basics.tsx'
import { NoteGlyph, StopGlyph, WarningGlyph } from '../../components/glyphs.tsx'
import { bytes, count } from '../../lib/format.ts'
import { PairingPane } from './pairing.tsx'
import { words } from './strings.ts'

type Entry = Preview['problems'][number]
const order = ['stop', 'question', 'note'] as const

function ProblemRow({
  entry: { level, problem, choices = [] },
  onRecipe,
  onAnswer,
  recipe,
}: { entry: Entry } & Deciding) {
  const asksOrientation = choices.length === 0 && level === 'question' && problem.code === 'ORIENTATION_UNSETTLED'
  return (
    <li className="problem-row">
      {level === 'stop' ? <StopGlyph /> : level === 'question' ? <WarningGlyph /> : <NoteGlyph />}
      <span>
        <b>{problem.message}</b>
        <small>
          <code>{problem.code}</code>
          {problem.count === undefined ? '' : ` ${count(problem.count)} times`}
          {problem.where === undefined ? '' : ` ${problem.where}`}
        </small>
        {problem.fix === undefined ? null : <small className="ink2">{problem.fix}</small>}
      </span>
      {asksOrientation ? (
        <span className="row">
          <Button onPress={() => onRecipe({ ...recipe, orientation: 'sform' })}>{words.orientation.sform}</Button>
          <Button onPress={() => onRecipe({ ...recipe, orientation: 'qform' })}>{words.orientation.qform}</Button>
        </span>
      ) : null}
      {choices.length === 0 ? null : (
        <span className="row">
          {choices.map(({ question, answer, text }) => (
            <Button key={`${question} ${answer}`} onPress={() => onAnswer(question, answer)}>
              {text}
            </Button>
          ))}
        </span>
      )}
    </li>
  )
}

interface Deciding {
  readonly recipe: Recipe
  readonly onRecipe: (recipe: Recipe) => void
  /** A choice of a problem was taken. */
  readonly onAnswer: (question: string, answer: string) => void
}

function Problems({ problems, ...deciding }: { problems: Preview['problems'] } & Deciding) {
  const of = (level: Entry['level']) => problems.filter((entry) => entry.level === level)
  return (
    <Pane title={words.problems} note={words.tally(of('stop').length, of('question').length, of('note').length)} flush>
      <ul className="problem-rows">
        {problems.length === 0 ? <li className="problem-row ink2">{words.clean}</li> : null}
        {order.flatMap(of).map((entry) => (
          <ProblemRow key={`${entry.problem.code} ${entry.problem.message}`} entry={entry} {...deciding} />
        ))}
      </ul>
    </Pane>
  )
}

function Files({ images }: { images: Preview['images'] }) {
  return (
    <Pane title={words.found} note={words.files(images.length)} flush>
      <div className="scroll">
        <table className="wide">
          <thead>
            <tr>
              <th>{words.file.name}</th>
              <th className="number">{words.file.shape}</th>
              <th className="number">{words.file.size}</th>
              <th>{words.file.stored}</th>
              <th>{words.file.type}</th>
            </tr>
          </thead>
          <tbody>
            {images.map((image) => (
              <tr key={image.path}>
                <td className="mono ellipsis" title={image.path}>
                  {image.path.split('/').pop()}
                </td>
                <td className="number">{image.shape.join(' × ')}</td>
                <td className="number">{image.voxelMillimetres.map((size) => Number(size.toFixed(2))).join(' × ')}</td>
                <td className={image.orientation === '?' ? 'warning' : ''}>{image.orientation}</td>
                <td>{image.dtype}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Pane>
  )
}

function heldOutInWords(split: Recipe['split'], folds: number): string {
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

function Split({ recipe, preview }: { recipe: Recipe; preview: Preview }) {
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
      <dl className="facts">
        <dt>{words.brain}</dt>
        <dd>{count(preview.voxels)}</dd>
        <dt>{words.constant}</dt>
        <dd>{preview.constantVoxels === null ? words.countedAtImport : count(preview.constantVoxels)}</dd>
        <dt>{words.roi}</dt>
        <dd>{preview.annotatedVoxels === null ? '–' : count(preview.annotatedVoxels)}</dd>
        <dt>{words.memory}</dt>
        <dd>{bytes(preview.memoryBytes)}</dd>
        <dt>{words.disk}</dt>
        <dd>{bytes(preview.diskBytes)}</dd>
      </dl>
    </Pane>
  )
}

function Labels({ preview }: { preview: Preview }) {
  const labels = Object.entries(preview.perLabel)
  const most = Math.max(1, ...labels.map(([, trials]) => trials))
  return (
    <Pane title={words.trials} note={words.perLabel(labels.length, Object.keys(preview.perRun).length)}>
      <ul className="bars">
        {labels.map(([label, trials]) => (
          <li key={label}>
            <span className="ellipsis" title={label}>
              {label}
            </span>
            <i style={{ width: `${(100 * trials) / most}%` }} />
            <span>{count(trials)}</span>
          </li>
        ))}
      </ul>
      {(preview.steps ?? []).map((step) => (
        <p key={step} className="ink2">
          {step}
        </p>
      ))}
    </Pane>
  )
}

export function ImportPreview({ recipe, preview, onRecipe, onAnswer }: { preview: Preview } & Deciding) {
  return (
    <div className="columns import-preview">
      <div className="columns rows">
        <Problems problems={preview.problems} recipe={recipe} onRecipe={onRecipe} onAnswer={onAnswer} />
        <Files images={preview.images} />
      </div>
      <div className="columns rows">
        <Split recipe={recipe} preview={preview} />
        <PairingPane preview={preview} />
        {Object.keys(preview.perLabel).length === 0 ? null : <Labels preview={preview} />}
      </div>
    </div>
  )
}
