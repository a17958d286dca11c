import fc from "fast-check"
import { check, forAll, group, holds, same, show } from "#suite"
import type { RespValue } from "../../projects/01-kv-server/contract.ts"
import { array, bulk, command, integer, nothing, project, run, simple } from "./project.ts"

/** Runs `lines` and compares the last result. */
function gives(lines: readonly string[], result: RespValue): void {
  same(run(...lines), result, lines.join("; "))
}

/** Runs `lines`; the last must be answered by an error that begins with `text`. */
function errs(lines: readonly string[], text: string): void {
  const result = run(...lines)
  const good = result.type === "error" && result.value.startsWith(text)
  holds(good, lines.join("; "), `an error that begins with “${text}”`, show(result))
}

const notInteger = "ERR value is not an integer or out of range"
const overflow = "ERR increment or decrement would overflow"
const max = "9223372036854775807"
const min = "-9223372036854775808"

const anyCommand = fc
  .tuple(
    fc.constantFrom("GET", "SET", "DEL", "EXISTS", "INCR", "INCRBY", "CAS", "KEYS", "PING", "ECHO", "NONE"),
    fc.array(fc.constantFrom("a", "b", "1", "-3", "x y", "*"), { maxLength: 3 }),
  )
  .map(([name, args]) => ({ name, args }))

group("1c", "The state machine", () => {
  check("1c.1", [18], "PING and ECHO", () => {
    gives(["PING"], simple("PONG"))
    gives(["PING hello"], bulk("hello"))
    gives(["ECHO hello"], bulk("hello"))
  })

  check("1c.2", [18], "SET and GET", () => {
    gives(["SET k v"], simple("OK"))
    gives(["SET k v", "GET k"], bulk("v"))
    gives(["SET k v", "SET k w", "GET k"], bulk("w"))
    gives(["GET k"], nothing)
    gives(["SET k v", "GET K"], nothing)
  })

  check("1c.3", [18], "DEL tells how many keys are gone, EXISTS how many there are", () => {
    gives(["SET a 1", "SET b 2", "DEL a b c"], integer(2))
    gives(["SET a 1", "DEL a", "GET a"], nothing)
    gives(["SET a 1", "DEL a a"], integer(1))
    gives(["SET a 1", "EXISTS a b"], integer(1))
    gives(["SET a 1", "EXISTS a a"], integer(2))
  })

  check("1c.4", [19], "INCR and INCRBY count, from 0 where there is nothing", () => {
    gives(["INCR n"], integer(1))
    gives(["INCR n", "INCR n", "GET n"], bulk("2"))
    gives(["SET n 41", "INCR n"], integer(42))
    gives(["SET n 10", "INCRBY n -15"], integer(-5))
    gives(["INCRBY n 7", "GET n"], bulk("7"))
  })

  check("1c.5", [20], "only an integer in plain decimal counts as one", () => {
    for (const text of ["1.5", "1e3", "0x10", "abc", "01", "+1", "-0", "--1", "1_000", "NaN", "Infinity"]) {
      errs([`SET n ${text}`, "INCR n"], notInteger)
      errs([`INCRBY n ${text}`], notInteger)
    }
    for (const text of ["", " 1", "1 ", "1\n"]) {
      const { state } = project.apply(project.emptyState, { name: "SET", args: ["n", text] })
      const { result } = project.apply(state, command("INCR n"))
      holds(
        result.type === "error",
        `INCR of a key that holds ${show(text)}`,
        `“${notInteger}”`,
        show(result),
      )
    }
  })

  check("1c.6", [20], "integers have 64 bits, exactly", () => {
    gives(["SET n 9007199254740993", "INCR n"], integer(9007199254740994n))
    gives([`SET n ${max}`, "INCRBY n -1"], integer(9223372036854775806n))
    gives([`SET n ${min}`, "INCR n"], integer(-9223372036854775807n))
    gives(["SET n 9223372036854775806", "INCR n"], integer(9223372036854775807n))
    gives(["SET n -9223372036854775807", "INCRBY n -1"], integer(-9223372036854775808n))
    errs(["SET n -1", "INCRBY n 9223372036854775808"], notInteger)
    errs([`SET n ${max}`, "INCR n"], overflow)
    errs([`SET n ${min}`, "INCRBY n -1"], overflow)
    errs(["SET n 9223372036854775808", "INCR n"], notInteger)
    gives([`SET n ${max}`, "INCR n", "GET n"], bulk(max))
  })

  check("1c.17", [18, 21], "the empty string is a value like any other", () => {
    const { state } = project.apply(project.emptyState, { name: "SET", args: ["k", ""] })
    same(project.apply(state, command("GET k")).result, bulk(""), 'SET k ""; GET k')
    same(project.apply(state, command("EXISTS k")).result, integer(1), 'SET k ""; EXISTS k')
    same(project.apply(state, command("DEL k")).result, integer(1), 'SET k ""; DEL k')
    same(
      project.apply(state, { name: "CAS", args: ["k", "", "x"] }).result,
      integer(1),
      'SET k ""; CAS k "" x',
    )
    same(project.apply(state, { name: "PING", args: [""] }).result, bulk(""), 'PING ""')
  })

  check("1c.7", [21], "CAS swaps when the value is the expected one", () => {
    gives(["SET k a", "CAS k a b"], integer(1))
    gives(["SET k a", "CAS k a b", "GET k"], bulk("b"))
    gives(["SET k a", "CAS k x b"], integer(0))
    gives(["SET k a", "CAS k x b", "GET k"], bulk("a"))
    gives(["CAS k a b"], integer(0))
    gives(["CAS k a b", "GET k"], nothing)
  })

  check("1c.8", [22], "KEYS lists what matches, sorted", () => {
    gives(["SET b 1", "SET a 1", "SET c 1", "KEYS *"], array(bulk("a"), bulk("b"), bulk("c")))
    gives(
      ["SET user:2 x", "SET user:1 x", "SET other x", "KEYS user:*"],
      array(bulk("user:1"), bulk("user:2")),
    )
    gives(["SET ab x", "SET abc x", "KEYS a?"], array(bulk("ab")))
    gives(["KEYS *"], array())
    gives(
      ["SET 10 x", "SET 9 x", "SET B x", "SET a x", "KEYS *"],
      array(bulk("10"), bulk("9"), bulk("B"), bulk("a")),
    )
  })

  check("1c.9", [22], "in a pattern, everything but * and ? stands for itself", () => {
    gives(["SET a.b x", "SET acb x", "KEYS a.b"], array(bulk("a.b")))
    gives(["SET [ab] x", "SET a x", "KEYS [ab]"], array(bulk("[ab]")))
    gives(["SET a+ x", "SET aa x", "KEYS a+"], array(bulk("a+")))
    gives(["SET a x", "SET a? x", "KEYS a?"], array(bulk("a?")))
    for (const key of ["a(b", "a|b", "^a", "a$", "{a}", "a)"])
      gives([`SET ${key} x`, "SET a x", `KEYS ${key}`], array(bulk(key)))
    gives([`SET ${"a".repeat(60)} x`, "KEYS *a*a*a*a*a*a*a*a*a*ab"], array())
    gives(["SET mississippi x", "KEYS *iss*ip*"], array(bulk("mississippi")))
    gives(["SET mississippi x", "KEYS m*ss?p"], array())
    gives(["SET a\\b x", "KEYS a\\*"], array(bulk("a\\b")))
    for (const pattern of ["b", "c", "a", "bc", "ab"]) gives(["SET abc x", `KEYS ${pattern}`], array())
    const { state } = project.apply(project.emptyState, { name: "SET", args: ["two\nlines", "x"] })
    const { result } = project.apply(state, command("KEYS two*"))
    same(
      project.apply(state, command("KEYS two?lines")).result,
      result,
      "a key with a line end in it; KEYS two?lines",
    )
    same(result, array(bulk("two\nlines")), "a key with a line end in it; KEYS two*")
  })

  check("1c.10", [23], "an unknown command or a wrong number of arguments is an error, as a value", () => {
    errs(["NOPE"], "ERR unknown command")
    errs(["constructor"], "ERR unknown command")
    const wrong = [
      "GET",
      "GET a b",
      "SET a",
      "SET a b c",
      "DEL",
      "EXISTS",
      "INCR",
      "INCR a b",
      "INCRBY a",
      "CAS a b",
      "KEYS",
      "ECHO",
      "PING a b",
      "CAS a b c d",
      "KEYS a b",
      "INCRBY a 1 2",
      "ECHO a b",
    ]
    for (const line of wrong) errs([line], "ERR wrong number of arguments")
  })

  check("1c.11", [23], "an error changes nothing", () => {
    gives(["SET n x", "INCR n", "GET n"], bulk("x"))
    gives(["SET k v", "SET k", "GET k"], bulk("v"))
    gives(["INCRBY n x", "EXISTS n"], integer(0))
  })

  check("1c.12", [24], "names of commands in any case; keys and values as they are", () => {
    gives(["set k V", "gEt k"], bulk("V"))
    gives(["ping"], simple("PONG"))
  })

  check("1c.13", [25], "apply is pure: the old state still answers as before", () => {
    const first = project.apply(project.emptyState, command("SET k old")).state
    const second = project.apply(first, command("SET k new")).state
    project.apply(second, command("DEL k"))
    same(project.apply(first, command("GET k")).result, bulk("old"), "GET on the state before the second SET")
    same(project.apply(second, command("GET k")).result, bulk("new"), "GET on the state before the DEL")
    same(project.apply(project.emptyState, command("GET k")).result, nothing, "GET on the empty state")
  })

  check("1c.14", [25], "the same commands give the same state and results, always", () => {
    const play = (commands: readonly { name: string; args: readonly string[] }[]) => {
      let state = project.emptyState
      const results: RespValue[] = []
      for (const each of commands) {
        const applied = project.apply(state, each)
        state = applied.state
        results.push(applied.result)
      }
      return { state, results }
    }
    forAll(fc.array(anyCommand, { maxLength: 15 }), (commands) => {
      same(play(commands), play(commands), "the same commands played twice")
    })
  })

  check("1c.15", [26], "a state is plain JSON: stored and loaded, it is the same state", () => {
    let state = project.emptyState
    for (const line of ["SET a 1", "INCR n", "SET b x", "DEL a"])
      state = project.apply(state, command(line)).state
    const text = JSON.stringify(state)
    const loaded: unknown = JSON.parse(text)
    same(JSON.stringify(loaded), text, "the state as JSON, loaded and stored again")
    for (const line of ["GET a", "GET b", "GET n", "KEYS *"]) {
      same(
        project.apply(loaded, command(line)).result,
        project.apply(state, command(line)).result,
        `SET a 1; INCR n; SET b x; DEL a; state stored as JSON and loaded; ${line}`,
      )
    }
  })

  check("1c.16", [27], "any bytes are a key: __proto__, constructor, the empty string", () => {
    for (const key of ["__proto__", "constructor", "toString", "", "\u0000\u00ff", "\r\n"]) {
      const get = { name: "GET", args: [key] }
      same(project.apply(project.emptyState, get).result, nothing, `GET ${show(key)} on the empty state`)
      const { state } = project.apply(project.emptyState, { name: "SET", args: [key, "v"] })
      same(project.apply(state, get).result, bulk("v"), `SET ${show(key)} v; GET ${show(key)}`)
      same(project.apply(state, command("KEYS *")).result, array(bulk(key)), `SET ${show(key)} v; KEYS *`)
      const gone = project.apply(state, { name: "DEL", args: [key] })
      same(gone.result, integer(1), `SET ${show(key)} v; DEL ${show(key)}`)
      same(project.apply(gone.state, get).result, nothing, `SET, DEL, GET ${show(key)}`)
    }
  })

  check("1c.18", [26, 27], "odd keys survive storing and loading, and the deletion of others", () => {
    let state = project.emptyState
    for (const args of [
      ["__proto__", "v"],
      ["x", "1"],
    ])
      state = project.apply(state, { name: "SET", args }).state
    state = JSON.parse(JSON.stringify(project.apply(state, command("DEL x")).state))
    same(
      project.apply(state, command("GET __proto__")).result,
      bulk("v"),
      "SET __proto__ v; SET x; DEL x; stored, loaded; GET __proto__",
    )
    same(project.apply(state, command("GET constructor")).result, nothing, "the same; GET constructor")
  })
})
