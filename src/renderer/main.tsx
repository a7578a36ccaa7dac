/** First module of the window: policy first (no eval in zod), then the connection, then the page. */
import './lib/first.ts'
import '@fontsource-variable/ibm-plex-sans'
import '@fontsource/ibm-plex-mono/400.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/layout.css'
import './styles/frame.css'
import './styles/controls.css'
import './styles/screens.css'
import './styles/import.css'
import './styles/actions.css'
import './styles/pictures.css'
import './styles/viewer.css'
import './styles/extras.css'
import './styles/roomy.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { loadBindings } from './actions/actions.ts'
import { App } from './app.tsx'
import { ProblemNote } from './components/basics.tsx'
import { watchDrags } from './lib/edits.ts'
import { asProblem, connectEngine } from './lib/engine.ts'
import { loadPreferences } from './lib/preferences.ts'
import { queryClient } from './lib/queries.ts'
import { loadSettings } from './lib/state.ts'

watchDrags()
const root = createRoot(document.getElementById('root')!)
connectEngine()
  .then(loadPreferences)
  .then(() => {
    loadSettings()
    loadBindings()
    root.render(
      <QueryClientProvider client={queryClient}>
        <App />
      </QueryClientProvider>,
    )
  })
  .catch((error: unknown) => root.render(<ProblemNote problem={asProblem(error)} />))
