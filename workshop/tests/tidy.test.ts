import { existsSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, test } from "vitest"
import { listed } from "../../tests/08-testing/listed.ts"
import { sourcesIn } from "../files.ts"
import { currentSkeletons, readSkeletons } from "../skeletons.ts"
import { folder, root, stages } from "../stages.ts"

const read = (path: string): string => readFileSync(join(root, path), "utf8")

/** What a file imports, types or not. */
function imports(path: string): readonly string[] {
  return [...read(path).matchAll(/^(?:import|export)\b[^;]*?\bfrom "([^"]+)"|^import "([^"]+)"/gm)].map(
    ([, from, bare]) => from ?? bare ?? "",
  )
}

describe("the tree", () => {
  test("package.json maps all eleven stages, twice", () => {
    const { imports: map } = JSON.parse(read("package.json")) as { imports: Record<string, unknown> }
    for (const { name } of stages) {
      const number = name.slice(0, 2)
      expect(map[`#${name}`]).toEqual({
        [`reference-${number}`]: `./solutions/${name}/index.ts`,
        default: `./projects/${name}/index.ts`,
      })
    }
  })

  test("the recorded skeletons are those in projects/ (npm run skeletons; your own work: npx workshop test)", () => {
    expect(currentSkeletons()).toEqual(readSkeletons())
  })

  test("each stage has all its parts", () => {
    for (const stage of stages) {
      for (const part of [
        "projects/N/contract.ts",
        "projects/N/index.ts",
        "solutions/N/index.ts",
        "tests/N/bugs.ts",
        "tests/N/variants.ts",
      ]) {
        expect(existsSync(join(root, part.replace("N", stage.name)))).toBe(true)
      }
    }
  })
})

describe.each(stages)("stage $n", (stage) => {
  test("imports earlier stages only, and only by #name or as a contract", () => {
    for (const kind of ["projects", "solutions"] as const) {
      for (const path of sourcesIn(folder(kind, stage))) {
        for (const from of imports(path)) {
          const named = /^#(\d\d)-/.exec(from)
          const own = /\/(main|console|terminal|live)\.ts$/.test(path) ? stage.n : stage.n - 1 // a program may import its own project by name
          if (named) expect([path, from, Number(named[1]) <= own]).toEqual([path, from, true])
          if (!from.startsWith(".")) continue
          const target = join(dirname(path), from)
          const allowed =
            target.startsWith(`${folder(kind, stage)}/`) ||
            target === "projects/not-implemented.ts" ||
            /^projects\/\d\d-[a-z-]+\/(contract|terminal|live)\.ts$/.test(target) // consoles share a terminal
          expect([path, from, allowed]).toEqual([path, from, true])
        }
      }
    }
  })

  test("the suite imports no solution, and nothing of it is imported from elsewhere", () => {
    for (const path of sourcesIn(folder("tests", stage))) {
      for (const from of imports(path)) expect([path, from.includes("solutions")]).toEqual([path, false])
    }
  })

  test("every relative import is there", () => {
    for (const kind of ["projects", "solutions", "tests"] as const) {
      for (const path of sourcesIn(folder(kind, stage))) {
        for (const from of imports(path).filter((each) => each.startsWith("."))) {
          expect([path, from, existsSync(join(root, dirname(path), from))]).toEqual([path, from, true])
        }
      }
    }
  })
})

/** What is given to a person is the reference's, but for where the contracts lie. */
const given = [
  "03-planning/kernel.ts",
  "08-testing/random.ts",
  ...["broken", "calm", "check", "client", "options", "pile", "statistics", "store", "trace"].map(
    (name) => `09-simulation/${name}.ts`,
  ),
  ...["console", "listener", "server", "timers"].map((name) => `10-the-system/${name}.ts`),
  ...[
    ...["codec", "configuration", "console", "engine", "folder", "inbox", "machine", "node", "parts"],
    ...["replies", "server", "start", "step", "text", "timers"],
  ].map((name) => `11-the-rest-of-raft/${name}.ts`),
]

test.each(given)("%s is given as the reference has it", (file) => {
  const own = `../../projects/${file.split("/")[0] ?? ""}/`
  const line = (text: string) => text.replace(/,(?=\s*[\])}])/g, "").replace(/\s+/g, " ") // however it is wrapped
  const reference = read(`solutions/${file}`).replaceAll(own, "./").replaceAll("../../projects/", "../")
  expect(line(reference)).toBe(line(read(`projects/${file}`)))
})

test("the students' catalogue is the list that project 8's suite scores", () => {
  const told = [...read("projects/08-testing/CATALOGUE.md").matchAll(/^\| `([a-z0-9-]+)`/gm)].map(
    ([, id]) => id,
  )
  expect(told).toEqual(Object.values(listed).flat())
})
