import type { Jail } from "../sandbox/jail.ts"
import type { TaskMeta as _ } from "vitest" // only what was asked for is found, and added to, below

/**
 * What passes between the process that runs a suite's checks and the one that asked for them: the run's settings
 * on the way in, and each check's identity and failure on the way out. Plain data: it crosses a process boundary.
 */

/** How a check failed. Only `harness` is our own fault; every other kind says something about the person's code. */
export type FailureKind =
  | "not-written" // a skeleton's NotImplemented
  | "broken" // the rule does not hold
  | "threw" // the person's function threw where the rule wants an answer
  | "shape" // an answer of the wrong shape
  | "mutated" // an argument was changed
  | "missing" // an export that is not there, or of the wrong kind
  | "load" // the project's files cannot be loaded (a syntax error, a failing import)
  | "hung" // it did not come back in time
  | "crashed" // the process died
  | "harness" // an error in the suite itself

/** The kinds that say a rule does not hold. Anything else could also happen to a correct project. */
export const convincing: ReadonlySet<FailureKind> = new Set(["broken", "threw", "shape", "mutated", "hung"])

export interface Failure {
  readonly kind: FailureKind
  /** One line, without the rule: what went wrong. */
  readonly summary: string
  readonly scenario?: string
  readonly expected?: string
  readonly got?: string
  /** Where in the person's files, as `file:line`. */
  readonly at?: string
}

/** What a check says of itself, before it runs. */
export interface CheckInfo {
  /** `<stage><group letter>.<number>`, e.g. `4a.1`. */
  readonly id: string
  readonly title: string
  readonly group: string
  /** The numbers of the spec's rules that this check holds the project to. */
  readonly rules: readonly number[]
  readonly points: number
}

/** The settings of one run, provided to the checks' process by the runner. */
export interface RunSettings {
  /** Absolute path of the `index.ts` under test. */
  readonly module: string
  /** Absolute path of a file in JavaScript that has all of it, to be loaded in its stead. */
  readonly bundle: string | null
  /** Absolute path of the tree the subject lives in; error positions are told relative to it. */
  readonly tree: string
  readonly stage: number
  /** The import conditions that say where earlier stages come from: a process that the suite starts needs them, too. */
  readonly conditions: readonly string[]
  /** Ids of checks that are decided already: a run goes on after the process died. */
  readonly decided: readonly string[]
  /** The running check's id is written here, so that the runner knows who was running when the process died. */
  readonly progressFile: string
  /** Set when an earlier attempt died while loading the subject: it is not tried again, every check fails with this. */
  readonly unloadable: Failure | null
  /** Hunting a bug: only checks of the rules it breaks run, and only until one of them fails. `null`: run all. */
  readonly hunt: readonly number[] | null
  /** Only this check runs, or those of this group: `4c.7`, `4c`. `null`: all. */
  readonly only: string | null
  /** Whether checks that take long are left out. */
  readonly brief: boolean
  /** Added to every seed of random schedules and examples: an instructor may have seeds that nobody has seen. */
  readonly seedShift: number
  /** Random schedules run with this seed only; `null`: with all of theirs. */
  readonly seed: number | null
  /** Whether something was cut off already: patience is shorter then. */
  readonly impatient: boolean
  /** How many times more random seeds than usual each check tries. */
  readonly thoroughness: number
  /** How many times longer than usual something may take before it is cut off. */
  readonly leniency: number
  /** Where the project runs when nobody trusts it; `null`: in the checks' own process. */
  readonly jail: Jail | null
}

/** What a run may do otherwise than usual. */
export type Usual = Pick<
  RunSettings,
  "bundle" | "hunt" | "only" | "brief" | "seed" | "seedShift" | "thoroughness" | "leniency" | "jail"
>

export const usual: Usual = {
  bundle: null,
  hunt: null,
  only: null,
  brief: false,
  seed: null,
  seedShift: 0,
  thoroughness: 1,
  leniency: 1,
  jail: null,
}

/** What the progress file says while the subject's files are being loaded. */
export const loading = "loading"

/** Beside the progress file: left by the watchdog when it ends a process that hangs. */
export const hungNote = (progressFile: string): string => `${progressFile}.hung`

/** Beside the progress file: its next content, until it is renamed. */
export const freshNote = (progressFile: string): string => `${progressFile}.new`

declare module "vitest" {
  interface ProvidedContext {
    run: RunSettings
  }
  interface TaskMeta {
    info?: CheckInfo
    failure?: Failure
  }
}
