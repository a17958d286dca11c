import { spawn, spawnSync, type ChildProcess } from "node:child_process"
import { closeSync, constants, openSync, rmSync } from "node:fs"
import { join } from "node:path"
import type { Ends } from "./channel.ts"

/** Where and how an untrusted program runs. */
export interface Jail {
  /** The program that loads what is to be tested, in JavaScript: `actor.ts`, bundled. */
  readonly actor: string
  /** Files and folders that it may read besides. */
  readonly readable: readonly string[]
  /** The folder in which it may write, and in which everybody's temporary files are. */
  readonly folder: string
  /** Most memory, in MiB. */
  readonly memory: number
  /** Most processor time, in seconds. */
  readonly seconds: number
}

const known = process.allowedNodeEnvironmentFlags

/** Node's permission model (https://nodejs.org/api/permissions.html): no processes, threads, add-ons; files by name. */
function permissions({ actor, readable, folder }: Jail): readonly string[] {
  return [
    known.has("--permission") ? "--permission" : "--experimental-permission",
    ...[actor, ...readable, folder].map((path) => `--allow-fs-read=${path}`),
    `--allow-fs-write=${folder}`,
    ...(known.has("--allow-net") ? ["--allow-net"] : []), // until there was this flag, everybody could
  ]
}

/** The command that runs Node within these limits: no core files, so much memory and processor time, and it is killed. */
function limited(jail: Jail, args: readonly string[]): readonly [string, readonly string[]] {
  const { memory, seconds } = jail
  const limits = `ulimit -c 0; ulimit -t ${String(seconds)}; ulimit -d ${String(memory * 1024)}; exec "$@"`
  const flags = [
    ...permissions(jail),
    `--max-old-space-size=${String(Math.floor(memory / 2))}`,
    "--no-warnings",
    "--enable-source-maps",
  ]
  return ["/bin/sh", ["-c", limits, "sh", process.execPath, ...flags, ...args]]
}

/** What a program in a jail finds around it: nothing of ours. */
const environment = (folder: string): NodeJS.ProcessEnv => ({
  TMPDIR: folder,
  PATH: "/usr/bin:/bin",
  HOME: folder,
})

/** Starts the actor on a bundle. @returns our ends of the pipes to it, and the process */
export function imprison(jail: Jail, bundle: string): { readonly ends: Ends; readonly child: ChildProcess } {
  const there = pipe(join(jail.folder, `there-${String(process.pid)}`))
  const back = pipe(join(jail.folder, `back-${String(process.pid)}`))
  const [command, args] = limited(jail, [jail.actor, bundle])
  const child = spawn(command, args, {
    stdio: ["ignore", "ignore", "ignore", there.read, there.readIdle, back.write],
    env: environment(jail.folder),
    cwd: jail.folder,
  })
  for (const fd of [there.read, there.readIdle, back.write]) closeSync(fd) // it has them now; when it ends, they end
  return { ends: { read: back.read, readIdle: back.readIdle, write: there.write }, child }
}

/** A pipe both of whose ends block. Node has them only by way of a name. */
function pipe(path: string): Ends {
  rmSync(path, { force: true })
  const { status, error } = spawnSync("mkfifo", ["-m", "600", path])
  if (status !== 0) throw new Error(`mkfifo ${path} failed: grading needs Linux or macOS`, { cause: error })
  const both = openSync(path, constants.O_RDWR) // so that the others need not wait for each other
  const ends = {
    read: openSync(path, constants.O_RDONLY),
    readIdle: openSync(path, constants.O_RDONLY),
    write: openSync(path, constants.O_WRONLY),
  }
  closeSync(both)
  rmSync(path)
  return ends
}
