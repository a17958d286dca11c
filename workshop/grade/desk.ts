import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { build } from "esbuild"
import { bundling } from "../hunt/bundle.ts"
import { Hunter } from "../hunt/hunter.ts"
import type { CheckOutcome } from "../runner/outcome.ts"
import { makeTree, type Foundation } from "../runner/tree.ts"
import type { Jail } from "../sandbox/jail.ts"
import { root, type Stage } from "../stages.ts"
import { usual, type CheckInfo, type Failure } from "../suite/protocol.ts"
import { bundleProject } from "./bundle.ts"
import { explainBroken, requireSound, type Private } from "./private.ts"
import { needsTrust, putReferenceUnder } from "./trusted.ts"
import type { Intake } from "./submissions.ts"

export interface DeskOptions {
  readonly on: Foundation
  /** The longest that one project of one submission may take, in seconds. */
  readonly seconds: number
  /** How many times longer than usual something may take before it is cut off: machines that grade are busy. */
  readonly leniency: number
  /** Added to the seeds of everything random. */
  readonly seedShift: number
  readonly private: Private
  /** In MiB, for one project of one submission. */
  readonly memory: number
}

/**
 * Where submissions are judged. The suites run in processes of ours, the submissions in others that may do next to nothing:
 * see ADR 15. Both share a folder for what the checks themselves put on disk, and nothing else.
 */
export class Desk {
  readonly #options: DeskOptions
  readonly #folder = mkdtempSync(join(tmpdir(), "workshop-grade-"))
  readonly #hunter: Hunter
  readonly #actor: Promise<string>
  readonly #checks = new Map<Stage, Promise<readonly CheckInfo[]>>()
  #count = 0

  /** @param bundles  where the suites' bundles may lie, below the repository: they import its packages */
  constructor(bundles: string, options: DeskOptions) {
    this.#options = options
    this.#hunter = new Hunter(bundles, options.private.checks)
    this.#actor = this.#buildActor()
    chmodSync(this.#folder, 0o711)
  }

  /** What a project is checked for. */
  checksOf(stage: Stage): Promise<readonly CheckInfo[]> {
    const known = this.#checks.get(stage) ?? this.#list(stage)
    this.#checks.set(stage, known)
    return known
  }

  /** Every check of a project, in order, on one submission. */
  async judge(stage: Stage, { files }: Intake): Promise<readonly CheckOutcome[]> {
    const all = await this.checksOf(stage)
    const folder = join(this.#folder, String(++this.#count))
    const tree = needsTrust(stage) ? makeTree(`graded-${String(this.#count)}`) : join(folder, "submission")
    const room = join(folder, "room")
    mkdirSync(room, { recursive: true })
    try {
      for (const [path, bytes] of files) {
        mkdirSync(dirname(join(tree, path)), { recursive: true })
        writeFileSync(join(tree, path), bytes)
      }
      if (needsTrust(stage)) putReferenceUnder(stage, tree, this.#options.on)
      return await this.#run(stage, all, tree, room)
    } finally {
      for (const each of [folder, tree]) rmSync(each, { recursive: true, force: true })
    }
  }

  async close(): Promise<void> {
    await this.#hunter.close()
    this.sweep()
  }

  /** Removes what is on disk; at once, since it may be the last thing that is done. */
  sweep(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #run(
    stage: Stage,
    all: readonly CheckInfo[],
    tree: string,
    room: string,
  ): Promise<readonly CheckOutcome[]> {
    const { on, seconds, memory, leniency, seedShift, private: own } = this.#options
    const module = join(tree, "projects", stage.name, "index.ts")
    const bundle = join(tree, "projects", stage.name, "bundled.mjs")
    try {
      await bundleProject({ tree, stage, on, outfile: bundle })
    } catch (error) {
      return withoutResult(all, { kind: "load", summary: tellBuild(error, tree) })
    }
    const jail: Jail | null = needsTrust(stage)
      ? null
      : { actor: await this.#actor, readable: [bundle], folder: room, memory, seconds }
    const where = { module, bundle, tree, stage: stage.n, conditions: [] }
    const signal = AbortSignal.timeout(seconds * 1000)
    const settings = { ...usual, ...where, jail, leniency, seedShift }
    const env = { ...process.env, TMPDIR: room, WORKSHOP_PRIVATE: own.folder }
    const decided = await this.#ours(stage, this.#hunter.run(stage, { settings, signal, env }))
    const byId = new Map(decided.map((check) => [check.id, check]))
    const late: Failure = { kind: "hung", summary: `not run: the project had its ${String(seconds)} s` }
    return all.map((check) => byId.get(check.id) ?? { ...check, failure: late })
  }

  async #list(stage: Stage): Promise<readonly CheckInfo[]> {
    const checks = await this.#ours(stage, this.#hunter.list(stage))
    requireSound(stage, checks, this.#options.private)
    return checks
  }

  /** A suite that is broken is no submission's fault. */
  async #ours<T>(stage: Stage, work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      throw explainBroken(error, stage, this.#options.private)
    }
  }

  async #buildActor(): Promise<string> {
    const outfile = join(this.#folder, "actor.mjs")
    const entry = join(root, "workshop/sandbox/actor.ts")
    await build({ ...bundling, entryPoints: [entry], outfile })
    return outfile
  }
}

function withoutResult(all: readonly CheckInfo[], failure: Failure): readonly CheckOutcome[] {
  return all.map((check) => ({ ...check, failure }))
}

/** The bundler's first message, in a line. */
function tellBuild(error: unknown, tree: string): string {
  const text = error instanceof Error ? error.message : String(error)
  const line = text.split("\n").find((each) => /error: /i.test(each)) ?? text.split("\n")[0] ?? ""
  return `the files do not load: ${line.replaceAll(`${tree}/`, "").replace(/^.*?(projects\/)/, "$1")}`
}
