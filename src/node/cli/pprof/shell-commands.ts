import type { ReportCommand } from '../../../core/engine/run-report.ts'
import type { Config } from '../../../core/reports/config.ts'
import { findReport, type ShellRequest } from '../../../core/reports/shell-line.ts'
import type { Studio } from '../../render/studio.ts'
import { type Guard, Interrupted, interruptible, untilInterrupted } from './shell-interrupt.ts'
import type { WriteOptions } from './write-report.ts'

export interface RunReportOptions extends WriteOptions {
  readonly warn: (text: string) => void
  /** Takes advice that the reference does not give; absent where its words are wanted and no more. */
  readonly remark?: (text: string) => void
  /** Around synchronous work that may take long. */
  readonly guard: Guard
}

/** Makes a report and puts it where the config says. Throws UserError. */
export type RunReport = (command: ReportCommand, config: Config, x: RunReportOptions) => Promise<void>

/** Runs the shell's reports, with what they share. */
export class ShellReports {
  private readonly run: RunReport
  private readonly warn: (text: string) => void
  private readonly guard: Guard | undefined
  private studio: Studio | undefined

  /** `attended`: a person sits there, gets advice, and Ctrl-C ends the report instead of the program. */
  constructor(run: RunReport, warn: (text: string) => void, attended: boolean) {
    this.run = run
    this.warn = warn
    this.guard = attended ? interruptible() : undefined
  }

  /** Runs one. Throws UserError, or Interrupted. */
  async make(request: Extract<ShellRequest, { kind: 'report' }>): Promise<void> {
    const { name, symbol, config } = request
    const kind = findReport(name)!
    if (kind.picture !== undefined && this.studio === undefined) {
      const { openStudio } = await import('../../render/studio.ts')
      this.studio = openStudio()
    }
    const { guard, studio, warn } = this
    const command = { name, kind, ...(symbol !== undefined && { symbol }) }
    const common = { warn, inShell: true, ...(studio && { studio }) }
    if (guard === undefined) return this.run(command, config, { ...common, guard: (work) => work() })
    try {
      await untilInterrupted(this.run(command, config, { ...common, remark: warn, guard }))
    } catch (e) {
      // The thread would go on drawing what nobody wants; the next picture starts another.
      if (e instanceof Interrupted) await studio?.close()
      throw e
    }
  }

  async close(): Promise<void> {
    await this.studio?.close()
  }
}
