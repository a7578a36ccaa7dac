/** The files that an export wrote, with what proves that they arrived whole. */
import { bytes } from '../../lib/format.ts'
import { words } from './strings.ts'

interface Written {
  readonly folder: string
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[]
}

export function WrittenFiles({ folder, files }: Written) {
  return (
    <section className="written" aria-label={folder}>
      <p className="mono pane-note">{folder}</p>
      <table className="wide" aria-label={words.exported}>
        <tbody>
          {files.map((file) => (
            <tr key={file.name}>
              <td className="mono wrap">{file.name}</td>
              <td className="mono ink3" title={`SHA-256 ${file.sha256}`}>
                {file.sha256.slice(0, 8)}
              </td>
              <td className="number">{bytes(file.bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
