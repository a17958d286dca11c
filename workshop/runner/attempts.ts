import { existsSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { scratch } from "../stages.ts"
import {
  freshNote,
  hungNote,
  loading,
  type CheckInfo,
  type Failure,
  type RunSettings,
} from "../suite/protocol.ts"
import { byId, type CheckOutcome } from "./outcome.ts"

/** What a new process is told of those before it. */
export type Heritage = Pick<RunSettings, "decided" | "unloadable" | "impatient" | "progressFile">

/**
 * One run of a suite, in as many processes as it takes: one that dies takes one check with it, and the rest go on in the
 * next. Which check that was, it has noted in a file.
 */
export class Attempts {
  static #created = 0
  /** Of this runner alone: two of them may run side by side. */
  readonly #progressFile = join(scratch, `running-${String(process.pid)}-${String(Attempts.#created++)}`)
  readonly #onCheck: (check: CheckOutcome) => void
  readonly #decided = new Map<string, CheckOutcome>()
  #unloadable: Failure | null = null

  constructor(onCheck: (check: CheckOutcome) => void = () => undefined) {
    this.#onCheck = onCheck
  }

  /** In the order of their ids. */
  get checks(): readonly CheckOutcome[] {
    return [...this.#decided.values()].toSorted(byId)
  }

  /**
   * @param attempt  one process' worth of checks; answers those that it knew of when it died, and `undefined` when it did not
   */
  async untilDone(attempt: (heritage: Heritage) => Promise<readonly CheckInfo[] | undefined>): Promise<void> {
    let unexplained = 0
    for (let deaths = 0; ; deaths++) {
      const known = this.#known()
      this.#clearNotes()
      const checks = await attempt({
        decided: [...this.#decided.keys()],
        unloadable: this.#unloadable,
        impatient: deaths > 0,
        progressFile: this.#progressFile,
      })
      if (checks) this.#blame(checks)
      this.#clearNotes()
      if (!checks) return
      // Each death decides a check, or tells that the files do not load. A few may come between two checks.
      if (this.#known() === known && ++unexplained > 3) {
        throw new Error("the process that runs the suite died four times, outside any check")
      }
    }
  }

  decide(check: CheckOutcome): void {
    this.#decided.set(check.id, check)
    this.#onCheck(check)
  }

  /** Grows with every check that is decided, and when the files turn out not to load. */
  #known(): number {
    return this.#decided.size + (this.#unloadable ? 1 : 0)
  }

  /** The process died. Either the files do not load, or the check it was running failed. */
  #blame(checks: readonly CheckInfo[]): void {
    const culprit = existsSync(this.#progressFile) ? readFileSync(this.#progressFile, "utf8") : undefined
    const failure: Failure = existsSync(hungNote(this.#progressFile))
      ? { kind: "hung", summary: "your code kept the process busy and never let go: an endless loop?" }
      : { kind: "crashed", summary: "the process died: out of memory, or told to exit?" }
    if (culprit === loading && !this.#unloadable) {
      this.#unloadable = { ...failure, summary: `while your files were loaded, ${failure.summary}` }
      return
    }
    const info = checks.find(({ id }) => id === culprit)
    if (info && !this.#decided.has(info.id)) this.decide({ ...info, failure })
  }

  #clearNotes(): void {
    const notes = [this.#progressFile, freshNote(this.#progressFile), hungNote(this.#progressFile)]
    for (const file of notes) rmSync(file, { force: true })
  }
}
