/**
 * A form that is the same for all data that mean the same: properties in the order of their names, and a list of
 * servers, which Raft uses as a set, in the order of theirs. `names` renames servers, wherever they stand.
 */
export function normal<T>(value: T, names: ReadonlyMap<string, string>): T
export function normal(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") return names.get(value) ?? value
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value.map((each: unknown) => normal(each, names))
    const isSet = value.every((each) => typeof each === "string" && names.has(each))
    return isSet ? list.toSorted() : list
  }
  const entries = Object.entries(value).map(
    ([key, each]: [string, unknown]) => [names.get(key) ?? key, normal(each, names)] as const,
  )
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
