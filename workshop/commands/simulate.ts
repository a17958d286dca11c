import { openSync, writeSync, closeSync } from "node:fs"
import type { Project as Simulation, Simulated, TraceEvent } from "../../projects/09-simulation/contract.ts"
import { checkLinearizable } from "../linearizability/index.ts"
import type { Chosen } from "../link/choose.ts"
import { linkSimulation } from "../link/link.ts"
import { refuseUnwritten, withRaft, type ToolChoice } from "../link/session.ts"
import { calm, parseFaults, planOf, type Weather } from "../simulation/plan.ts"
import { timeline } from "../simulation/timeline.ts"
import { parseStage, UsageError } from "../stages.ts"
import { rewriting } from "../text/live.ts"
import { natural } from "../text/numbers.ts"
import { bold, cyan, dim, green, mark, red, wrap, yellow } from "../text/style.ts"

export interface SimulateOptions extends ToolChoice {
  readonly seed: string
  readonly servers: string
  readonly seconds: string
  readonly faults: string
  readonly trace: string | undefined
  readonly untilFailure?: boolean
  readonly seeds: string
}

/** What a simulation came to: all is well, or what is not. */
interface Verdict {
  readonly simulated: Simulated
  /** Lines for a person; empty when all is well. */
  readonly wrong: readonly string[]
}

/** `workshop simulate`: one simulation, or one after the other until something breaks. True when nothing does. */
export async function simulate(options: SimulateOptions): Promise<boolean> {
  const seed = natural("--seed", options.seed, 0, 1e9)
  const servers = natural("--servers", options.servers, 1, 9)
  const duration = 1000 * natural("--seconds", options.seconds, 1, 86_400)
  const seeds = natural("--seeds", options.seeds, 1, 1e9)
  const weather = parseFaults(options.faults)
  const heading = `Simulation · ${options.servers} servers · ${options.seconds} s · faults: ${options.faults}`
  return withRaft(heading, parseStage("9"), options, async (chosen, tools) => {
    const run = runner(await linkSimulation(tools), chosen, servers, duration, weather)
    const again = `npx workshop simulate --servers ${options.servers} --seconds ${options.seconds} --faults ${options.faults}${chosen.again}`
    const failing = options.untilFailure ? walk(run, seed, seeds) : seed
    return failing === null || show(run, failing, options.trace, again)
  })
}

type Run = (seed: number, onTrace?: (line: string) => void) => Verdict

function runner(
  simulation: Simulation,
  { raft }: Chosen,
  servers: number,
  duration: number,
  weather: Weather,
): Run {
  return (seed, onTrace) => {
    const simulated = simulation.simulate({
      seed,
      servers,
      duration,
      node: raft,
      network: weather.network,
      faults: planOf(weather, duration),
      ...(onTrace && { onTrace }),
    })
    return { simulated, wrong: whatIsWrong(simulated) }
  }
}

function whatIsWrong({ violation, history }: Simulated): readonly string[] {
  if (violation) refuseUnwritten(violation)
  const broken = violation
    ? [`${violation.property}: broken at ${(violation.at / 1000).toFixed(3)} s.`, violation.what]
    : []
  const verdict = checkLinearizable(history)
  return verdict.linearizable
    ? broken
    : [...broken, `What the clients saw is not linearizable, for key ${verdict.key}:`, verdict.explanation]
}

/** Seed after seed; the first that fails, or `null`. */
function walk(run: Run, seed: number, seeds: number): number | null {
  const line = rewriting()
  const started = performance.now()
  for (let tried = 0; tried < seeds; tried++) {
    line.show(() => `… ${told(tried, started)}, all is well`)
    if (run(seed + tried).wrong.length > 0) {
      line.clear()
      say(`${red(bold("Found"))} with seed ${String(seed + tried)}, after ${told(tried + 1, started)}.\n`)
      return seed + tried
    }
  }
  line.clear()
  say(`${mark.pass} ${told(seeds, started)}: nothing is broken.`)
  return null
}

function told(tried: number, started: number): string {
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  return `${String(tried)} simulation${tried === 1 ? "" : "s"} in ${seconds} s`
}

function show(run: Run, seed: number, trace: string | undefined, again: string): boolean {
  const events: TraceEvent[] = []
  const file = trace === undefined ? undefined : openTrace(trace)
  const { simulated, wrong } = run(seed, (line) => {
    events.push(JSON.parse(line) as TraceEvent)
    if (file !== undefined) writeSync(file, line + "\n")
  })
  if (file !== undefined) closeSync(file)
  say(timeline(events) + "\n")
  say(tellStatistics(simulated))
  if (trace !== undefined) say(`${dim("trace".padEnd(14))}${trace}: sha256sum ${trace} tells the same hash`)
  if (wrong.length === 0) say(`\n${mark.pass} ${green("Safe, live and linearizable.")}`)
  else
    say(
      "\n" +
        wrong.map((text, i) => (i === 0 ? `${mark.fail} ${red(text)}` : `  ${wrap(text, 2)}`)).join("\n"),
    )
  say(`${dim("The same again:")} ${cyan(`${again} --seed ${String(seed)}`)}`)
  if (simulated.history.length === 0)
    say(`${yellow("!")} No client asked for anything: is it too short, below ${String(calm / 1000)} s?`)
  return wrong.length === 0
}

function openTrace(path: string): number {
  try {
    return openSync(path, "w")
  } catch (error) {
    throw new UsageError(
      `--trace ${path}: cannot be written (${error instanceof Error ? error.message : ""})`,
    )
  }
}

function tellStatistics({ statistics, hash }: Simulated): string {
  const { steps, messages, elections, unavailable, commits, messagesPerCommit, operations } = statistics
  const ms = (time: number) => `${time.toFixed(0)} ms`
  const facts: readonly (readonly [string, string])[] = [
    ["steps", `${String(steps)}; ${String(messages.sent)} messages sent, ${String(messages.lost)} lost`],
    [
      "elections",
      `${String(elections.length)}, taking ${elections.slice(0, 8).map(ms).join(", ")}${elections.length > 8 ? ", …" : ""}`,
    ],
    ["unavailable", `${ms(unavailable)} without a leader`],
    [
      "commits",
      `${String(commits)}, ${messagesPerCommit === null ? "no" : messagesPerCommit.toFixed(1)} messages for each`,
    ],
    ["clients", `${String(operations.answered)} requests answered, ${String(operations.gaveUp)} given up`],
    ["hash", hash],
  ]
  return facts.map(([name, what]) => `${dim(name.padEnd(14))}${wrap(what, 14)}`).join("\n")
}

function say(text: string): void {
  process.stdout.write(text + "\n")
}
