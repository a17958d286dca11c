import type { Raft } from "../../projects/08-testing/contract.ts"
import { isDone } from "../progress.ts"
import { findSubject, removeTree, type Foundation, type Subject } from "../runner/tree.ts"
import { parseStage, root, UsageError, type Stage } from "../stages.ts"
import { linkRaft, reference, type Origin } from "./link.ts"
import { findBug, linkMutant } from "./mutants.ts"

/** What `--subject`, `--on` and `--bug` say of the servers. */
export interface Choice {
  /** `projects`, `solutions`, a folder, or several: `n1=projects,n2=solutions`. Left out: projects, or ours for a bug. */
  readonly subject: string | undefined
  readonly on: Foundation
  readonly bug: string | undefined
}

export interface Chosen {
  readonly raft: Raft
  /** Whose it is, for people. */
  readonly what: string
  /** The options that choose the same again. */
  readonly again: string
  /** Removes what was copied. */
  readonly clean: () => void
}

/** The Raft that somebody means. */
export async function chooseRaft({ subject, on, bug }: Choice): Promise<Chosen> {
  if (bug !== undefined) {
    if (subject !== undefined && subject !== "solutions")
      throw new UsageError("--bug is planted into the reference; it does not go together with --subject")
    const found = await findBug(bug)
    const raft = await linkMutant(found.stage, found.bug)
    const what = `the reference, with a planted bug in project ${String(found.stage.n)}: ${found.bug.what}`
    return { raft, what, again: ` --bug ${bug}`, clean: nothing }
  }
  const again = `${subject === undefined ? "" : ` --subject ${subject}`}${on === "reference" ? " --on reference" : ""}`
  if (subject?.includes("=") !== true) return { ...(await one(subject ?? "projects", on)), again }
  const named = new Map(subject.split(",").map(parsePair))
  const different = new Map<string, Awaited<ReturnType<typeof one>>>()
  for (const name of new Set(named.values())) different.set(name, await one(name, on))
  const unnamed = different.get("projects") ?? [...different.values()][0]
  if (!unnamed) throw new UsageError(`--subject ${subject}: it names no servers`)
  const of = (id: string): Raft => (different.get(named.get(id) ?? "") ?? unnamed).raft
  return {
    raft: {
      initialNode: (id, voters) => of(id).initialNode(id, voters),
      step: (node, event) => of(node.id).step(node, event),
    },
    what: [...named].map(([id, name]) => `${id}: ${name}`).join(", "),
    again,
    clean: () => {
      for (const { clean } of different.values()) clean()
    },
  }
}

function parsePair(text: string): readonly [id: string, subject: string] {
  const [id = "", name = "", ...rest] = text.split("=")
  if (/^n\d+$/.test(id) && name !== "" && rest.length === 0) return [id, name]
  throw new UsageError(`--subject ${text}: expected SERVER=SUBJECT, as in n1=projects,n2=solutions`)
}

/** The stage up to which a Raft goes. */
const top = parseStage("7")

async function one(name: string, on: Foundation): Promise<Omit<Chosen, "again">> {
  const subject = findSubject(name, top)
  const origin: Origin = { tree: subject.tree, reference: ownedByReference(subject, top, on) }
  const what = name === "solutions" ? "the reference" : name === "projects" ? "your projects 3 to 7" : name
  const onOurs =
    on === "reference" && name !== "solutions" ? ", project 7 on the reference for what comes before" : ""
  return {
    raft: await linkRaft(origin),
    what: what + onOurs,
    clean: () => {
      removeTree(subject)
    },
  }
}

function ownedByReference({ kind }: Subject, stage: Stage, on: Foundation): readonly number[] {
  if (kind === "solutions") return reference.reference
  return on === "reference" ? reference.reference.filter((n) => n < stage.n) : []
}

/** Whose tools to use, of project 8 or 9: the person's own once they pass all checks, unless told otherwise. */
export function chooseTools(
  stage: Stage,
  whose: Foundation | undefined,
  on: Foundation,
): { origin: Origin; what: string } {
  if (whose === "mine" || (whose === undefined && isDone(stage))) {
    const below = on === "reference" ? reference.reference.filter((n) => n < stage.n) : []
    const onOurs = below.length > 0 ? ", on the reference for what comes before" : ""
    return { origin: { tree: root, reference: below }, what: `your project ${String(stage.n)}${onOurs}` }
  }
  const why = whose === undefined ? "; yours with --tools mine, or once it passes all checks" : ""
  return { origin: reference, what: `our project ${String(stage.n)}${why}` }
}

function nothing(): void {
  // there is nothing to remove
}
