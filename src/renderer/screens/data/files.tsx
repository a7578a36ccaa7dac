/** The images of an import as they are stored. */
import type { Preview } from '../../../core/contract/contract.ts'
import { words } from './strings.ts'

export function Files({ images }: { images: Preview['images'] }) {
  return (
    <div className="scroll">
      <table className="wide" aria-label={words.found}>
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
  )
}
