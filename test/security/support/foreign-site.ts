/** A foreign site, for the cases that only a real browser can show. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A page of someone else: same computer, another port, no rules. */
export async function openForeignSite(html: string): Promise<{ address: string; close(): Promise<void> }> {
  const server: Server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(html)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
