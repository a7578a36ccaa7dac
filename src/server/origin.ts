/**
 * Who a request says it is for, and where it says it comes from. Host is compared with a fixed list before anything else is
 * looked at: in DNS rebinding an attacker's page has a Host and an Origin that agree with each other, but never with ours.
 */
import type { IncomingMessage } from 'node:http'

export interface Names {
  /** Host headers that mean us, lower case, with port. */
  readonly hosts: ReadonlySet<string>
}

/** `addresses` are further names that the user exposed on purpose. */
export function namesFor(port: number, addresses: readonly string[] = []): Names {
  const hosts = new Set<string>()
  for (const name of ['127.0.0.1', 'localhost', '[::1]', ...addresses.map(asHost)]) {
    hosts.add(`${name}:${port}`)
    // Browsers leave the port out where it is the scheme's own.
    if (port === 80) hosts.add(name)
  }
  return { hosts }
}

function asHost(address: string): string {
  return address.includes(':') && !address.startsWith('[') ? `[${address}]` : address.toLowerCase()
}

/** The one Host of a request if it is ours, else null. */
export function ownHost(request: IncomingMessage, names: Names): string | null {
  const hosts = valuesOf(request, 'host')
  const host = hosts[0]?.toLowerCase()
  return hosts.length === 1 && host !== undefined && names.hosts.has(host) ? host : null
}

/** same: exactly the page that this server serves under this host; none: not said, as programs do; other: anything else. */
export function originOf(request: IncomingMessage, host: string): 'same' | 'none' | 'other' {
  const origins = valuesOf(request, 'origin')
  if (origins.length === 0) return 'none'
  return origins.length === 1 && origins[0] === `http://${host}` ? 'same' : 'other'
}

/** Browsers say whether a request was made by our own page; other programs say nothing. `none` is an address typed by hand. */
export function fetchedFromElsewhere(request: IncomingMessage, allowTyped: boolean): boolean {
  const sites = valuesOf(request, 'sec-fetch-site')
  return sites.some((site) => site !== 'same-origin' && !(allowTyped && site === 'none'))
}

/** Every value of a header as it came; Node's own parsing keeps one of several Hosts. */
export function valuesOf(request: IncomingMessage, name: string): string[] {
  const values: string[] = []
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2)
    if (request.rawHeaders[at]!.toLowerCase() === name) values.push(request.rawHeaders[at + 1]!)
  return values
}
