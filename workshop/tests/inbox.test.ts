import { afterEach, beforeEach, expect, test, vi } from "vitest"
import type { FullInput } from "../../projects/11-the-rest-of-raft/contract.ts"
import { Inbox } from "../../projects/11-the-rest-of-raft/inbox.ts"

/** The given inbox of project 11: which requests a leader handles together. */

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const asks = (client: string): FullInput<string> => ({ type: "request", client, request: { type: "open" } })
const answer: FullInput<string> = {
  type: "AppendEntriesResponse",
  ...{ from: "n2", to: "n1", term: 1, success: true, matchIndex: 1 },
}
const heartbeat: FullInput<string> = { type: "heartbeatTimeout" }

function inboxWith(...inputs: readonly FullInput<string>[]): Inbox<string> {
  const inbox = new Inbox<string>(() => undefined)
  for (const input of inputs) inbox.put(input)
  return inbox
}

test("whoever has nothing under way handles all that has come, what other servers sent first", () => {
  const inbox = inboxWith(asks("a"), answer, asks("b"))
  expect(inbox.take(false)).toEqual([answer, asks("a"), asks("b")])
  expect(inbox.take(false)).toEqual([])
})

test("while entries are under way, clients wait, and messages do not", () => {
  const inbox = inboxWith(asks("a"), answer)
  expect(inbox.take(true)).toEqual([answer])
  inbox.put(asks("b"))
  expect(inbox.take(true)).toEqual([])
  expect(inbox.take(false)).toEqual([asks("a"), asks("b")])
})

test("nobody waits for longer than to the next heartbeat, whatever is under way", () => {
  const inbox = inboxWith(asks("a"))
  inbox.put(heartbeat)
  expect(inbox.take(true)).toEqual([heartbeat, asks("a")])
  inbox.put(asks("b"))
  expect(inbox.take(true), "what comes after the heartbeat waits again").toEqual([])
})

test("who gives up is heard at once, and not before its own request", () => {
  const gaveUp: FullInput<string> = { type: "giveUp", client: "a" }
  const inbox = inboxWith(asks("a"), gaveUp, answer)
  expect(inbox.take(true)).toEqual([answer, asks("a"), gaveUp])
})

test("those who were answered are waited for, until as many have asked again", () => {
  const inbox = inboxWith()
  inbox.answered(2)
  inbox.put(asks("a"))
  expect(inbox.take(false)).toEqual([])
  inbox.put(asks("b"))
  expect(inbox.take(false)).toEqual([asks("a"), asks("b")])
})

test("... or until a moment has passed: then it tells that there is something", () => {
  const wake = vi.fn()
  const inbox = new Inbox<string>(wake)
  inbox.answered(2)
  inbox.put(asks("a"))
  expect(inbox.take(false)).toEqual([])
  wake.mockClear()
  vi.advanceTimersByTime(5)
  expect(wake).toHaveBeenCalledOnce()
  expect(inbox.take(false)).toEqual([asks("a")])
})

test("at its end it names all who have not been heard", () => {
  const inbox = inboxWith(asks("a"), answer, asks("b"))
  inbox.take(true)
  expect(inbox.close()).toEqual(["a", "b"])
})
