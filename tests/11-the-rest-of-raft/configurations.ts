import type { Json } from "../../projects/03-planning/contract.ts"
import type {
  Configuration,
  ConfigurationCommand,
  FullNode,
} from "../../projects/11-the-rest-of-raft/contract.ts"

export function isConfiguration(command: Json): command is Json & ConfigurationCommand {
  return (
    typeof command === "object" && command !== null && "type" in command && command.type === "configuration"
  )
}

/** Section 6: the latest configuration in the log, or else the snapshot's. */
export function configurationOf({ log, snapshot }: FullNode): Configuration {
  const command = log.entries.map((entry) => entry.command).findLast(isConfiguration)
  return command ? { voters: command.voters, oldVoters: command.oldVoters } : snapshot.configuration
}
