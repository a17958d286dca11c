/** Mistakes, planted into the text of a specification: a check that finds none of them would prove nothing. */
export interface Planted {
  readonly id: string
  readonly find: string
  readonly replace: string
  /** What breaks; the properties hold without it. */
  readonly breaks: string
}

/** Puts the mistake into the text, where `find` must stand exactly once. */
export function plant(text: string, { id, find, replace }: Planted): string {
  const [before, after, ...more] = text.split(find)
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`${id}: what is to be replaced must stand in the text exactly once`)
  }
  return before + replace + after
}

/** Random runs find these. */
export const inTrafficLight: readonly Planted[] = [
  {
    id: "stays-yellow",
    find: 'light\' = light.set(Moving, "red").set(Other(Moving), "green")',
    replace: 'light\' = light.set(Other(Moving), "green")',
    breaks: "Safe",
  },
  {
    id: "all-red",
    find: 'light\' = light.set(Moving, "red").set(Other(Moving), "green")',
    replace: 'light\' = light.set(Moving, "red")',
    breaks: "OneMoves",
  },
  {
    id: "never-due",
    find: 'if (light.get(Moving) == "green") s >= End(a) else s >= Yellow',
    replace: 'light.get(Moving) == "yellow" and s >= Yellow',
    breaks: "TypeOK",
  },
]

/** These break no invariant. Only next to the TypeScript does it show that something else was specified. */
export const besideTrafficLight: readonly Planted[] = [
  { id: "patient", find: "ShortestGreen = 15", replace: "ShortestGreen = 16", breaks: "" },
  { id: "late", find: "s >= End(a)", replace: "s > End(a)", breaks: "" },
  { id: "never-served", find: "asked' = a.exclude(Set(Other(Moving)))", replace: "asked' = a", breaks: "" },
  { id: "own-button", find: "a.contains(Other(Moving))", replace: "a.contains(Moving)", breaks: "" },
  {
    id: "asks-while-green",
    find: 'if (light.get(d) == "green") asked else asked.union(Set(d))',
    replace: "asked.union(Set(d))",
    breaks: "",
  },
]

/** Random runs find these. */
export const inRaft: readonly Planted[] = [
  {
    id: "votes-twice",
    find: "          Set(Nobody, r.from).contains(votedFor.get(i)),\n",
    replace: "",
    breaks: "ElectionSafety",
  },
  {
    id: "half-is-enough",
    find: "size(s) * 2 > size(Servers)",
    replace: "size(s) * 2 >= size(Servers) - 1",
    breaks: "ElectionSafety",
  },
  {
    id: "votes-for-anyone",
    find: "          IsUpToDate(log.get(i), r.lastLogIndex, r.lastLogTerm),\n",
    replace: "",
    breaks: "LeaderCompleteness",
  },
]

/** Random runs would need hours for this one: Figure8.qnt leads to it. */
export const figure8: Planted = {
  id: "commits-old-terms",
  find: "    TermAt(log.get(i), n) == currentTerm.get(i),\n",
  replace: "",
  breaks: "LeaderCompleteness",
}
