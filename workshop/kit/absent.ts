import type { Command } from "commander"
import { UsageError } from "../stages.ts"

/** What students have no need of: whoever teaches has it. In the whole repository another file has this place. */
export function maintain(program: Command): void {
  for (const name of ["verify", "kit", "grade"]) {
    program
      .command(name, { hidden: true })
      .argument("[words...]")
      .allowUnknownOption()
      .action(() => {
        throw new UsageError(`${name} is not in this kit: whoever gave it to you has it`)
      })
  }
}
