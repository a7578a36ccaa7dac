/** What stops an import, what it asks, what it notes; answers are buttons, and each can be taken back. */
import type { Choice } from '../../../core/contract/contract.ts'
import type { RecipeChanges } from '../../../core/contract/recipe.ts'
import { Button, Pane } from '../../components/basics.tsx'
import { NoteGlyph, StopGlyph, WarningGlyph } from '../../components/glyphs.tsx'
import { count } from '../../lib/format.ts'
import { groupProblems, type ProblemGroup } from './group-problems.ts'
import { words } from './strings.ts'
import type { Wizard } from './use-wizard.ts'

interface Deciding {
  readonly wizard: Wizard
}

/** A question of the header alone, from engines that offer no choices for it. */
const orientations: readonly (readonly [NonNullable<RecipeChanges['orientation']>, string])[] = [
  ['sform', words.orientation.sform],
  ['qform', words.orientation.qform],
]

function Choices({ choices, wizard }: { choices: readonly Choice[] } & Deciding) {
  return (
    <span className="ways">
      {choices.map((choice) => (
        <Button key={`${choice.question} ${choice.answer}`} onPress={() => wizard.answer(choice)}>
          {choice.text}
        </Button>
      ))}
    </span>
  )
}

function ProblemRow({ group, wizard }: { group: ProblemGroup } & Deciding) {
  const { level, problem, choices = [] } = group.entry
  const asksOrientation = choices.length === 0 && level === 'question' && problem.code === 'ORIENTATION_UNSETTLED'
  return (
    <li className="problem-row">
      {level === 'stop' ? <StopGlyph /> : level === 'question' ? <WarningGlyph /> : <NoteGlyph />}
      <span>
        <b>{problem.message}</b>
        <small>
          <code>{problem.code}</code>
          {group.count < 2 ? '' : ` ${words.times(count(group.count))}`}
          {problem.where === undefined ? '' : ` ${problem.where}`}
        </small>
        {problem.expected === undefined || level === 'note' ? null : <small>{words.expected(problem.expected)}</small>}
        {problem.fix === undefined ? null : <small className="ink2">{problem.fix}</small>}
        {group.others.length === 0 ? null : (
          <small title={group.others.join('\n')}>{words.more(group.others.length)}</small>
        )}
        {choices.length === 0 ? null : <Choices choices={choices} wizard={wizard} />}
        {asksOrientation ? (
          <span className="ways">
            {orientations.map(([orientation, text]) => (
              <Button key={orientation} onPress={() => wizard.change({ orientation })}>
                {text}
              </Button>
            ))}
          </span>
        ) : null}
      </span>
    </li>
  )
}

/** Everything that was answered, in order. */
function Decided({ wizard }: Deciding) {
  const answers = wizard.asked?.answers ?? []
  if (answers.length === 0) return null
  return (
    <ul className="decided" aria-label={words.decided}>
      {answers.map(({ question, text }) => (
        <li key={question} className="row">
          <span className="ink3 question">{question}</span>
          <span className="grow ellipsis" title={text}>
            {text}
          </span>
          <Button kind="bare" label={words.changeAnswer(question)} onPress={() => wizard.takeBack(question)}>
            {words.change}
          </Button>
        </li>
      ))}
    </ul>
  )
}

export function Problems({ wizard }: Deciding) {
  const problems = wizard.found?.preview.problems ?? []
  const groups = groupProblems(problems)
  const of = (level: ProblemGroup['entry']['level']) => problems.filter((entry) => entry.level === level).length
  return (
    <Pane title={words.problems} note={words.tally(of('stop'), of('question'), of('note'))} flush>
      <div className="problem-rows">
        <Decided wizard={wizard} />
        <ul>
          {groups.length === 0 ? <li className="problem-row ink2">{words.clean}</li> : null}
          {groups.map((group) => (
            <ProblemRow key={`${group.entry.problem.code} ${group.entry.problem.message}`} {...{ group, wizard }} />
          ))}
        </ul>
      </div>
    </Pane>
  )
}
