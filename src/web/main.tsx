// The page starts here.

import { render } from 'preact'
import { startSession } from './session.ts'
import { App } from './shell/app.tsx'
import { startTheme } from './theme.ts'

startTheme()
startSession()
render(<App />, document.getElementById('app')!)
