/** The tree of results, drawn small: a backbone, the masks found with it, the decoders trained on them. A name opens its page. */
import { type LineageNode, lineageOf } from '../lib/lineage.ts'
import { useBackbones, useDecoders, useMasks } from '../lib/queries.ts'
import { useWindow } from '../lib/state.ts'
import { frame } from './strings.ts'

const words = frame.lineage

function Node({ node, onOpen }: { node: LineageNode; onOpen: (node: LineageNode) => void }) {
  return (
    <li>
      <span className="row">
        <button type="button" className="link" onClick={() => onOpen(node)}>
          {node.name}
        </button>
        <small>{words.kinds[node.kind]}</small>
      </span>
      {node.children.length === 0 ? null : (
        <ul>
          {node.children.map((child) => (
            <Node key={child.id} node={child} onOpen={onOpen} />
          ))}
        </ul>
      )}
    </li>
  )
}

export function LineageTree({ onOpened }: { onOpened?: () => void }) {
  const backbones = useBackbones().data ?? []
  const masks = useMasks().data ?? []
  const decoders = useDecoders().data ?? []
  const { show, reviewMask } = useWindow()
  const roots = lineageOf({ backbones, masks, decoders })
  if (roots.length === 0) return <p className="ink2">{words.none}</p>
  const open = (node: LineageNode) => {
    if (node.mask === null) show({ name: 'run', run: node.run })
    else reviewMask(node.mask, node.kind === 'mask' ? 'mask' : 'results')
    onOpened?.()
  }
  return (
    <ul className="lineage" aria-label={words.title}>
      {roots.map((node) => (
        <Node key={node.id} node={node} onOpen={open} />
      ))}
    </ul>
  )
}
