import { expect, test } from "vitest"
import { parseBench } from "../bench/cluster-options.ts"
import { headOf, median, ratio, rowOf } from "../bench/cluster-table.ts"
import { UsageError } from "../stages.ts"
import { Counter } from "../soak/counter.ts"
import { Epoch } from "../soak/epoch.ts"
import { Ledger } from "../soak/ledger.ts"
import { parseSoak } from "../soak/options.ts"

function counted(...replies: readonly (number | null)[]): Counter {
  const counter = new Counter("n")
  for (const reply of replies) counter.note({ client: "c", invoked: 0, returned: 1, reply })
  return counter
}

test("a counter that adds up: in any order, and what nobody knows may be done or not", () => {
  counted().check(0)
  counted(2, 1, 3).check(3)
  for (const value of [2, 3]) counted(1, null, 2).check(value)
  counted(1, 3, null).check(3)
})

test("a counter tells what was lost, done twice, or answered twice", () => {
  expect(() => {
    counted(1, 2).check(1)
  }).toThrow("some were lost")
  expect(() => {
    counted(1, 2).check(3)
  }).toThrow("some were done twice")
  expect(() => {
    counted(1, 1).check(2)
  }).toThrow("both answered 1")
  expect(() => {
    counted(1, 4, null).check(3)
  }).toThrow("was answered 4")
})

test("a ledger has the last number that was acknowledged, or a later one that was asked for", () => {
  const ledger = new Ledger("l")
  ledger.check(0)
  ledger.note(ledger.next())
  ledger.next()
  for (const value of [1, 2]) ledger.check(value)
  for (const value of [0, 3])
    expect(() => {
      ledger.check(value)
    }).toThrow("a write was lost")
})

test("an epoch is idle when it is over and its last request is", async () => {
  const epoch = new Epoch(1)
  let finish: () => void = () => undefined
  const request = epoch.during(() => new Promise((resolve) => (finish = resolve)))
  let idle = false
  void epoch.idle.then(() => (idle = true))
  epoch.end()
  await new Promise(setImmediate)
  expect(idle).toBe(false)
  finish()
  await request
  await epoch.idle
})

test("an epoch whose history has no order is told with it", () => {
  const epoch = new Epoch(1)
  const [key = ""] = epoch.keys
  epoch.note({ client: "c1", key, type: "write", invoked: 0, returned: 1, value: "x" })
  epoch.note({ client: "c2", key, type: "read", invoked: 2, returned: 3, result: null })
  expect(() => {
    epoch.check(0)
  }).toThrow("not linearizable")
})

test("the bench's ratio is that of rounds, and its median the table's", () => {
  const run = (rate: number) => ({ rate, p50: 1, p99: 2, refused: 0, busy: 0.5 })
  const cell = {
    clients: 16,
    operation: "write" as const,
    ours: [100, 40, 90].map(run),
    etcd: [50, 40, 30].map(run),
  }
  expect(ratio(cell)).toBe(2)
  expect(median([3, 1])).toBe(2)
  expect(rowOf(cell, true)).toMatch(/16 +writes +90 .* 40 .* 2\.00x/)
  expect(rowOf(cell, true).length).toBe(headOf(true).length)
  expect(headOf(false)).not.toContain("etcd")
})

test("options of both are checked", () => {
  expect(parseBench(["--clients", "1,9", "--without-etcd"])).toMatchObject({ clients: [1, 9], etcd: false })
  expect(parseBench(["--help"])).toBe(null)
  expect(parseSoak(["--minutes", "2", "--seed", "5"])).toMatchObject({ minutes: 2, seed: 5, servers: 3 })
  for (const args of [["--clients", "1,x"], ["--seconds", "0"], ["--project", "9"], ["--what"], ["extra"]])
    expect(() => parseBench(args)).toThrow(UsageError)
  for (const args of [
    ["--servers", "4"],
    ["--minutes", ""],
    ["--seed", "-1"],
  ])
    expect(() => parseSoak(args)).toThrow(UsageError)
})
