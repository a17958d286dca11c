import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs"
import { join } from "node:path"
import type { Folder } from "../../projects/11-the-rest-of-raft/contract.ts"

/** Given. A folder on a real disk, with calls that return when it is done: they are quicker than promises. */
export function openFolder(path: string): Folder {
  try {
    mkdirSync(path, { recursive: true })
  } catch (cause) {
    throw new Error(`cannot make the folder ${path}: ${String(cause)}`, { cause })
  }
  const open = new Map<string, number>()
  const handleOf = (name: string): number => {
    const handle = open.get(name) ?? openSync(join(path, name), "a+")
    open.set(name, handle)
    return handle
  }
  const forget = (name: string): void => {
    const handle = open.get(name)
    if (handle !== undefined) closeSync(handle)
    open.delete(name)
  }
  const append = (name: string, bytes: Uint8Array): void => {
    const handle = handleOf(name)
    for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at)
  }
  return {
    list: () => readdirSync(path),
    read: (name) => readFileSync(join(path, name)),
    write: (name, bytes) => {
      ftruncateSync(handleOf(name), 0)
      append(name, bytes)
    },
    append,
    truncate: (name, length) => {
      ftruncateSync(handleOf(name), length)
    },
    rename: (from, to) => {
      forget(from)
      forget(to)
      renameSync(join(path, from), join(path, to))
    },
    remove: (name) => {
      forget(name)
      rmSync(join(path, name), { force: true })
    },
    sync: (name) => {
      fdatasyncSync(handleOf(name))
    },
    syncFolder: () => {
      const handle = openSync(path, "r")
      fsyncSync(handle)
      closeSync(handle)
    },
    close: () => {
      for (const name of [...open.keys()]) forget(name)
    },
  }
}
