import type { Violation } from "../../projects/08-testing/contract.ts"
import type { Foundation } from "../runner/tree.ts"
import { UsageError, type Stage } from "../stages.ts"
import { bold, dim, wrap } from "../text/style.ts"
import { chooseRaft, chooseTools, type Choice, type Chosen } from "./choose.ts"
import type { Origin } from "./link.ts"

/** Whose Raft, and whose tools to look at it with. */
export interface ToolChoice extends Choice {
  readonly tools: Foundation | undefined
}

/**
 * Chooses both, says so under a heading, and works with them. A skeleton on either side is told as such, with how to go
 * on, and what was copied is removed in the end.
 * @param stage  the project whose functions are the tools
 */
export async function withRaft<T>(
  title: string,
  stage: Stage,
  options: ToolChoice,
  work: (chosen: Chosen, tools: Origin) => Promise<T>,
): Promise<T> {
  const tools = chooseTools(stage, options.tools, options.on)
  const chosen = await chooseRaft(options)
  try {
    const facts = [`Whose Raft: ${chosen.what}`, `With: ${tools.what}`].map((fact) => wrap(fact, 2))
    process.stdout.write(`${bold(title)}\n${dim(facts.join("\n"))}\n\n`)
    const again = options.tools === undefined ? "" : ` --tools ${options.tools}`
    return await work({ ...chosen, again: chosen.again + again }, tools.origin)
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "NotImplemented") throw error
    throw new UsageError(tellUnwritten(error.message, options))
  } finally {
    chosen.clean()
  }
}

/** A skeleton's function that a step has called is no violation of Raft. */
export function refuseUnwritten({ property, what }: Violation): void {
  if (property !== "step throws" || !what.includes("is not written yet")) return
  throw Object.assign(new Error(what.replace(/^NotImplemented: /, "")), { name: "NotImplemented" })
}

function tellUnwritten(what: string, options: ToolChoice): string {
  const project = Number(/README of project (\d+)/.exec(what)?.[1])
  return `${what}. To go on with ours: ${waysOut(project, options).join(" or ")}`
}

/** The options that bring in ours in the place of this project. One that was given already does not. */
function waysOut(project: number, { subject, on }: ToolChoice): readonly string[] {
  if (project >= 8) return ["--tools reference"]
  const whole = subject === "solutions" ? "--tools reference" : "--subject solutions" // it is that one which stands on it
  // `--on` brings in what is under project 7, and no more.
  return on === "reference" || project === 7 ? [whole] : [whole, "--on reference"]
}
