import { join } from "node:path"
import { root } from "../stages.ts"

/**
 * What a submission might try in order to get points that it has not earned. Each stands in front of a project 4 whose
 * `lastTerm` is wrong, unless `won` is true. So an attack that gets what it is after gains points, and is seen.
 */
export interface Attack {
  readonly name: string
  readonly code: string
  /** What the project's `lastTerm` does before anything else. */
  readonly inside?: string
  /** Whether it harms the submission itself: then it may have fewer points than without it. */
  readonly harmful?: true
}

const solution = join(root, "solutions/04-the-log/index.ts")
const suite = join(root, "tests/04-the-log/a-reading.test.ts")

/** Sets `won` when one of these expressions gives anything at all. */
const tries = (...expressions: readonly string[]): string =>
  expressions.map((each) => `try { if ((${each}) !== undefined) won = true } catch {}`).join("\n")

const fakes = ["4a.1", "4b.1", "4c.1"].map((id) => ({
  decided: { id, title: "", group: "", rules: [1], points: 1 },
}))

export const attacks: readonly Attack[] = [
  {
    name: "ends the process with success while it is loaded",
    code: "process.exitCode = 0; process.exit(0)",
    harmful: true,
  },
  { name: "ends the process with success in a call", code: "", inside: "process.exit(0)", harmful: true },
  {
    name: "ends the process past the function that was replaced",
    code: "",
    inside: "process.reallyExit(0); process.abort()",
    harmful: true,
  },
  {
    name: "says that everything is equal",
    code: `
      import { createRequire, syncBuiltinESMExports } from "node:module"
      const require = createRequire(import.meta.url)
      const util = require("node:util"), assert = require("node:assert")
      util.isDeepStrictEqual = () => true
      assert.deepStrictEqual = assert.deepEqual = assert.strictEqual = assert.ok = () => undefined
      syncBuiltinESMExports()
      Array.prototype.every = () => true
      Array.prototype.find = Array.prototype.filter = () => undefined`,
    harmful: true,
  },
  {
    name: "patches the test library and what the suite keeps in globals",
    code: `
      for (const name of ["expect", "test", "it", "describe", "vi"]) globalThis[name] = () => ({ toBe() {}, toEqual() {} })
      globalThis.workshopBody = () => undefined
      globalThis.workshopTurn = async () => undefined
      globalThis.workshopWatchdog = {}
      const names = ["vitest", "#suite", "../../../workshop/suite/index.ts"]
      for (const name of names) { ${tries("await import(name)")} }`,
  },
  {
    name: "prints what a run that passes prints, and sends it to every pipe there is",
    code: `
      import { writeSync } from "node:fs"
      const lines = ${JSON.stringify([...fakes, { over: true }].map((fake) => JSON.stringify(fake)))}
      for (const line of lines) {
        console.log("✔ 4a.1", line)
        for (const to of [1, 2, 6, 7, 8, 9, 10]) try { writeSync(to, line + "\\n") } catch {}
        ${tries("process.send(JSON.parse(line))")}
      }`,
  },
  {
    name: "speaks to the judge itself: answers, and asks for the constructor of what it was given",
    code: `
      import { writeSync } from "node:fs"
      const say = (message) => {
        const text = Buffer.from(JSON.stringify(message)), size = Buffer.alloc(4)
        size.writeUInt32BE(text.length)
        writeSync(5, Buffer.concat([size, text]))
      }
      const parcel = (wire) => ({ first: 0, wire })
      for (let id = 0; id < 20; id++) {
        say({ type: "ask", n: 1000 + id, under: 0, request: { do: "get", id, name: "constructor" } })
        say({ type: "ask", n: 2000 + id, under: 0, request: { do: "method", id, name: "constructor", args: parcel(["process.exit(0)"]) } })
        say({ type: "ask", n: 3000 + id, under: 0, request: { do: "construct", id, args: parcel([]) } })
        say({ type: "ask", n: 4000 + id, under: 0, request: { do: "set", id, name: "__proto__", value: parcel({}) } })
        say({ type: "answer", n: id, threw: false, value: parcel(true) })
      }`,
    harmful: true,
  },
  {
    name: "sends what is no message",
    code: "",
    inside: `require$.writeSync(5, Buffer.from("ffffffff00000000", "hex"))`,
    harmful: true,
  },
  {
    name: "reads the solution, the suite, other people's files",
    code: `
      import * as fs from "node:fs"
      ${tries(
        `fs.readFileSync(${JSON.stringify(solution)})`,
        `fs.readFileSync(${JSON.stringify(suite)})`,
        `fs.readdirSync(${JSON.stringify(root)})`,
        `fs.readdirSync("/tmp")`,
        `fs.readFileSync("/etc/passwd")`,
        `fs.readFileSync("/proc/self/environ")`,
        `fs.openSync("/proc/" + process.ppid + "/mem")`,
        `await fs.promises.readFile(${JSON.stringify(solution)})`,
      )}`,
  },
  {
    name: "imports the solution as it runs",
    code: `
      const hidden = ${JSON.stringify(solution)}
      ${tries("await import(hidden)", `await import("file://" + hidden)`, "await import(hidden + '?1')")}`,
  },
  {
    name: "links to the solution from the folder in which it may write",
    code: `
      import * as fs from "node:fs"
      const link = process.env.TMPDIR + "/link"
      try { fs.symlinkSync(${JSON.stringify(solution)}, link) } catch {}
      ${tries("fs.readFileSync(link)", "fs.linkSync(" + JSON.stringify(solution) + ", link + 2) ?? fs.readFileSync(link + 2)")}`,
  },
  {
    name: "writes where results are",
    code: `
      import * as fs from "node:fs"
      ${tries(
        `fs.writeFileSync(${JSON.stringify(join(root, "grades/students/me/result.json"))}, "{}") ?? 1`,
        `fs.mkdirSync(${JSON.stringify(join(root, "grades"))}) ?? 1`,
        `fs.writeFileSync("/tmp/written-by-a-submission", "") ?? 1`,
        `fs.appendFileSync(${JSON.stringify(suite)}, "") ?? 1`,
        `fs.rmSync(${JSON.stringify(join(root, ".workshop/nothing"))}) ?? 1`,
      )}`,
  },
  {
    name: "starts processes and threads that live on",
    code: `
      import * as children from "node:child_process"
      import { Worker } from "node:worker_threads"
      import cluster from "node:cluster"
      ${tries(
        `children.spawnSync("true").status ?? undefined`,
        `children.execSync("true")`,
        `children.spawn("sleep", ["60"], { detached: true }).pid`,
        `children.fork("x.js").pid`,
        `new Worker("setInterval(() => {}, 1000)", { eval: true }).threadId`,
        "cluster.fork()",
      )}`,
  },
  {
    name: "kills the judge, and everybody",
    code: tries(
      "process.kill(process.ppid, 'SIGKILL')",
      "process.kill(-1, 'SIGKILL')",
      "process._kill(process.ppid, 9)",
      "Reflect.get(process, 'kill').call(process, process.ppid, 9)",
      "process.binding('process_wrap')",
      "process._debugProcess(process.ppid) ?? 1",
    ),
  },
  {
    name: "loads an add-on, WASI, the inspector",
    code: `
      import { createRequire } from "node:module"
      import * as inspector from "node:inspector"
      ${tries(
        `process.dlopen({ exports: {} }, "/usr/lib/x.node") ?? 1`,
        `createRequire(import.meta.url)("/usr/lib/x.node")`,
        `new inspector.Session().connectToMainThread() ?? 1`,
      )}`,
  },
  { name: "never comes back, in a call", code: "", inside: "for (;;) {}", harmful: true },
  { name: "never comes back, while it is loaded", code: "for (;;) {}", harmful: true },
  { name: "waits for ever, while it is loaded", code: "await new Promise(() => undefined)", harmful: true },
  {
    name: "fills the heap",
    code: "",
    inside: "const all = []; for (;;) all.push(new Array(1e6).fill(all))",
    harmful: true,
  },
  {
    name: "fills memory outside the heap",
    code: "",
    inside: "const all = []; for (;;) all.push(Buffer.alloc(64 * 2 ** 20, 1))",
    harmful: true,
  },
  {
    name: "answers with what is never twice the same, and what has no end",
    code: `
      const sly = new Proxy({}, { get: (_, key) => (key === "then" ? undefined : sly), ownKeys: () => [], has: () => true })
      const round = {}
      round.round = round
      const answers = [sly, round, { valueOf: () => 1, toJSON: () => 1 }, "x".repeat(1e7), () => 1, Symbol("x")]`,
    inside: "return answers[Math.floor(Math.random() * answers.length)]",
    harmful: true,
  },
  {
    name: "throws what looks like the suite's own",
    code: `
      class CheckFailure extends Error {
        name = "CheckFailure"
        failure = { kind: "none", summary: "<script>alert(1)</script>\\u0000]]>=cmd|'/c calc'!A0" }
      }`,
    inside: "throw new CheckFailure('<script>alert(1)</script>')",
    harmful: true,
  },
]
