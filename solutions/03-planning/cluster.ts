import type { Address, Cluster, Member, ServerId } from "../../projects/03-planning/contract.ts"

/** What is wrong, a line each. People mend a file in one go when they see all of it. */
type Faults = string[]

export function parseCluster(json: unknown): Cluster {
  const faults: Faults = []
  const members = Array.isArray(json) ? json.map((item, i) => parseMember(item, i, faults)) : []
  if (!Array.isArray(json)) faults.push(`a cluster is a list of servers, not ${kindOf(json)}`)
  else if (members.length === 0) faults.push("a cluster has at least one server; this list is empty")
  checkUnique(members, faults)
  if (faults.length > 0) throw new Error(faults.join("\n"))
  // fromEntries and not an assignment: `__proto__` may be a server's name.
  return Object.fromEntries(
    members.flatMap(({ id, raft, client }) => (raft && client ? [[id, { raft, client }]] : [])),
  )
}

/** A server as far as it could be read: the rest of the file is checked all the same. */
interface Parsed {
  readonly id: ServerId
  /** How the faults call it: by its id, or by its place in the list. */
  readonly name: string
  readonly raft: Address | undefined
  readonly client: Address | undefined
}

const keys = ["id", "raft", "client"]

function parseMember(item: unknown, place: number, faults: Faults): Parsed {
  const nth = `server number ${String(place + 1)}`
  if (!isObject(item)) {
    faults.push(`${nth}: expected an object with id, raft and client, got ${kindOf(item)}`)
    return { id: "", name: nth, raft: undefined, client: undefined }
  }
  const id = typeof item.id === "string" && /^[\w.-]{1,32}$/.test(item.id) ? item.id : ""
  const name = id === "" ? nth : id
  if (!Object.hasOwn(item, "id")) faults.push(`${name}: id is missing`)
  else if (id === "") {
    faults.push(`${name}: id ${told(item.id)} is no id: 1 to 32 letters, digits, "-", "_" or "."`)
  }
  for (const key of Object.keys(item)) {
    if (!keys.includes(key)) faults.push(`${name}: there is no key ${key}; a server has ${keys.join(", ")}`)
  }
  return {
    id,
    name,
    raft: parseAddress(item, "raft", name, faults),
    client: parseAddress(item, "client", name, faults),
  }
}

function parseAddress(
  item: Readonly<Record<string, unknown>>,
  key: keyof Member,
  name: string,
  faults: Faults,
): Address | undefined {
  const text = item[key]
  if (!Object.hasOwn(item, key)) {
    faults.push(`${name}: ${key} is missing: an address such as "127.0.0.1:7001"`)
    return undefined
  }
  const found = typeof text === "string" ? /^(?:\[([\da-f:.]+)\]|([^\s:[\]]+)):(\d+)$/i.exec(text) : null
  if (!found) {
    faults.push(`${name}: ${key} ${told(text)} is no address: expected "host:port" or "[IPv6]:port"`)
    return undefined
  }
  const port = Number(found[3])
  if (port < 1 || port > 65_535) {
    faults.push(`${name}: ${key} ${told(text)}: port ${String(found[3])} is not between 1 and 65535`)
    return undefined
  }
  return { host: found[1] ?? found[2] ?? "", port }
}

/** An address as a file has it: an IPv6 address has colons of its own, and stands in brackets. */
export function tellAddress({ host, port }: Address): string {
  return `${host.includes(":") ? `[${host}]` : host}:${String(port)}`
}

/** One id, one server; one address, one listener, whatever it listens for. */
function checkUnique(members: readonly Parsed[], faults: Faults): void {
  const ids = new Set<string>()
  const owners = new Map<string, string>()
  for (const { id, name, raft, client } of members) {
    if (id !== "" && ids.has(id)) faults.push(`${name}: id ${id} is there twice`)
    ids.add(id)
    for (const [key, address] of Object.entries({ raft, client })) {
      if (!address) continue
      const text = tellAddress(address)
      const owner = owners.get(text)
      if (owner !== undefined) faults.push(`${name}: ${key} ${text} is taken already, by ${owner}`)
      else owners.set(text, `${key} of ${name}`)
    }
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function kindOf(value: unknown): string {
  return value === null
    ? "null"
    : Array.isArray(value)
      ? "a list"
      : `${typeof value === "object" ? "an" : "a"} ${typeof value}`
}

/** A value from the file, no longer than a person wants to read. */
function told(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
