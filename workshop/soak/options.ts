import { parseArgs } from "node:util"
import { UsageError } from "../stages.ts"
import { natural } from "../text/numbers.ts"

export interface SoakOptions {
  readonly minutes: number
  readonly seed: number
  readonly servers: number
  readonly project: number
  /** Operations a second, of all clients together. */
  readonly rate: number
}

export const usage = `npm run soak -- [options]

The reference's servers as processes on this machine, under load and under faults, at random: kill -9 of one or of all, SIGSTOP
and SIGCONT, servers that are cut off from the others. Clients read, write, compare-and-set and count, with sessions and
without. All along, and at the end, it is checked that no acknowledged write is lost, that no INCR was done twice, and that
what the clients saw is linearizable. The exit code is 1 if not; then the servers' data and the history are kept.

  --minutes <n>   how long (default 5)
  --seed <n>      of the faults and of what clients ask for (default: by chance). The same faults in the same order; but real
                  processes never take the same time twice
  --servers <n>   3 or 5 (default 3)
  --project <n>   10 or 11: whose servers (default 10)
  --rate <n>      operations a second, at most (default 100: project 10's log only grows)
  --help          this text`

/** @returns null for `--help` */
export function parseSoak(args: readonly string[]): SoakOptions | null {
  const { values } = parse(args)
  if (values.help) return null
  const servers = natural("--servers", values.servers, 3, 5)
  if (servers === 4) throw new UsageError("--servers 4: it takes 3 or 5")
  return {
    minutes: natural("--minutes", values.minutes, 1, 10_000),
    seed: natural("--seed", values.seed ?? String(Math.floor(Math.random() * 1e6)), 0, 1e9),
    servers,
    project: natural("--project", values.project, 10, 11),
    rate: natural("--rate", values.rate, 1, 100_000),
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        minutes: { type: "string", default: "5" },
        seed: { type: "string" },
        servers: { type: "string", default: "3" },
        project: { type: "string", default: "10" },
        rate: { type: "string", default: "100" },
        help: { type: "boolean", default: false },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
