import { check, group, holds, same, show } from "#suite"
import { project, refuses } from "./project.ts"

/** A server of a file: n1 has ports 7001 and 8001, and so on. */
const server = (n: number, more: object = {}): object => ({
  id: `n${String(n)}`,
  raft: `127.0.0.1:${String(7000 + n)}`,
  client: `127.0.0.1:${String(8000 + n)}`,
  ...more,
})

/** `server` without one of its keys. */
const without = (n: number, key: string): object =>
  Object.fromEntries(Object.entries(server(n)).filter(([name]) => name !== key))

/** Checks that the file is refused, with a line of its own for each fault that has all of the fault's words in it. */
function refusesAll(json: unknown, faults: readonly (readonly string[])[], scenario: string): void {
  const error = refuses(() => project.parseCluster(json), [], scenario)
  const lines = error.message.split("\n")
  holds(
    assigns(faults, lines),
    scenario,
    `an error with a line of its own for each fault, naming ${faults.map((words) => words.map((word) => show(word)).join(" and ")).join("; ")}`,
    show(lines),
  )
}

/** Whether each fault can have a line of its own. A line may name more than one would think: it can be another's. */
function assigns(faults: readonly (readonly string[])[], lines: readonly string[]): boolean {
  const [words, ...others] = faults
  if (words === undefined) return true
  return lines.some(
    (line, i) => words.every((word) => line.includes(word)) && assigns(others, lines.toSpliced(i, 1)),
  )
}

group("3c", "The cluster's configuration", () => {
  check("3c.1", [14], "a list of servers becomes a cluster", () => {
    const expected = {
      n1: { raft: { host: "127.0.0.1", port: 7001 }, client: { host: "127.0.0.1", port: 8001 } },
      n2: { raft: { host: "127.0.0.1", port: 7002 }, client: { host: "127.0.0.1", port: 8002 } },
    }
    const cluster = project.parseCluster([server(1), server(2)])
    same(cluster, expected, "parseCluster of n1 and n2")
    same(Object.keys(cluster).toSorted(), ["n1", "n2"], "its servers")
    same(Object.keys(project.parseCluster([server(1)])), ["n1"], "a cluster of one server")
  })

  check("3c.2", [14], "hosts may be names, IPv4 or IPv6 addresses; ports are 1 to 65535", () => {
    const addresses: readonly (readonly [string, string, number])[] = [
      ["localhost:1", "localhost", 1],
      ["raft-3.example.org:65535", "raft-3.example.org", 65_535],
      ["10.0.0.3:80", "10.0.0.3", 80],
      ["[::1]:7001", "::1", 7001],
      ["[2001:db8::7]:443", "2001:db8::7", 443],
    ]
    for (const [text, host, port] of addresses) {
      const { n1 } = project.parseCluster([server(1, { raft: text })])
      same(n1?.raft, { host, port }, `the raft address ${show(text)}`)
      same(
        project.parseCluster([server(1, { client: text })]).n1?.client,
        { host, port },
        `the client address ${show(text)}`,
      )
    }
  })

  check("3c.3", [15, 16], "what is no list of servers is refused", () => {
    for (const json of [null, undefined, "n1", 7, true, {}, { n1: server(1) }]) {
      refuses(() => project.parseCluster(json), [], `parseCluster(${show(json)})`)
    }
    refuses(() => project.parseCluster([]), [], "parseCluster([]), a cluster without servers")
    for (const item of [null, "n1", 7, []]) {
      refusesAll([server(1), item], [["2"]], `parseCluster([n1, ${show(item)}])`)
    }
  })

  check("3c.4", [16], "a server needs an id of 1 to 32 letters, digits, -, _ and .", () => {
    for (const id of ["", "n 1", "n/1", "n1\n", "é", "x".repeat(33), 1, null, ["n1"], { id: "n1" }]) {
      refusesAll([server(1), server(2, { id })], [["2", "id"]], `a second server whose id is ${show(id)}`)
    }
    refusesAll([without(1, "id")], [["1", "id"]], "a server without an id")
    for (const id of ["a", "N-1", "n_1", "eu.west.1", "7", "x".repeat(32)]) {
      same(Object.keys(project.parseCluster([server(1, { id })])), [id], `a server whose id is ${show(id)}`)
    }
  })

  check("3c.5", [16], "a missing address is refused, naming server and key", () => {
    for (const key of ["raft", "client"]) {
      refusesAll([server(1), without(2, key)], [["n2", key]], `n2 without ${key}`)
    }
  })

  check("3c.6", [16], "an address that is none is refused, naming server and key", () => {
    const bad = [
      "",
      "127.0.0.1",
      "127.0.0.1:",
      ":7001",
      "7001",
      "127.0.0.1:port",
      "127.0.0.1:70.1",
      "127.0.0.1:-1",
      "127.0.0.1:+7",
      "127.0.0.1:0x50",
      "127.0.0.1:1e3",
      "127.0.0.1: 7001",
      "my host:7001",
      "127.0.0.1:7001 ",
      "127.0.0.1:7001\n",
      "::1:7001",
      "[::1]",
      "[]:7001",
      7001,
      null,
      ["127.0.0.1:7001"],
      { host: "127.0.0.1", port: 7001 },
    ]
    for (const key of ["raft", "client"]) {
      for (const address of bad) {
        refusesAll(
          [server(1), server(2, { [key]: address })],
          [["n2", key]],
          `n2's ${key} is ${show(address)}`,
        )
      }
    }
  })

  check("3c.7", [16], "a port below 1 or above 65535 is refused, naming server and key", () => {
    for (const key of ["raft", "client"]) {
      for (const port of ["0", "65536", "99999999999999999999"]) {
        const address = `127.0.0.1:${port}`
        refusesAll([server(1, { [key]: address })], [["n1", key]], `n1's ${key} is ${show(address)}`)
      }
    }
  })

  check("3c.8", [16], "an unknown key is refused, naming server and key", () => {
    refusesAll([server(1), server(2, { rafft: "127.0.0.1:7009" })], [["n2", "rafft"]], "n2 has a key rafft")
    refusesAll([server(1, { port: 7 }), server(2)], [["n1", "port"]], "n1 has a key port")
  })

  check("3c.9", [17], "an id that is there twice is refused, naming it", () => {
    const [first, second] = [server(1), server(2, { id: "n1" })]
    refusesAll([first, second], [["n1"]], "two servers named n1, with addresses of their own")
    refusesAll([first, server(3), second, server(4)], [["n1"]], "n1, n3, n1 and n4")
  })

  check("3c.10", [17], "an address that is there twice is refused, naming it, whatever it is for", () => {
    const cases: readonly (readonly [object[], string, string])[] = [
      [
        [server(1), server(2, { raft: "127.0.0.1:7001" })],
        "127.0.0.1:7001",
        "n1 and n2 with the same raft address",
      ],
      [
        [server(1), server(2, { client: "127.0.0.1:8001" })],
        "127.0.0.1:8001",
        "n1 and n2 with the same client address",
      ],
      [
        [server(1), server(2, { client: "127.0.0.1:7001" })],
        "127.0.0.1:7001",
        "n2's client address is n1's raft address",
      ],
      [
        [server(1, { client: "127.0.0.1:7001" })],
        "127.0.0.1:7001",
        "n1's client address is its own raft address",
      ],
      [
        [server(1, { raft: "[::1]:5" }), server(2), server(3, { client: "[::1]:5" })],
        "[::1]:5",
        "[::1]:5 at n1 and n3",
      ],
    ]
    for (const [json, address, scenario] of cases) refusesAll(json, [[address]], scenario)
    const near = [server(1), server(2, { raft: "127.0.0.2:7001", client: "127.0.0.1:17001" })]
    same(
      Object.keys(project.parseCluster(near)),
      ["n1", "n2"],
      "the same port on two hosts, and two ports on one",
    )
  })

  check("3c.11", [15], "all faults of a file are named at once, a line each", () => {
    const json = [
      server(1, { raft: "127.0.0.1:0", colour: "red" }),
      without(2, "client"),
      server(3, { raft: "nowhere", client: "127.0.0.1:65536" }),
      { raft: "127.0.0.1:7004", client: "127.0.0.1:8004" },
      server(1, { raft: "127.0.0.1:7005" }),
    ]
    const faults = [
      ["n1", "raft"],
      ["n1", "colour"],
      ["n2", "client"],
      ["n3", "raft"],
      ["n3", "client"],
      ["4", "id"],
      ["127.0.0.1:8001"],
      ["n1"],
    ]
    refusesAll(
      json,
      faults,
      "five servers with eight faults, two of them about the same id and client address twice",
    )
  })

  check(
    "3c.12",
    [15],
    "faults in one server do not hide those in another, or addresses that are there twice",
    () => {
      refusesAll(
        [null, server(2, { raft: "x" }), 5],
        [["1"], ["n2", "raft"], ["3"]],
        "null, n2 with a bad raft address, 5",
      )
      const json = [server(1), server(2, { client: "127.0.0.1:7001", raft: "x" })]
      refusesAll(
        json,
        [["n2", "raft"], ["127.0.0.1:7001"]],
        "n2's raft address is none, and its client address is n1's raft",
      )
    },
  )

  check("3c.13", [18], "constructor and __proto__ are ids like any other", () => {
    for (const id of ["constructor", "toString", "__proto__"]) {
      const cluster = project.parseCluster([server(1), server(2, { id })])
      same(Object.keys(cluster).toSorted(), ["n1", id].toSorted(), `the servers of a cluster of n1 and ${id}`)
    }
  })
})
