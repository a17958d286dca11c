/**
 * Given: a console for one server. Start one in each of three terminals, and watch who is elected:
 *
 *     npx tsx projects/07-leader-election/console.ts --id n1
 *
 * With `--manual` no timer runs: `elect` and `tick` are the clock. A server comes back with its term, its vote and its
 * log; with `--fresh` it begins anew.
 */
import { step } from "#07-leader-election"
import { eventCommands, runConsole } from "../03-planning/live.ts"

await runConsole({
  step,
  name: "07-leader-election",
  usage: "npx tsx projects/07-leader-election/console.ts --id n1 [--manual] [--fresh] [--cluster FILE]",
  flags: { manual: { type: "boolean" } },
  begin: (node, { manual }) => ({ node, effects: [], timers: manual !== true }),
  commands: eventCommands,
})
