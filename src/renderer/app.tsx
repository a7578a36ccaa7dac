/** The frame: title bar, rail of six steps, the screen, status bar. */
import { useEffect } from 'react'
import { ErrorNote } from './components/basics.tsx'
import { ConnectionBanner } from './components/connection-banner.tsx'
import { ErrorBoundary } from './components/error-boundary.tsx'
import { Rail } from './components/rail.tsx'
import { StatusBar } from './components/status-bar.tsx'
import { frame } from './components/strings.ts'
import { TitleBar } from './components/title-bar.tsx'
import { useWindow } from './lib/state.ts'
import { useShell } from './lib/use-shell.ts'
import { BackboneScreen } from './screens/backbone.tsx'
import { CompareScreen } from './screens/compare.tsx'
import { DataScreen } from './screens/data.tsx'
import { DecoderScreen } from './screens/decoder.tsx'
import { ExportScreen } from './screens/export.tsx'
import { MaskScreen } from './screens/mask.tsx'
import { ProjectsScreen } from './screens/projects.tsx'
import { ReviewScreen } from './screens/review.tsx'
import { RunScreen } from './screens/run.tsx'

const { screens: screenNames } = frame

function CurrentScreen() {
  const screen = useWindow((state) => state.screen)
  switch (screen.name) {
    case 'projects':
      return <ProjectsScreen />
    case 'data':
      return <DataScreen />
    case 'backbone':
      return <BackboneScreen />
    case 'mask':
      return <MaskScreen />
    case 'decoder':
      return <DecoderScreen />
    case 'review':
      return <ReviewScreen />
    case 'export':
      return <ExportScreen />
    case 'compare':
      return <CompareScreen />
    case 'run':
      return <RunScreen key={screen.run} run={screen.run} />
    default:
      return screen satisfies never
  }
}

export function App() {
  const theme = useWindow((state) => state.settings.theme)
  const project = useWindow((state) => state.project)
  const screen = useWindow((state) => state.screen)
  const refused = useShell()
  useEffect(() => {
    document.documentElement.dataset.theme = theme
  }, [theme])
  return (
    <div className={`app${project === null ? ' no-rail' : ''}`}>
      <TitleBar />
      {project === null ? null : <Rail />}
      <main className="main">
        <ConnectionBanner />
        <ErrorNote error={refused} />
        <ErrorBoundary key={JSON.stringify(screen)} name={screenNames[screen.name]}>
          <CurrentScreen />
        </ErrorBoundary>
      </main>
      <StatusBar />
    </div>
  )
}
