/**
 * A file read from front to back with a SHA-256 over everything that was passed. Work goes in pieces, because neither a single read
 * nor a single update of a hash takes 2 GiB, and a whole-brain subject may be larger than that.
 */
import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const pieceBytes = 1 << 24

/** Views of at most 16 MiB that make up `bytes`. */
export function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

export class HashingReader {
  readonly size: number
  readonly #file: number
  readonly #hash = createHash('sha256')
  #at = 0

  /** Throws what the system says where there is no such file. */
  constructor(path: string) {
    this.#file = openSync(path, 'r')
    this.size = fstatSync(this.#file).size
  }

  /** Bytes passed so far. */
  get at(): number {
    return this.#at
  }

  /** The next bytes, in memory of their own. Where the file ends before, the rest is 0; the hash then is that of a shorter file. */
  take(count: number): Uint8Array<ArrayBuffer> {
    const out = new Uint8Array(count)
    for (const piece of piecesOf(out)) this.#fill(piece)
    return out
  }

  /** Hashes the next bytes without keeping them. */
  pass(count: number): void {
    const scratch = new Uint8Array(Math.min(count, pieceBytes))
    for (let left = count; left > 0; left -= scratch.length) this.#fill(scratch.subarray(0, left))
  }

  /** Whether what follows is the SHA-256 of everything before. The hash is spent then. */
  endsWithDigest(): boolean {
    const digest = this.#hash.digest()
    const written = Buffer.alloc(digest.length)
    return readSync(this.#file, written, 0, written.length, this.#at) === digest.length && digest.equals(written)
  }

  #fill(piece: Uint8Array): void {
    let done = 0
    while (done < piece.length) {
      const read = readSync(this.#file, piece, done, piece.length - done, this.#at)
      if (read === 0) break
      done += read
      this.#at += read
    }
    this.#hash.update(piece.subarray(0, done))
  }

  close(): void {
    closeSync(this.#file)
  }
}

/** SHA-256 of a whole file as hex, without holding it in memory. Throws what the system says. */
export function sha256OfFile(path: string): string {
  const hash = createHash('sha256')
  const file = openSync(path, 'r')
  try {
    const piece = new Uint8Array(pieceBytes)
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) hash.update(piece.subarray(0, read))
  } finally {
    closeSync(file)
  }
  return hash.digest('hex')
}
