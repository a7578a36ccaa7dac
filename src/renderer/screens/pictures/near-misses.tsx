/** The most similar of all in one direction, best first, the right answer framed; each is a way to that picture. */

import type { Item } from './order.ts'
import { Picture, type PictureSet } from './picture.tsx'
import { words } from './strings.ts'

export interface NearMissesProps {
  readonly way: 'brainToImage' | 'imageToBrain'
  readonly item: Item
  readonly all: number
  readonly names: (item: number) => string
  readonly truth: PictureSet
  readonly onShow: (item: number) => void
}

export function NearMisses({ way, item, all, names, truth, onShow }: NearMissesProps) {
  const rank = way === 'brainToImage' ? item.rankBrainToImage : item.rankImageToBrain
  const near = item.nearest?.[way]
  return (
    <section className="rank" aria-label={words[way]}>
      <h2>{words[way]}</h2>
      <span>
        {words.rank} <span className="big">{rank + 1}</span>{' '}
        <small>
          {words.of(all)}, {words.chance(Math.round((all + 1) / 2))}
        </small>
      </span>
      <small className="ink2">{words.questions[way](all)}</small>
      {near === undefined ? (
        <small>{words.near.none}</small>
      ) : (
        <ol className="near">
          {near.map(({ item: other, similarity }, at) => {
            const right = other === item.at
            const place = right ? rank + 1 : at + 1
            return (
              <li key={other} className={right ? 'right' : ''}>
                <button type="button" aria-label={words.near.show(names(other))} onClick={() => onShow(other)}>
                  <Picture set={truth} item={other} label={words.asShown(names(other))} />
                </button>
                <small>{right ? words.near.right(place) : words.near.wrong(place)}</small>
                <small>{similarity.toFixed(2)}</small>
              </li>
            )
          })}
        </ol>
      )}
    </section>
  )
}
