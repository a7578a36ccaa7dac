/** Every text of a screen comes from a module of strings, so that another language is another set of modules. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const folder = fileURLToPath(new URL('.', import.meta.url))
const screens = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.tsx') && !name.endsWith('.test.tsx'),
)

/** Words between tags, and words in attributes that people read or hear. */
function textsIn(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
  const between = [
    ...code.matchAll(/(?:<[a-z][\w.-]*(?:\s[^<>]*)?|\/)>\s*([^<>{}=;()]*[A-Za-z]{2,}[^<>{}=;()]*)\s*[<{]/g),
  ]
  const spoken = [...code.matchAll(/\b(?:title|label|placeholder|aria-label|alt)="([^"]*[A-Za-z][^"]*)"/g)]
  // What stands between two type parameters is code, not text.
  const isCode = (text: string) => /\b(?:return|readonly|case|const|export|import|type)\b|\w: \w/.test(text)
  return [...between, ...spoken].map(([, text]) => text!.trim()).filter((text) => !isCode(text))
}

describe('texts of the screens', () => {
  it('are found by this test where they are written into a screen', () => {
    expect(textsIn('<p>Find the mask</p>')).toEqual(['Find the mask'])
    expect(textsIn('<b className="a">Voxels {n}</b>')).toEqual(['Voxels'])
    expect(textsIn('<i aria-label="Close" />')).toEqual(['Close'])
    expect(textsIn('<p>{words.find}</p>')).toEqual([])
  })

  it.each(screens)('%s has none of its own', (name) => {
    // Letters of directions, units and names of keys are the same in every language.
    const own = textsIn(readFileSync(join(folder, name), 'utf8')).filter((text) => !/^[A-Z]$|^mm$|^p =/.test(text))
    expect(own).toEqual([])
  })
})
