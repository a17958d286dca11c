import { lastIndex, termAt } from "#04-the-log"
import type { Entry, Index, Json, Log } from "../03-planning/contract.ts"
import type { Configuration, ConfigurationCommand, FullNode } from "./contract.ts"

/** Whether an entry's command changes the configuration. */
export function isConfiguration(command: Json): command is Json & ConfigurationCommand {
  return (
    typeof command === "object" && command !== null && "type" in command && command.type === "configuration"
  )
}

interface Found {
  readonly index: Index
  readonly configuration: Configuration
}

/** The last configuration up to an index, and where it comes from: an entry of the log, or what is behind its base. */
export function configurationAt(
  { log, snapshot }: Pick<FullNode, "log" | "snapshot">,
  upTo: Index = lastIndex(log),
): Found {
  return latest(log, upTo) ?? { index: log.base.index, configuration: snapshot.configuration }
}

/** The last configuration entry in the log from the end down to `above`, that one not included. */
export function latest(log: Log, upTo: Index, above: Index = log.base.index): Found | undefined {
  for (let index = upTo; index > Math.max(above, log.base.index); index--) {
    const command = entryAt(log, index)?.command
    if (command === undefined || !isConfiguration(command)) continue
    const { voters, oldVoters } = command
    return { index, configuration: { voters, oldVoters } }
  }
  return undefined
}

function entryAt({ base, entries }: Log, index: Index): Entry | undefined {
  return entries[index - base.index - 1]
}

/** Whether what was looked at is still there: index and term name an entry and all before it (section 5.3). */
export function isStill(log: Log, { upTo, term, index }: FullNode["configured"]): boolean {
  return index >= log.base.index && upTo >= log.base.index && termAt(log, upTo) === term
}
