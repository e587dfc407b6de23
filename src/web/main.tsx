// The page starts here.

import { render } from 'preact'
import { startMaking } from './made.ts'
import { startNaming } from './name-finder.ts'
import { startSession } from './session.ts'
import { App } from './shell/app.tsx'
import { startTheme } from './theme.ts'

startTheme()
startSession()
startMaking()
startNaming()
render(<App />, document.getElementById('app')!)
