import { fork, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import type { Subject } from "./runner/tree.ts"
import { folder, root, type Stage } from "./stages.ts"
import { sourcesIn } from "./files.ts"
import type { TypeProblem } from "./types-check.ts"
import type { TypesRequest } from "./types-worker.ts"

/** Type-checks one project beside its suite, in a process that stays for the next time. */
export class Types {
  readonly #request: Omit<TypesRequest, "files">
  readonly #listFiles: () => readonly string[]
  readonly #worker: ChildProcess

  constructor(stage: Stage, subject: Subject, conditions: readonly string[]) {
    this.#request = { tree: subject.tree, tsconfig: join(root, "tsconfig.json"), conditions }
    const path = folder(subject.kind, stage)
    this.#worker = fork(join(import.meta.dirname, "types-worker.ts"), {
      execArgv: ["--import", "tsx/esm"],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    })
    this.#listFiles = () => sourcesIn(path, subject.tree).map((file) => join(subject.tree, file))
  }

  /** @returns the type errors in the project's files; none when the compiler itself cannot run */
  async check(): Promise<readonly TypeProblem[]> {
    const worker = this.#worker
    const request: TypesRequest = { ...this.#request, files: this.#listFiles() }
    worker.send(request)
    const [problems] = (await Promise.race([
      once(worker, "message"),
      once(worker, "exit").then(() => [[]]),
    ])) as [readonly TypeProblem[]]
    return problems
  }

  close(): void {
    this.#worker.kill()
  }
}
