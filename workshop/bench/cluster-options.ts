import { parseArgs } from "node:util"
import { UsageError } from "../stages.ts"
import { natural } from "../text/numbers.ts"

export interface BenchOptions {
  readonly clients: readonly number[]
  readonly seconds: number
  readonly rounds: number
  readonly keys: number
  readonly project: number
  readonly etcd: boolean
  readonly json: string | undefined
}

export const usage = `npm run bench:cluster -- [options]

Three servers of the reference as processes on this machine, and next to them three of etcd where it is installed: how many
writes and linearizable reads a second, how long they take, and how long until a write is acknowledged after kill -9 of the
leader. Both are measured in turns, since other work on a machine comes and goes: trust the ratio more than the numbers.

  --clients <list>   connections, each with one request under way (default 1,16,64,256)
  --seconds <n>      of each measurement (default 5)
  --rounds <n>       how often everything is measured; the table has medians (default 3; recovery: twice as often)
  --keys <n>         how many keys there are (default 1000); values have 256 bytes
  --project <n>      10 or 11: whose server (default 10)
  --without-etcd     do not compare
  --json <file>      write every measurement to this file, too
  --help             this text

Each number of clients gets fresh clusters, so that none is slow because of what another has left in the logs. Every server
writes to its own file below .workshop/, with fdatasync.`

export const aboutEtcd = `etcd is not installed, so there is nothing to compare with. On Debian or Ubuntu: apt-get install etcd-server
(its service need not run). Or say --without-etcd.`

/** @returns null for `--help` */
export function parseBench(args: readonly string[]): BenchOptions | null {
  const { values } = parse(args)
  if (values.help) return null
  const list = values.clients.split(",")
  return {
    clients: list.map((each) => natural("--clients", each, 1, 900)),
    seconds: natural("--seconds", values.seconds, 1, 3_600),
    rounds: natural("--rounds", values.rounds, 1, 100),
    keys: natural("--keys", values.keys, 1, 1_000_000),
    project: natural("--project", values.project, 10, 11),
    etcd: !values["without-etcd"],
    json: values.json,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        clients: { type: "string", default: "1,16,64,256" },
        seconds: { type: "string", default: "5" },
        rounds: { type: "string", default: "3" },
        keys: { type: "string", default: "1000" },
        project: { type: "string", default: "10" },
        "without-etcd": { type: "boolean", default: false },
        json: { type: "string" },
        help: { type: "boolean", default: false },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
