import { awaiting, check, group, refuses, rejects, same, turn } from "#suite"
import { project } from "./project.ts"

/** Whether a promise is settled by now, after everything that is due at once has run. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false
  promise.then(
    () => (done = true),
    () => (done = true),
  )
  await turn()
  return done
}

group("1b", "A queue that waits", () => {
  check("1b.1", [12], "what is pushed first is shifted first", async () => {
    const queue = new project.AsyncQueue<string>()
    for (const item of ["a", "b", "c"]) queue.push(item)
    same(queue.size, 3, "size after three pushes")
    same(
      [await queue.shift(), await queue.shift(), await queue.shift()],
      ["a", "b", "c"],
      "push a, b, c; shift three times",
    )
    same(queue.size, 0, "size after three shifts")
  })

  check("1b.2", [13], "shift waits for an item", async () => {
    const queue = new project.AsyncQueue<number>()
    const item = queue.shift()
    same(await settled(item), false, "shift on an empty queue, nothing pushed yet: is it settled?")
    same(queue.size, 0, "size while somebody waits")
    queue.push(7)
    same(await item, 7, "shift on an empty queue, then push 7")
    same(queue.size, 0, "size afterwards: the item went to the one who waited")
  })

  check("1b.3", [14], "who waits longest gets the next item", async () => {
    const queue = new project.AsyncQueue<number>()
    const waiting = [queue.shift(), queue.shift(), queue.shift()]
    for (const item of [1, 2, 3]) queue.push(item)
    same(await Promise.all(waiting), [1, 2, 3], "three shifts, then push 1, 2, 3: what each of them gets")
  })

  check("1b.4", [12, 13], "any value is an item: undefined, null, 0, false", async () => {
    const queue = new project.AsyncQueue<unknown>()
    const items = [undefined, null, 0, false, ""]
    for (const item of items) queue.push(item)
    same(queue.size, 5, "size after pushing undefined, null, 0, false and the empty string")
    const got = []
    for (let i = 0; i < 5; i++) got.push(await queue.shift())
    same(got, items, "five shifts")
  })

  check(
    "1b.5",
    [12, 15],
    "a thousand items through ten takers: each item once, and no taker gets them out of order",
    async () => {
      const queue = new project.AsyncQueue<number>()
      const take = async () => {
        const got: number[] = []
        for (let i = 0; i < 100; i++) got.push(await queue.shift())
        return got
      }
      const takers = Array.from({ length: 10 }, take)
      for (let i = 0; i < 1000; i++) {
        queue.push(i)
        if (i % 7 === 0) await Promise.resolve()
      }
      const got = await Promise.all(takers)
      const rising = (items: readonly number[]) => items.toSorted((a, b) => a - b)
      for (const items of got)
        same(items, rising(items), "ten takers of a hundred each: what one of them got")
      same(
        rising(got.flat()),
        Array.from({ length: 1000 }, (_, i) => i),
        "ten takers of a hundred each: all they got",
      )
    },
  )

  check("1b.6", [16], "after close, what is there can still be taken", async () => {
    const queue = new project.AsyncQueue<string>()
    queue.push("a")
    queue.push("b")
    queue.close()
    same([await queue.shift(), await queue.shift()], ["a", "b"], "push a, b; close; shift twice")
    await rejects(queue.shift(), "QueueClosed", [], "push a, b; close; shift a third time")
  })

  check("1b.7", [16], "close sends those home who wait", async () => {
    const queue = new project.AsyncQueue<string>()
    const waiting = [queue.shift(), queue.shift()]
    const refused = waiting.map((each) =>
      rejects(each, "QueueClosed", [], "two shifts on an empty queue, then close"),
    )
    queue.close()
    await Promise.all(refused)
  })

  check("1b.8", [16], "push after close throws; closing twice is fine", () => {
    const queue = new project.AsyncQueue<string>()
    queue.close()
    queue.close()
    refuses(
      () => {
        queue.push("late")
      },
      "QueueClosed",
      [],
      "push after close",
    )
  })

  check("1b.9", [17], "for await takes every item and ends when the queue is closed and empty", async () => {
    const queue = new project.AsyncQueue<number>()
    const got: number[] = []
    queue.push(1)
    const loop = (async () => {
      for await (const item of queue) got.push(item)
    })()
    queue.push(2)
    await turn()
    queue.push(3)
    queue.close()
    await loop
    same(got, [1, 2, 3], "push 1, loop, push 2, later push 3, close")
  })

  check("1b.10", [15, 17], "two loops share the items: each goes to one of them", async () => {
    const queue = new project.AsyncQueue<number>()
    const got: number[] = []
    const loop = async () => {
      for await (const item of queue) got.push(item)
    }
    const loops = [loop(), loop()]
    for (let i = 0; i < 20; i++) queue.push(i)
    queue.close()
    await Promise.all(loops)
    same(
      got.toSorted((a, b) => a - b),
      Array.from({ length: 20 }, (_, i) => i),
      "two loops over one queue, 20 items",
    )
  })

  check("1b.11", [17], "leaving a loop loses nothing and closes nothing", async () => {
    const queue = new project.AsyncQueue<number>()
    for (const item of [1, 2, 3]) queue.push(item)
    for await (const item of queue) {
      same(item, 1, "the first round of a loop over 1, 2, 3")
      break
    }
    same(queue.size, 2, "size after `break` in the first round")
    queue.push(4)
    same(
      [await queue.shift(), await queue.shift(), await queue.shift()],
      [2, 3, 4],
      "what comes after `break`, push 4",
    )
  })

  check("1b.12", [16, 17], "a loop that waits ends when the queue is closed", async () => {
    const queue = new project.AsyncQueue<number>()
    const got: number[] = []
    const loop = (async () => {
      for await (const item of queue) got.push(item)
    })()
    await turn()
    queue.close()
    await awaiting("a loop over an empty queue to end, after close", loop)
    same(got, [], "a loop over an empty queue, then close: the items")
  })
})
