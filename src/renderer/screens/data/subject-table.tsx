/** The subjects of the project, and what was noted when they came in. */
import { Empty, ErrorNote, Pane } from '../../components/basics.tsx'
import { count } from '../../lib/format.ts'
import { useSubjects } from '../../lib/queries.ts'
import { InputFiles } from './inputs.tsx'
import { words } from './strings.ts'

export function SubjectTable() {
  const subjects = useSubjects()
  const list = subjects.data ?? []
  const noted = list.filter((subject) => subject.role === 'new' && subject.notes.length > 0)
  return (
    <div className="columns data-subjects">
      <Pane title={words.subjects} note={list.length === 0 ? '' : count(list.length)} flush>
        <ErrorNote error={subjects.error} />
        {subjects.data !== undefined && list.length === 0 ? (
          <Empty>{words.none}</Empty>
        ) : (
          <div className="scroll">
            <table className="wide">
              <thead>
                <tr>
                  <th>{words.columns.subject}</th>
                  <th>{words.columns.use}</th>
                  <th className="number">{words.columns.voxels}</th>
                  <th className="number">{words.columns.train}</th>
                  <th className="number">{words.columns.test}</th>
                  <th className="number">{words.columns.roi}</th>
                  <th>{words.columns.shown}</th>
                </tr>
              </thead>
              <tbody>
                {list.map((subject) => (
                  <tr key={subject.id}>
                    <td>
                      <b>{subject.name}</b> <small>{subject.origin}</small>
                    </td>
                    <td>{subject.role === 'new' ? words.forMask : words.forPretraining}</td>
                    <td className="number">{count(subject.voxels)}</td>
                    <td className="number">{count(subject.trainTrials)}</td>
                    <td className="number">{subject.testTrials === 0 ? words.eachRun : count(subject.testTrials)}</td>
                    <td className="number">
                      {subject.annotatedVoxels === null ? '–' : count(subject.annotatedVoxels)}
                    </td>
                    <td title={subject.labels.join(', ')}>
                      {subject.targets === 'labels'
                        ? words.labels(subject.labels.length)
                        : words.pictures(count(subject.items))}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Pane>
      <InputFiles />
      {noted.length === 0 ? null : (
        <Pane title={words.noted}>
          {noted.map((subject) => (
            <section key={subject.id} className="noted" aria-label={subject.name}>
              <b>{subject.name}</b>
              <ul className="ink2">
                {subject.notes.map((note) => (
                  <li key={note}>{note}</li>
                ))}
              </ul>
            </section>
          ))}
        </Pane>
      )}
    </div>
  )
}
