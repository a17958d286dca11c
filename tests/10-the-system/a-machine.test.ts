import { check, group, holds, same, show } from "#suite"
import type { Json } from "../../projects/03-planning/contract.ts"
import type { Request, RespValue } from "../../projects/10-the-system/contract.ts"
import { bulk, command, integer, isError, Machine, ok, once, open, plain, project } from "./project.ts"

/** A machine with one session, `1`. */
function inSession(): Machine {
  const machine = new Machine()
  machine.answers(open, bulk("1"), "the first session is opened")
  return machine
}

/** Fails unless the reply is an error of that word, and the store is as it was. */
function refuses(machine: Machine, request: Json | Request, word: string, scenario: string): void {
  const { store } = machine.state
  const reply = machine.do(request)
  holds(isError(reply, word), scenario, `an error reply that begins with ${word}`, show(reply))
  same(machine.state.store, store, `${scenario}\nthe store afterwards`)
}

group("10a", "The machine", () => {
  check("10a.1", [1], "a plain command does what project 1 makes of it", () => {
    const machine = new Machine()
    machine.answers(plain("SET k v"), ok, "SET k v")
    machine.answers(plain("GET k"), bulk("v"), "SET k v, GET k")
    machine.answers(plain("get k"), bulk("v"), "SET k v, get k")
    machine.answers(plain("INCR n"), integer(1), "INCR n")
    machine.answers(plain("INCR n"), integer(2), "INCR n, INCR n: plain commands are done each time")
    machine.answers(plain("DEL k n"), integer(2), "DEL k n")
    const wrong = machine.do(plain("NOPE"))
    holds(isError(wrong, "ERR"), "NOPE, which is no command", "the error reply of project 1", show(wrong))
  })

  check("10a.2", [2], "sessions are named 1, 2, 3, …", () => {
    const machine = new Machine()
    for (const name of ["1", "2", "3"]) {
      machine.answers(open, bulk(name), `the session number ${name} is opened`)
      machine.do(plain("SET k v"))
    }
    same(machine.state.opened, 3, "three sessions were opened: `opened`")
    same(
      Object.keys(machine.state.sessions).toSorted(),
      ["1", "2", "3"],
      "three sessions were opened: their names",
    )
  })

  check("10a.3", [3], "in a session, a command with a new number is done", () => {
    const machine = inSession()
    machine.answers(once("1", 1, "SET k v"), ok, "session 1, number 1: SET k v")
    machine.answers(once("1", 2, "GET k"), bulk("v"), "then number 2: GET k")
    machine.answers(once("1", 7, "INCR n"), integer(1), "then number 7: INCR n; numbers may be left out")
    machine.answers(once("1", 8, "INCR n"), integer(2), "then number 8: INCR n")
    same(machine.state.sessions["1"], { sequence: 8, reply: integer(2) }, "what is remembered of session 1")
  })

  check("10a.4", [4], "the same number again is not done again, and gets the same answer", () => {
    const machine = inSession()
    machine.answers(once("1", 1, "INCR n"), integer(1), "session 1, number 1: INCR n")
    machine.do(plain("INCR n"))
    for (const time of ["second", "third"])
      machine.answers(
        once("1", 1, "INCR n"),
        integer(1),
        `number 1 for the ${time} time, after another's INCR n`,
      )
    machine.answers(
      plain("GET n"),
      bulk("2"),
      "INCR n three times in a session with one number, once without: GET n",
    )
  })

  check("10a.5", [4], "an error is an answer, too", () => {
    const machine = inSession()
    machine.do(plain("SET k abc"))
    const first = machine.do(once("1", 1, "INCR k"))
    holds(isError(first, "ERR"), "SET k abc; session 1, number 1: INCR k", "an error", show(first))
    machine.do(plain("SET k 1"))
    machine.answers(once("1", 1, "INCR k"), first, "then SET k 1, and number 1 again")
    machine.answers(plain("GET k"), bulk("1"), "then GET k")
  })

  check("10a.6", [4], "an answer that is null is remembered like any other", () => {
    const machine = inSession()
    machine.answers(once("1", 1, "GET k"), { type: "null" }, "session 1, number 1: GET k")
    machine.do(plain("SET k v"))
    machine.answers(once("1", 1, "GET k"), { type: "null" }, "then SET k v, and number 1 again")
  })

  check("10a.7", [5], "a smaller number is refused: its answer is forgotten", () => {
    const machine = inSession()
    machine.do(once("1", 1, "INCR n"))
    machine.do(once("1", 5, "INCR n"))
    for (const number of [1, 3, 4])
      refuses(machine, once("1", number, "INCR n"), "ERR", `numbers 1 and 5, then ${String(number)}`)
    machine.answers(once("1", 5, "INCR n"), integer(2), "number 5 again")
    machine.answers(once("1", 6, "INCR n"), integer(3), "number 6")
  })

  check("10a.8", [6], "a session that is not there is refused", () => {
    const machine = inSession()
    for (const name of ["2", "0", "", "01", "x", "constructor", "__proto__"])
      refuses(
        machine,
        once(name, 1, "INCR n"),
        "NOSESSION",
        `session 1 was opened; a command in session ${show(name)}`,
      )
    machine.answers(plain("GET n"), { type: "null" }, "GET n")
  })

  check("10a.9", [3, 4], "sessions do not see each other's numbers", () => {
    const machine = inSession()
    machine.do(open)
    machine.answers(once("1", 1, "INCR n"), integer(1), "session 1, number 1")
    machine.answers(once("2", 1, "INCR n"), integer(2), "session 2, number 1")
    machine.answers(once("1", 1, "INCR n"), integer(1), "session 1, number 1 again")
    machine.answers(once("2", 1, "INCR n"), integer(2), "session 2, number 1 again")
    machine.answers(once("2", 2, "INCR n"), integer(3), "session 2, number 2")
    machine.answers(once("1", 2, "INCR n"), integer(4), "session 1, number 2")
    machine.answers(once("1", 90, "INCR n"), integer(5), "session 1, number 90")
    machine.answers(once("2", 3, "INCR n"), integer(6), "session 2, number 3")
  })

  check(
    "10a.10",
    [7],
    "one session too many: the one that was not used for the longest is forgotten",
    () => {
      const most = project.maxSessions
      same(most, 1000, "maxSessions")
      const machine = new Machine()
      for (let i = 0; i < most; i++) machine.do(open)
      machine.do(once("1", 1, "INCR n")) // so that session 2 is the oldest
      machine.answers(open, bulk(String(most + 1)), "1,000 sessions, session 1 was used, one more is opened")
      same(Object.keys(machine.state.sessions).length, most, "how many sessions are remembered")
      refuses(
        machine,
        once("2", 1, "INCR n"),
        "NOSESSION",
        "a command in session 2, which was not used for the longest",
      )
      machine.answers(once("1", 1, "INCR n"), integer(1), "session 1 is there, with what it remembers")
      machine.answers(once("3", 1, "INCR n"), integer(2), "so is session 3")
      machine.answers(open, bulk(String(most + 2)), "one more is opened")
      refuses(machine, once("4", 1, "INCR n"), "NOSESSION", "after one more, session 4")
      machine.answers(once("1", 1, "INCR n"), integer(1), "session 1 is still there")
    },
    { slow: 5 },
  )

  check(
    "10a.16",
    [7],
    "a command that comes again is a use of its session",
    () => {
      const most = project.maxSessions
      const machine = new Machine()
      for (let i = 0; i < most; i++) machine.do(open)
      for (let i = 1; i <= most; i++) machine.do(once(String(i), 1, "INCR n"))
      machine.answers(
        once("1", 1, "INCR n"),
        integer(1),
        "1,000 sessions, each used once in turn; then session 1 again, with the same number",
      )
      machine.do(open)
      refuses(
        machine,
        once("2", 2, "INCR n"),
        "NOSESSION",
        "one more is opened; a command in session 2, which was not used for the longest",
      )
      machine.answers(once("1", 1, "INCR n"), integer(1), "session 1 is there")
    },
    { slow: 5 },
  )

  check("10a.11", [8], "what is no request gets an error reply, and changes nothing", () => {
    const machine = inSession()
    machine.do(plain("SET k v"))
    const odd: readonly Json[] = [
      "SET k 1",
      7,
      true,
      [],
      ["SET", "k", "1"],
      {},
      { type: "plain" },
      { type: "twice", command: { name: "SET", args: ["k", "1"] } },
      { type: "plain", command: { name: "SET" } },
      { type: "plain", command: { name: "SET", args: ["k", 1] } },
      { type: "once", session: "1", command: { name: "INCR", args: ["n"] } },
      { type: "once", session: "1", sequence: 0, command: { name: "INCR", args: ["n"] } },
      { type: "once", session: "1", sequence: 1.5, command: { name: "INCR", args: ["n"] } },
      { type: "once", session: 1, sequence: 1, command: { name: "INCR", args: ["n"] } },
    ]
    for (const json of odd) refuses(machine, json, "ERR", `an entry with the command ${show(json)}`)
    machine.answers(plain("GET k"), bulk("v"), "GET k afterwards")
  })

  check("10a.12", [9], "two servers that apply the same entries are the same, bit for bit", () => {
    const lines = ["SET a 1", "INCR a", "DEL b", "CAS a 2 9", "KEYS *", "NOPE", "GET a"]
    const requests = Array.from({ length: 300 }, (_, i): Request => {
      const line = lines[i % lines.length] ?? ""
      if (i % 11 === 0) return open
      return i % 3 === 0 ? plain(line) : once(String(1 + (i % 9)), 1 + (i >> 3), line)
    })
    const [one, other] = [new Machine(), new Machine()]
    for (const [i, request] of requests.entries()) {
      const replies: readonly RespValue[] = [one.do(request), other.do(request)]
      same(
        replies[0],
        replies[1],
        `the same ${String(i + 1)} requests on two machines: the answers to the last`,
      )
    }
    const texts = [one, other].map(({ state }) => JSON.stringify(state))
    holds(texts[0] === texts[1], "300 requests on two machines", "the same states", "different ones")
    const read = JSON.parse(texts[0] ?? "") as Machine["state"]
    same(read, one.state, "the state is plain JSON: written and read again")
    const third = new Machine()
    third.state = read
    same(third.do(plain("INCR z")), one.do(plain("INCR z")), "and a machine goes on from it")
  })

  check("10a.13", [9], "machine.applied counts every entry", () => {
    const machine = new Machine()
    const requests = [
      plain("GET k"),
      open,
      once("1", 1, "INCR n"),
      once("1", 1, "INCR n"),
      once("9", 1, "GET k"),
      plain("NOPE"),
    ]
    for (const [i, request] of requests.entries()) {
      machine.do(request)
      same(
        machine.state.applied,
        i + 1,
        `after ${String(i + 1)} requests, the last of them ${show(request)}: \`applied\``,
      )
    }
  })

  check("10a.14", [10], "SESSION is what a session is asked for with", () => {
    const asks = (line: string, expected: Request) => {
      same(project.toRequest(command(line)), expected, line)
    }
    asks("SESSION OPEN", open)
    asks("session open", open)
    asks("SESSION ONCE 7 12 SET k v", once("7", 12, "SET k v"))
    asks("Session Once 7 12 incr n", once("7", 12, "incr n"))
    asks("SESSION ONCE 7 12 PING", once("7", 12, "PING"))
    asks("SET SESSION OPEN", plain("SET SESSION OPEN"))
    asks("GET k", plain("GET k"))
    asks("whatever", plain("whatever"))
    same(
      project.toRequest({ name: "SET", args: ["", "\u00ff\r\n"] }),
      { type: "plain", command: { name: "SET", args: ["", "\u00ff\r\n"] } },
      "SET with bytes",
    )
  })

  check("10a.15", [10], "SESSION with anything else is an error reply", () => {
    const lines = [
      "SESSION",
      "SESSION OPEN now",
      "SESSION CLOSE",
      "SESSION ONCE",
      "SESSION ONCE 7",
      "SESSION ONCE 7 12",
    ]
    const numbers = ["0", "-1", "1.5", "x", "", "1e3", "0x1", "9".repeat(30)]
    for (const line of [...lines, ...numbers.map((number) => `SESSION ONCE 7 ${number} GET k`)]) {
      const reply = project.toRequest(command(line))
      holds(
        reply.type === "error" && reply.value.startsWith("ERR "),
        line,
        "an error reply, ERR …",
        show(reply),
      )
    }
  })
})
