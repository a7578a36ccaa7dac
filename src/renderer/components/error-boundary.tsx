/**
 * Keeps a mistake of ours on one screen: the rest of the window goes on, runs are not touched, and one can try again or go elsewhere.
 * React offers this for classes only.
 */
import { Component, type ReactNode } from 'react'
import { Button } from './basics.tsx'
import { StopGlyph } from './glyphs.tsx'
import { frame } from './strings.ts'

const words = frame.broken
const code = 'INTERNAL'

export class ErrorBoundary extends Component<
  { readonly name: string; readonly children: ReactNode },
  { readonly message: string | null }
> {
  override state: { readonly message: string | null } = { message: null }

  static getDerivedStateFromError(error: unknown) {
    return { message: error instanceof Error ? error.message : String(error) }
  }

  override render(): ReactNode {
    const { message } = this.state
    if (message === null) return this.props.children
    return (
      <div className="problem broken" role="alert">
        <StopGlyph />
        <div className="stack">
          <div>{words.what(this.props.name)}</div>
          <small className="mono where">{message}</small>
          <div className="ink2">{words.fix}</div>
          <div className="row">
            <Button onPress={() => this.setState({ message: null })}>{words.again}</Button>
            <Button onPress={() => location.reload()}>{words.reload}</Button>
          </div>
          <small className="mono">{code}</small>
        </div>
      </div>
    )
  }
}
