/**
 * Given: a console for one server. Start one in each of three terminals; n1 leads because you say so. A server comes back
 * with its log; with `--fresh` it begins anew:
 *
 *     npx tsx projects/06-consensus/console.ts --id n1 --leader n1
 */
import { lead } from "#05-log-replication"
import { step } from "#06-consensus"
import { ledByDecree, runConsole } from "../03-planning/live.ts"

await runConsole({
  step,
  name: "06-consensus",
  usage: "npx tsx projects/06-consensus/console.ts --id n1 --leader n1 [--fresh] [--cluster FILE]",
  ...ledByDecree(lead),
})
