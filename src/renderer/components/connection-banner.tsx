/** Said across the whole window when the engine cannot be reached; gone as soon as it can. */
import { retryConnection, useConnection } from '../lib/engine.ts'
import { Button } from './basics.tsx'
import { WarningGlyph } from './glyphs.tsx'
import { frame } from './strings.ts'

export function ConnectionBanner() {
  const state = useConnection((connection) => connection.state)
  if (state === 'open' || state === 'connecting') return null
  return (
    <div className="banner" role="alert">
      <WarningGlyph />
      <span className="grow">{frame.connection.lost}</span>
      <Button onPress={retryConnection}>{frame.connection.retry}</Button>
    </div>
  )
}
