import { syncBuiltinESMExports } from "node:module"
import os from "node:os"
import { tellDials } from "../suite/dials.ts"
import { Peer } from "./peer.ts"

/*
 * The program in which code runs that nobody trusts. What it could do to itself is its own affair: the verdict is made
 * elsewhere. What Node's permission model leaves it is taken away here: to signal other processes.
 */

const forbid = (holder: object, names: readonly string[]): void => {
  for (const name of names) {
    const value = () => {
      throw new Error(`${name} is not allowed here`)
    }
    Object.defineProperty(holder, name, { value, writable: false, configurable: false })
  }
}
const exit = process.exit.bind(process)
forbid(process, ["kill", "_kill", "binding", "_linkedBinding", "dlopen", "_debugProcess", "_debugEnd"])
forbid(os, ["setPriority"])
syncBuiltinESMExports()
process.exit = (code) => {
  throw new Error(`process.exit unexpectedly called with "${String(code)}"`) // as Vitest has it
}

const peer = new Peer(
  { read: 3, readIdle: 4, write: 5 },
  {
    judge: false,
    onEnd: () => {
      exit(0)
    },
  },
)

tellDials((address) => {
  peer.dialed(address)
})

const escaped = (error: unknown) => {
  peer.escaped(error)
}
process.on("uncaughtException", escaped)
process.on("unhandledRejection", escaped)

const bundle = process.argv[2] ?? ""
import(bundle).then(
  (exports: unknown) => {
    peer.loaded(false, exports)
  },
  (error: unknown) => {
    peer.loaded(true, error)
  },
)
