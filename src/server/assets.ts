/**
 * The window's files, read once at start into a map from address to bytes. An address that is not a key of the map does not
 * exist; no address is ever turned into a path.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'

export interface Asset {
  readonly type: string
  readonly body: Buffer
  /** Its name holds a hash of its content, so it can be kept for ever. */
  readonly immutable: boolean
}

export interface Assets {
  readonly files: ReadonlyMap<string, Asset>
  /** The page with its style nonce filled in. */
  page(nonce: string): string
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webp': 'image/webp',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
}

const notBuilt =
  '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>TROI Workstation</title></head><body><h1>The window is not built</h1><p>The engine runs. Build the window with <code>npm run build</code>, then start again.</p></body></html>'

/** `folder` is the built window; where it is missing the page says so. */
export function loadAssets(folder: string): Assets {
  const files = new Map<string, Asset>()
  let html = notBuilt
  const visit = (path: string, address: string) => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue
      const below = join(path, entry.name)
      if (entry.isDirectory()) visit(below, `${address}${entry.name}/`)
      else if (entry.isFile()) {
        const key = `${address}${entry.name}`
        const type = types[extname(entry.name)] ?? 'application/octet-stream'
        if (key === '/index.html') html = readFileSync(below, 'utf8')
        else if (extname(entry.name) !== '.map')
          files.set(key, { type, body: readFileSync(below), immutable: /-[A-Za-z0-9_-]{8}\.\w+$/.test(entry.name) })
      }
    }
  }
  if (existsSync(folder)) visit(folder, '/')
  const withoutNonce = html.replace(/<meta\s+name="style-nonce"[^>]*>/i, '')
  return {
    files,
    page: (nonce) => withoutNonce.replace(/<head[^>]*>/i, `$&<meta name="style-nonce" content="${nonce}">`),
  }
}
