/**
 * Given: a console for one server. Start one in each of three terminals; n1 leads because you say so. A server comes back
 * with its log; with `--fresh` it begins anew:
 *
 *     npx tsx projects/05-log-replication/console.ts --id n1 --leader n1
 */
import { lead, step } from "#05-log-replication"
import { ledByDecree, runConsole } from "../03-planning/live.ts"

await runConsole({
  step,
  name: "05-log-replication",
  usage: "npx tsx projects/05-log-replication/console.ts --id n1 --leader n1 [--fresh] [--cluster FILE]",
  ...ledByDecree(lead),
})
