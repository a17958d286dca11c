import { execFileSync, spawn, type ChildProcess } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { root } from "../stages.ts"

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** A repository with the command in it, to be a person in: it has a memory and projects of its own. */
export class Place {
  readonly path: string

  /** @param path  packages are added to it: ours */
  constructor(path: string) {
    this.path = path
    symlinkSync(join(root, "node_modules"), join(path, "node_modules"))
  }

  read(file: string): string {
    return readFileSync(join(this.path, file), "utf8")
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.path, file), text)
  }

  /** Puts the reference of a stage where a person would have written it. */
  solve(name: string): void {
    cpSync(join(root, "solutions", name), join(this.path, "projects", name), { recursive: true })
  }

  /** Runs `workshop …` to its end, as a person without a terminal. */
  async workshop(...args: readonly string[]): Promise<Ran> {
    const child = this.start(...args)
    child.stdin?.end()
    let [out, err] = ["", ""]
    child.stdout?.on("data", (data: Buffer) => (out += data.toString()))
    child.stderr?.on("data", (data: Buffer) => (err += data.toString()))
    return await new Promise((resolve) => {
      child.on("close", (code) => {
        resolve({ code, out, err })
      })
    })
  }

  start(...args: readonly string[]): ChildProcess {
    return spawn(process.execPath, [join(this.path, "workshop/bin/workshop.js"), ...args], {
      cwd: this.path,
      env: { ...cleanEnvironment(), NO_COLOR: "1" },
    })
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

/** A copy of the repository's files as they are now. */
export class Clone extends Place {
  constructor() {
    const path = mkdtempSync(join(tmpdir(), "workshop-"))
    const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], {
      cwd: root,
      encoding: "utf8",
    })
    for (const file of listed.split("\0").filter((each) => each !== "")) {
      mkdirSync(dirname(join(path, file)), { recursive: true })
      cpSync(join(root, file), join(path, file))
    }
    super(path)
  }
}

/** Vitest marks its own processes; a Vitest inside must not take those marks for its own. */
function isVitestMark(name: string): boolean {
  return /^(VITEST|TEST$|NODE_ENV$|FORCE_COLOR$)/.test(name)
}

function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isVitestMark(name)))
}

/** The same for processes that inherit this one's environment. */
export function withoutVitestMarks(): void {
  for (const name of Object.keys(process.env).filter(isVitestMark)) Reflect.deleteProperty(process.env, name)
}
