/**
 * What must be settled before any other module of the window runs: zod may not compile code, which the content policy forbids, and
 * libraries that add style elements find the nonce of this page.
 */
import { z } from 'zod'

z.config({ jitless: true })

declare global {
  interface Window {
    __webpack_nonce__?: string
  }
}

const nonce = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content
if (nonce !== undefined) window.__webpack_nonce__ = nonce
