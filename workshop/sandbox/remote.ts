import { dialListeners } from "../suite/dials.ts"
import { beat } from "../suite/watchdog.ts"
import { imprison, type Jail } from "./jail.ts"
import { Peer } from "./peer.ts"

/** How long one call may take as long as it calls back all the time, in milliseconds. */
const longest = 40_000

/** Loads a project in a process of its own, and stands for it here. @throws what it threw as it was loaded */
export async function loadRemote(jail: Jail, bundle: string): Promise<Readonly<Record<string, unknown>>> {
  const { ends, child } = imprison(jail, bundle)
  const end = () => {
    process.kill(process.pid, "SIGKILL") // as if it had been here: the check that ran dies with it
  }
  child.on("error", end)
  return await new Promise((resolve, reject) => {
    const peer = new Peer(ends, {
      judge: true,
      onEnd: end,
      // Whoever says something is alive; but not for as long as it likes.
      onMessage: (asked) => {
        if (asked === undefined || performance.now() - asked < longest) beat()
      },
      onDialed: (address) => {
        for (const tell of dialListeners()) tell(address)
      },
      onEscaped: (error) => {
        setImmediate(() => {
          throw error
        })
      },
      onLoaded: (failed, value) => {
        if (failed) reject(value instanceof Error ? value : new Error(String(value)))
        else resolve(isExports(value) ? value : {})
      },
    })
    globalThis.workshopTurn = () => peer.turn()
  })
}

function isExports(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
}
