import fc from "fast-check"
import { check, forAll, group, holds, refuses, same, show } from "#suite"
import type { VirtualClock } from "../../projects/09-simulation/contract.ts"
import { clockOf, project } from "./project.ts"

/** What was called, and when. */
type Called = (readonly [name: string | number, now: number])[]

/** A whole order of 0 to n - 1 that is none: always the same. */
function mixed(n: number): readonly number[] {
  const all = Array.from({ length: n }, (_, i) => i)
  let luck = 12_345
  for (let i = n - 1; i > 0; i--) {
    luck = (Math.imul(luck, 1_103_515_245) + 12_345) & 0x7fffffff
    const j = (luck >>> 8) % (i + 1)
    ;[all[i], all[j]] = [all[j] ?? 0, all[i] ?? 0]
  }
  return all
}

group("9b", "Time", () => {
  check("9b.1", [8, 9], "it is 0 at first; callbacks come in the order of their times", () => {
    const clock = clockOf()
    same(clock.now, 0, "a new clock: now")
    const called: Called = []
    for (const time of [5, 1, 3, 0, 4, 2]) clock.at(time, () => called.push([time, clock.now]))
    same(called, [], "six callbacks asked for, before `run`: called")
    clock.run(10)
    const expected = [0, 1, 2, 3, 4, 5].map((time) => [time, time])
    same(called, expected, "callbacks asked for 5, 1, 3, 0, 4, 2, then run(10): called, and when")
  })

  check("9b.2", [8], "of those for the same time, the one that was asked for first comes first", () => {
    const clock = clockOf()
    const called: number[] = []
    for (let i = 0; i < 20; i++) clock.at(7, () => called.push(i))
    clock.run(7)
    same(
      called,
      Array.from({ length: 20 }, (_, i) => i),
      "twenty callbacks for 7 ms, numbered as asked for",
    )
    forAll(fc.array(fc.nat({ max: 6 }), { maxLength: 40 }), (times) => {
      const [clock, called]: [VirtualClock, string[]] = [clockOf(), []]
      times.forEach((time, i) => clock.at(time, () => called.push(`${String(time)} ms: number ${String(i)}`)))
      clock.run(6)
      const order = times.map((time, i) => ({ time, i })).sort((a, b) => a.time - b.time || a.i - b.i)
      const expected = order.map(({ time, i }) => `${String(time)} ms: number ${String(i)}`)
      same(called, expected, `asked for, numbered from 0: ${times.join(", ")}`)
    })
  })

  check("9b.3", [8], "what callbacks ask for takes its place, also when it is for the present time", () => {
    const clock = clockOf()
    const called: string[] = []
    clock.at(5, () => {
      called.push("first")
      clock.at(5, () => {
        called.push("asked for by first, for 5")
        clock.at(5, () => called.push("asked for by that one, for 5"))
      })
      clock.at(8, () => called.push("asked for by first, for 8"))
      clock.at(6, () => called.push("asked for by first, for 6"))
    })
    clock.at(5, () => called.push("second"))
    clock.at(8, () => called.push("third"))
    clock.run(10)
    const expected = ["first", "second", "asked for by first, for 5", "asked for by that one, for 5"]
    const later = ["asked for by first, for 6", "third", "asked for by first, for 8"]
    same(
      called,
      [...expected, ...later],
      "first and second at 5, third at 8; first asks for more: in which order they are called",
    )
  })

  check(
    "9b.4",
    [8, 11],
    "whatever is asked for and cancelled, and when: all that is due comes in order",
    () => {
      const asks = fc.array(fc.nat({ max: 3 }), { maxLength: 3 })
      const step = fc.record({ at: fc.nat({ max: 5 }), asks, cancels: fc.option(fc.nat({ max: 25 })) })
      forAll(
        fc.array(step, { maxLength: 12 }),
        (steps) => {
          same(
            play(clockOf(), steps),
            play(plainClock(), steps),
            "callbacks, numbered as asked for: called, and when",
          )
        },
        (steps) => `callbacks that ask for others, so much later, and cancel one: ${show(steps)}`,
      )
    },
  )

  check("9b.5", [9], "within a callback, the time is the one that it was asked for, exactly", () => {
    const clock = clockOf()
    const called: Called = []
    for (const time of [0.1 + 0.2, 1 / 3, 1e-9, 1e6 + 1 / 7])
      clock.at(time, () => called.push([time, clock.now]))
    clock.at(2.5, () => clock.at(clock.now + 0.1, () => called.push([2.6, clock.now])))
    clock.run(2e6)
    const expected = [1e-9, 0.1 + 0.2, 1 / 3, 2.6, 1e6 + 1 / 7].map((time) => [time, time])
    same(called, expected, "callbacks for fractions of a millisecond: asked for, and `now`")
  })

  check("9b.6", [10], "`run` calls all that are due, that very time included, and no more", () => {
    const clock = clockOf()
    const called: Called = []
    for (const time of [1, 10, 10.5, 20]) clock.at(time, () => called.push([time, clock.now]))
    clock.run(10)
    same(
      called,
      [
        [1, 1],
        [10, 10],
      ],
      "callbacks for 1, 10, 10.5 and 20, run(10): called, and when",
    )
    same(clock.now, 10, "after run(10): now")
    clock.run(15)
    same(called.slice(2), [[10.5, 10.5]], "then run(15): called, and when")
    same(clock.now, 15, "after run(15), with the last callback at 10.5: now")
    clock.at(15, () => called.push(["present", clock.now]))
    clock.run(15)
    same(called.slice(3), [["present", 15]], "then one more for 15, and run(15) again: called, and when")
    clock.run(30)
    same(called.slice(4), [[20, 20]], "then run(30): called, and when")
  })

  check("9b.7", [10], "afterwards it is `until`, also when nothing happened", () => {
    const clock = clockOf()
    clock.run(0)
    same(clock.now, 0, "run(0): now")
    clock.run(12.5)
    same(clock.now, 12.5, "run(12.5), nothing was asked for: now")
    const cancel = clock.at(20, () => undefined)
    cancel()
    clock.run(30)
    same(clock.now, 30, "run(30), one callback was cancelled: now")
    const called: Called = []
    clock.at(35, () => clock.at(38, () => clock.at(41, () => called.push(["late", clock.now]))))
    clock.run(40)
    same(
      [clock.now, ...called],
      [40],
      "run(40), a callback at 38 asks for 41: now, and what was called at 41",
    )
    clock.run(50)
    same(called, [["late", 41]], "run(50): called, and when")
  })

  check("9b.8", [10], "what a callback throws comes out of `run`; what is left is still due", () => {
    const clock = project.createClock()
    const called: Called = []
    const error = new Error("thrown by a callback")
    clock.at(3, () => called.push([3, clock.now]))
    clock.at(5, () => {
      called.push(["throws", clock.now])
      if (called.length === 2) throw error
    })
    clock.at(5, () => called.push(["same time", clock.now]))
    clock.at(9, () => called.push([9, clock.now]))
    let thrown: unknown = "nothing"
    try {
      clock.run(20)
    } catch (caught) {
      thrown = caught
    }
    const scenario = "callbacks for 3, 5 (which throws), 5 and 9, run(20)"
    holds(thrown === error, `${scenario}: what comes out of it`, "the error that was thrown", show(thrown))
    same(
      called,
      [
        [3, 3],
        ["throws", 5],
      ],
      `${scenario}: called, and when`,
    )
    same(clock.now, 5, `${scenario}: now, afterwards`)
    clock.at(7, () => called.push([7, clock.now]))
    clock.run(20)
    same(
      called.slice(2),
      [
        ["same time", 5],
        [7, 7],
        [9, 9],
      ],
      `${scenario}, then one more for 7 and run(20) again: called then, and when`,
    )
    same(clock.now, 20, `${scenario}, and again: now`)
  })

  check("9b.9", [11], "what is cancelled is not called", () => {
    const clock = clockOf()
    const called: Called = []
    const cancels = [1, 2, 2, 3, 4].map((time, i) => clock.at(time, () => called.push([i, clock.now])))
    cancels[1]?.()
    cancels[3]?.()
    clock.run(10)
    same(
      called,
      [
        [0, 1],
        [2, 2],
        [4, 4],
      ],
      "numbers 0 to 4 for 1, 2, 2, 3, 4; 1 and 3 are cancelled: called, and when",
    )
  })

  check("9b.10", [11], "also by a callback, for the same time or later", () => {
    const clock = clockOf()
    const called: string[] = []
    const cancels: (() => void)[] = []
    clock.at(5, () => {
      called.push("first")
      for (const cancel of cancels) cancel()
    })
    cancels.push(clock.at(5, () => called.push("same time, cancelled")))
    clock.at(5, () => called.push("same time"))
    cancels.push(clock.at(6, () => called.push("later, cancelled")))
    clock.at(6, () => called.push("later"))
    clock.run(10)
    same(
      called,
      ["first", "same time", "later"],
      "the first callback at 5 cancels one at 5 and one at 6: called",
    )
  })

  check("9b.11", [11], "cancelling twice, or too late, does nothing", () => {
    const clock = clockOf()
    const called: string[] = []
    const cancel = clock.at(5, () => called.push("one"))
    clock.at(5, () => called.push("two"))
    clock.at(7, () => called.push("three"))
    const own = clock.at(6, () => {
      called.push("cancels itself")
      own()
      own()
    })
    clock.run(5)
    cancel()
    cancel()
    clock.at(6, () => called.push("four"))
    cancel()
    clock.run(6)
    const twice = clock.at(8, () => called.push("cancelled"))
    twice()
    clock.at(8, () => called.push("five"))
    twice()
    clock.run(10)
    same(
      called,
      ["one", "two", "cancels itself", "four", "three", "five"],
      "callbacks that are cancelled when they were called, and twice: called",
    )
  })

  check("9b.12", [12], "the past is refused, and so is what is no number; nothing has changed", () => {
    const clock = clockOf()
    const called: Called = []
    refuses(
      () => clock.at(-1, () => called.push(["wrong", clock.now])),
      "RangeError",
      [],
      "a new clock: at(-1)",
    )
    clock.at(15, () => called.push([15, clock.now]))
    clock.at(20, () => called.push([20, clock.now]))
    clock.run(10)
    for (const time of [9, 9.999, -1, Number.NaN, Number.NEGATIVE_INFINITY]) {
      const wrong = () => called.push(["wrong", clock.now])
      refuses(() => clock.at(time, wrong), "RangeError", [], `at 10 ms: at(${String(time)})`)
      refuses(
        () => {
          clock.run(time)
        },
        "RangeError",
        [],
        `at 10 ms: run(${String(time)})`,
      )
      same(clock.now, 10, `at 10 ms, after at(${String(time)}) and run(${String(time)}) were refused: now`)
    }
    clock.at(16, () =>
      refuses(
        () => clock.at(15.5, () => called.push(["wrong", clock.now])),
        "RangeError",
        [],
        "in a callback at 16 ms: at(15.5)",
      ),
    )
    clock.run(30)
    same(
      called,
      [
        [15, 15],
        [20, 20],
      ],
      "callbacks for 15 and 20, and some that were refused: called, and when",
    )
  })

  check("9b.13", [13], "a hundred thousand callbacks are no problem", () => {
    const n = 100_000
    for (const [told, order] of [
      ["in any order", mixed(n)],
      ["the last one first", mixed(n).map((_, i) => n - 1 - i)],
    ] as const) {
      const clock = clockOf()
      let [last, calls, wrong] = [-1, 0, 0]
      for (const time of order) {
        clock.at(time, () => {
          calls++
          if (time < last) wrong++
          last = time
        })
      }
      clock.run(n)
      same(
        { calls, wrong },
        { calls: n, wrong: 0 },
        `100,000 callbacks, asked for ${told}: calls, and how many out of order`,
      )
    }
  })

  check("9b.14", [13], "also when half of them are cancelled, or each asks for the next one", () => {
    const n = 100_000
    const clock = project.createClock()
    let [calls, wrong] = [0, 0]
    const cancels = mixed(n).map((time) =>
      clock.at(time, () => {
        calls++
        if (time !== clock.now) wrong++
      }),
    )
    cancels.forEach((cancel, i) => {
      if (i % 2 === 0) cancel()
    })
    clock.run(n)
    same(
      { calls, wrong },
      { calls: n / 2, wrong: 0 },
      "100,000 callbacks, every other one cancelled: calls, and how many at a wrong time",
    )
    let left = n
    const next = (): void => {
      if (--left > 0) clock.at(clock.now, next)
    }
    clock.at(clock.now, next)
    clock.run(n)
    same(left, 0, "a callback asks for the next one, for the same time, 100,000 times: how many are left")
  })
})

interface Step {
  readonly at: number
  readonly asks: readonly number[]
  readonly cancels: number | null
}

/** Does what the steps say with a clock, and tells what was called. */
function play(clock: VirtualClock, steps: readonly Step[]): readonly string[] {
  const called: string[] = []
  const cancels: (() => void)[] = []
  const ask = (time: number, step: Step | undefined): void => {
    const id = cancels.length
    const callback = (): void => {
      called.push(`${String(id)} at ${String(clock.now)}`)
      for (const delay of step?.asks ?? []) ask(clock.now + delay, undefined)
      const victim = step?.cancels ?? null
      if (victim !== null) cancels[victim]?.()
    }
    cancels.push(clock.at(time, callback))
  }
  for (const step of steps) ask(step.at, step)
  clock.run(4)
  clock.run(20)
  return called
}

/** The plainest clock there is: of all that wait, the first one is looked for each time. */
function plainClock(): VirtualClock {
  let now = 0
  let waiting: readonly { readonly time: number; readonly callback: () => void }[] = []
  return {
    get now() {
      return now
    },
    at: (time, callback) => {
      const own = { time, callback }
      waiting = [...waiting, own]
      return () => {
        waiting = waiting.filter((each) => each !== own)
      }
    },
    run: (until) => {
      for (;;) {
        const [next] = waiting.filter(({ time }) => time <= until).sort((a, b) => a.time - b.time)
        if (!next) break
        waiting = waiting.filter((each) => each !== next)
        now = next.time
        next.callback()
      }
      now = until
    },
  }
}
