import { Socket } from "node:net"
import { inspect } from "node:util"

declare global {
  var workshopDials: Set<(dialed: string) => void> | undefined
}

/** Told of every try to connect, with what was dialed, also of those that fail. */
export function dialListeners(): Set<(dialed: string) => void> {
  globalThis.workshopDials ??= new Set()
  return globalThis.workshopDials
}

/** Has every try to connect from this process told to `tell`: they all go through `Socket`. @returns how to end that */
export function tellDials(tell: (dialed: string) => void): () => void {
  const connect: unknown = Reflect.get(Socket.prototype, "connect")
  if (typeof connect !== "function") throw new Error("Socket.prototype.connect is no function any more")
  const telling = function (this: Socket, ...args: readonly unknown[]): unknown {
    tell(inspect(args))
    return Reflect.apply(connect, this, args)
  }
  Reflect.set(Socket.prototype, "connect", telling)
  return () => {
    Reflect.set(Socket.prototype, "connect", connect)
  }
}

/** Counts the tries of the project to connect to a port of this machine, wherever the project runs. */
export function countDials(after: (undo: () => unknown) => void, port: number): { readonly count: number } {
  const dials = { count: 0 }
  const listener = (dialed: string) => {
    if (new RegExp(`\\b${String(port)}\\b`).test(dialed)) dials.count++
  }
  const listeners = dialListeners()
  listeners.add(listener)
  after(() => listeners.delete(listener))
  after(tellDials(listener))
  return dials
}
