import { existsSync } from "node:fs"
import { join } from "node:path"
import { Command, CommanderError, Option } from "commander"
import type { ClusterOptions } from "./commands/cluster.ts"
import type { ExhaustOptions, RandomOptions } from "./commands/search.ts"
import type { SimulateOptions } from "./commands/simulate.ts"
import { maintain } from "./maintain.ts"
import { marker, parseStage, root, UsageError } from "./stages.ts"

/** Exit codes: what was asked holds; it does not; it was asked wrongly. */
const ok = 0
const no = 1
const wrongUsage = 2

// Commands are imported when they are called: the board must not wait for the test runner to load.
export const program = new Command("workshop")
  .description("Build Raft in eleven projects. Alone it shows where you are and what to do next.")
  .showSuggestionAfterError()
  .exitOverride()
  .configureOutput({
    outputError: (text, write) => {
      write(text.replace(/^error: /, "workshop: "))
    },
  })
  .version("0.1.0")

const stageHelp = "the project's number, 1 to 11"
const currentHelp = `${stageHelp} (default: the one you are at)`
const onOption = (help: string) =>
  new Option("--on <whose>", help).choices(["mine", "reference"]).default("mine")
const yesOption = () => new Option("-y, --yes", "do not ask")

program
  .command("test")
  .description("run the hidden suite of a project")
  .argument("[N]", currentHelp)
  .option(
    "--subject <what>",
    "projects (yours), solutions (the reference), or a folder that has a projects/",
    "projects",
  )
  .addOption(onOption("whose earlier projects it stands on"))
  .option("--watch", "run again whenever a file changes; single keys for hints, the spec and more")
  .option("--json <file>", "write the result as JSON (- for standard output)")
  .option("--seed <seed>", "only this seed of the random schedules, told in full")
  .option("--check <id>", "only this check (4c.7), or this group of checks (4c)")
  .action(
    async (
      n: string | undefined,
      options: {
        subject: string
        on: "mine" | "reference"
        watch?: boolean
        json?: string
        seed?: string
        check?: string
      },
    ) => {
      const { test } = await import("./commands/test.ts")
      finish(await test(n, options))
    },
  )

program
  .command("blame")
  .description("when a project's suite fails: which of your projects is at fault")
  .argument("<N>", stageHelp)
  .action(async (n: string) => {
    const { blame } = await import("./commands/blame.ts")
    finish(await blame(n))
  })

const raftOptions = (command: Command, servers: string): Command =>
  command
    .option("--servers <n>", "how many servers", servers)
    .option(
      "--subject <what>",
      "whose Raft: projects (yours), solutions (the reference), a folder, or n1=projects,n2=solutions (default: projects)",
    )
    .addOption(onOption("whose earlier projects stand under your project 7, and under your tools"))
    .option(
      "--bug <id>",
      "the reference with this planted bug instead, as projects/08-testing/CATALOGUE.md names it",
    )
    .addOption(
      new Option(
        "--tools <whose>",
        "whose project 8 (or 9) does it (default: yours once it passes its checks)",
      ).choices(["mine", "reference"]),
    )

raftOptions(program.command("search"), "3")
  .description("search a Raft for violations of Figure 3 by random schedules; tells the smallest one found")
  .option("--seed <seed>", "of the first schedule", "1")
  .option("--schedules <n>", "how many to try at most", "20000")
  .option("--actions <n>", "in each schedule", "250")
  .action(async (options: RandomOptions) => {
    const { search } = await import("./commands/search.ts")
    finish(await search(options))
  })

raftOptions(program.command("exhaust"), "3")
  .description("search a Raft for violations by every schedule there is, within bounds")
  .option("--terms <n>", "no election beyond this term", "2")
  .option("--entries <n>", "no log longer than this", "1")
  .option("--messages <n>", "no more different messages under way than this", "3")
  .option("--crashes <n>", "no more crashes than this", "0")
  .option("--rounds", "a whole election or replication round at once: coarse, and sees further")
  .action(async (options: ExhaustOptions) => {
    const { exhaust } = await import("./commands/search.ts")
    finish(await exhaust(options))
  })

raftOptions(program.command("simulate"), "5")
  .description(
    "simulate a cluster and its clients under faults; shows a timeline, checks safety, liveness, linearizability",
  )
  .option("--seed <seed>", "of all that is random", "1")
  .option("--seconds <n>", "of the cluster's time", "30")
  .option(
    "--faults <which>",
    "none, some, many, or a list: crash=10,partition=5 (a minute), loss=0.1",
    "some",
  )
  .option("--trace <file>", "write every event as a line of JSON")
  .option("--until-failure", "seed after seed, until something breaks")
  .option("--seeds <n>", "with --until-failure: how many to try at most", "1000")
  .action(async (options: SimulateOptions) => {
    const { simulate } = await import("./commands/simulate.ts")
    finish(await simulate(options))
  })

program
  .command("start")
  .description("where a project's spec and skeleton are, and what to read first")
  .argument("[N]", stageHelp)
  .action(async (n: string | undefined) => {
    const { refuseNone, start } = await import("./commands/start.ts")
    say(start(n === undefined ? refuseNone() : parseStage(n)))
  })

program
  .command("hint")
  .description("the next hint of a project's spec")
  .argument("[N]", currentHelp)
  .option("--all", "all hints at once")
  .action(async (n: string | undefined, { all }: { all?: boolean }) => {
    const { hint } = await import("./commands/hint.ts")
    say(hint(n, all === true))
  })

program
  .command("diff")
  .description("your files against the reference; asks first")
  .argument("<N>", stageHelp)
  .addOption(yesOption())
  .action(async (n: string, { yes }: { yes?: boolean }) => {
    const stage = parseStage(n)
    const { diff } = await import("./commands/solution.ts")
    finish(await diff(stage, yes === true))
  })

program
  .command("solution")
  .description("where the reference is; asks first")
  .argument("<N>", stageHelp)
  .addOption(yesOption())
  .action(async (n: string, { yes }: { yes?: boolean }) => {
    const stage = parseStage(n)
    const { solution } = await import("./commands/solution.ts")
    finish(await solution(stage, yes === true))
  })

program
  .command("reset")
  .description("put a project's skeleton back; keeps your work as a dated copy")
  .argument("<N>", stageHelp)
  .addOption(yesOption())
  .action(async (n: string, { yes }: { yes?: boolean }) => {
    const stage = parseStage(n)
    const { reset } = await import("./commands/reset.ts")
    finish(await reset(stage, yes === true))
  })

maintain(program)

program
  .command("light")
  .description("the traffic light's hardware, for project 2: two lights driven by UDP datagrams")
  .option("--port <port>", "UDP port that takes the colours", "20000")
  .option("--controller <host:port>", "where button presses are sent", "127.0.0.1:20001")
  .action(async (options: { port: string; controller: string }) => {
    const { light } = await import("./commands/light.ts")
    await light(options)
  })

program
  .command("cluster")
  .description("the system as processes on this machine: start, watch, kill and heal them")
  .option("--project <n>", "10 or 11", "10")
  .option("--servers <n>", "how many", "3")
  .option("--port <port>", "where clients reach the first server; the others follow", "8001")
  .option("--subject <what>", "projects (yours), solutions (the reference), or a folder", "projects")
  .addOption(onOption("whose earlier projects it stands on"))
  .option("--fresh", "forget what an earlier cluster had", false)
  .action(async (options: ClusterOptions) => {
    const { cluster } = await import("./commands/cluster.ts")
    await cluster(options)
  })

program.addHelpText(
  "after",
  "\nExit code: 0 when what was asked holds, 1 when it does not, 2 for wrong usage.\nEach command has its own --help.",
)

function say(text: string): void {
  process.stdout.write(text + "\n")
}

function finish(holds: boolean): void {
  process.exitCode = holds ? ok : no
}

/** Does what the command line says. Apart from the above, which a test of the documents reads, too. */
export async function main(): Promise<void> {
  // Whoever reads our output may have seen enough: `| head`.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(ok)
    throw error
  })

  try {
    if (existsSync(join(root, marker))) (await import("./sealed/references.ts")).layOutReferences()
    if (process.argv.length > 2) await program.parseAsync()
    else {
      const { board } = await import("./commands/board.ts")
      say(board())
    }
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`workshop: ${error.message}\n`)
      process.exitCode = wrongUsage
    } else if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? ok : wrongUsage
    } else {
      process.stderr.write(
        `workshop: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      )
      process.exitCode = no
    }
  }
}
