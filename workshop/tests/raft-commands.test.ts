import { createHash } from "node:crypto"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { Clone } from "./clone.ts"

let clone: Clone
beforeAll(() => {
  clone = new Clone()
})
afterAll(() => {
  clone.remove()
})

/** The command that a failure prints to be seen again. */
function again(out: string): readonly string[] {
  const command = /The same again: npx workshop (.*)/.exec(out)?.[1]
  if (command === undefined) throw new Error(`no command in ${out}`)
  return command.split(" ")
}

test("one command finds Figure 8, shrinks it and tells it; the command it prints does the same", async () => {
  const first = await clone.workshop("search", "--bug", "commit-old-term")
  expect(first.code).toBe(1)
  expect(first.out).toContain("Leader Completeness: broken after")
  expect(first.out).toMatch(/Shrunk from \d+ actions to [12]\d /)
  expect(first.out).toMatch(/n\d {2}\| {2}\[1\] {3}\w+, term \d/)
  const second = await clone.workshop(...again(first.out))
  const story = (out: string) => out.slice(out.indexOf("Leader Completeness"))
  expect(story(second.out)).toBe(story(first.out))
  expect(second.out).toMatch(/Found in 1 schedule /)
})

test("the reference holds out; what never happened is told", async () => {
  const random = await clone.workshop("search", "--subject", "solutions", "--schedules", "50")
  expect([random.code, random.out]).toEqual([0, expect.stringContaining("no violation")])
  const short = await clone.workshop("search", "--subject", "solutions", "--schedules", "1", "--actions", "3")
  expect(short.out).toContain("never happened")
})

test("exhaust proves within bounds, and finds the nearest violation", async () => {
  const bounds = ["--servers", "2", "--terms", "1", "--messages", "2"]
  const proof = await clone.workshop("exhaust", "--subject", "solutions", ...bounds)
  expect([proof.code, proof.out]).toEqual([0, expect.stringContaining("These are all within the bounds")])
  const rounds = await clone.workshop("exhaust", "--rounds", "--terms", "4", "--bug", "commit-old-term")
  expect([rounds.code, rounds.out]).toEqual([1, expect.stringContaining("the nearest violation there is")])
})

test("a skeleton is no violation of Raft: what is missing is told, and how to go on", async () => {
  for (const command of ["search", "simulate"]) {
    const empty = await clone.workshop(command)
    expect([empty.code, empty.err]).toEqual([
      2,
      expect.stringMatching(/ is not written yet: .*project 3, .*: --subject solutions or --on reference$/m),
    ])
    const upper = await clone.workshop(command, "--on", "reference")
    expect([upper.code, upper.err]).toEqual([
      2,
      expect.stringMatching(/^workshop: `.* is not written yet: .*project 7, .*: --subject solutions$/m),
    ])
    expect(upper.out).not.toContain("Found")
    const tools = await clone.workshop(command, "--subject", "solutions", "--tools", "mine")
    expect([tools.code, tools.err]).toEqual([
      2,
      expect.stringMatching(/ is not written yet: .*project [89], .*: --tools reference$/m),
    ])
  }
})

test("a mixed cluster: some servers run mine, some the reference", async () => {
  clone.solve("07-leader-election")
  const path = "projects/07-leader-election/index.ts"
  const correct = clone.read(path)
  const mixed = ["--subject", "n1=projects,n2=solutions", "--on", "reference"]
  const good = await clone.workshop("search", ...mixed, "--schedules", "50")
  expect(good.code).toBe(0)
  clone.write(path, correct.replace("node.votedFor === null || node.votedFor === request.from", "true"))
  const bad = await clone.workshop("search", ...mixed)
  expect([bad.code, bad.out]).toEqual([1, expect.stringContaining("Election Safety: broken")])
  const same = await clone.workshop(...again(bad.out))
  expect(same.code).toBe(1)
  const simulated = await clone.workshop(
    "simulate",
    ...mixed,
    "--faults",
    "many",
    "--until-failure",
    "--seeds",
    "300",
  )
  expect(simulated.code).toBe(1)
  clone.write(path, correct)
})

test("a simulation: a timeline, and a hash that sha256sum tells of its trace; the same in another process", async () => {
  const args = [
    "simulate",
    "--subject",
    "solutions",
    "--seed",
    "5",
    "--trace",
    join(clone.path, "trace.jsonl"),
  ]
  const { code, out } = await clone.workshop(...args)
  expect([code, out]).toEqual([0, expect.stringMatching(/leads term 1[^]*Safe, live and linearizable/)])
  const hash = createHash("sha256").update(clone.read("trace.jsonl")).digest("hex")
  expect(out).toContain(hash)
  const second = await clone.workshop(...args)
  expect(second.out).toContain(hash)
})

test("until failure: walks seeds, stops at the first that fails, and tells the command that replays it", async () => {
  const bad = await clone.workshop("simulate", "--bug", "vote-twice", "--faults", "many", "--until-failure")
  expect(bad.code).toBe(1)
  const replayed = await clone.workshop(...again(bad.out))
  const verdict = (out: string) => out.slice(out.indexOf("✘"), out.indexOf("The same again"))
  expect([replayed.code, verdict(replayed.out)]).toEqual([1, verdict(bad.out)])
  const good = await clone.workshop("simulate", "--subject", "solutions", "--until-failure", "--seeds", "3")
  expect([good.code, good.out]).toEqual([0, expect.stringContaining("3 simulations")])
})

test("wrong usage is told in a line", async () => {
  for (const args of [
    ["search", "--bug", "nonsense"],
    ["search", "--bug", "commit-max", "--subject", "projects"],
    ["search", "--servers", "none"],
    ["search", "--subject", "n1=projects,2=x"],
    ["exhaust", "--terms", "-1"],
    ["simulate", "--faults", "earthquake=3"],
    ["simulate", "--faults", "loss=2"],
    ["simulate", "--trace", "/no/such/folder/file", "--subject", "solutions"],
    ["simulate", "--seconds", "0"],
  ]) {
    const { code, err } = await clone.workshop(...args)
    expect([args, code, err]).toEqual([args, 2, expect.stringMatching(/^workshop: .*\n$/)])
  }
})

test("a cluster: it is started, watched, killed and healed by what is typed", async () => {
  const port = String(12_000 + Math.floor(Math.random() * 10_000))
  const child = clone.start("cluster", "--subject", "solutions", "--fresh", "--port", port)
  let out = ""
  child.stdout?.on("data", (data: Buffer) => (out += data.toString()))
  const told = (what: RegExp) => expect.poll(() => out, { timeout: 30_000, interval: 50 }).toMatch(what)
  await told(/n\d +\d+ +running +leader/)
  child.stdin?.write("kill leader\n")
  await told(/n\d +\d+ +killed/)
  out = ""
  child.stdin?.write("dance\nheal\n")
  await told(/there is no command dance/)
  await told(/(n\d +\d+ +running +(leader|follower) .*\n?){3}/)
  const ended = new Promise((resolve) => child.on("close", resolve))
  child.stdin?.write("quit\n")
  expect(await ended).toBe(0)
})
