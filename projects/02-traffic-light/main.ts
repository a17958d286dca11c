/**
 * Given: your controller on a real clock. Start the lights in one terminal
 *
 *     npx workshop light
 *
 * and your controller in another
 *
 *     npx tsx projects/02-traffic-light/main.ts --speed 10
 *
 * Without a project 1 of your own, put it on our queue: `npx tsx -C reference-01 projects/02-traffic-light/main.ts`.
 */
import { startController, type Clock } from "#02-traffic-light"
import { parseArgs } from "node:util"

const usage =
  "usage: npx tsx projects/02-traffic-light/main.ts [--hardware 127.0.0.1:20000] [--port 20001] [--speed 1]"

function toPort(option: string, text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new Error(`${option} ${text}: expected a port, 0 to 65535`)
  return port
}

try {
  const { values } = parseArgs({
    options: {
      hardware: { type: "string", default: "127.0.0.1:20000" },
      port: { type: "string", default: "20001" },
      speed: { type: "string", default: "1" },
    },
  })
  const [host = "", hardwarePort = ""] = values.hardware.split(":")
  const hardware = { host, port: toPort("--hardware", hardwarePort) }
  const speed = Number(values.speed)
  if (!(speed > 0 && speed <= 1000))
    throw new Error(`--speed ${values.speed}: expected a number above 0, at most 1000`)
  const clock: Clock = {
    every: (milliseconds, callback) => {
      const timer = setInterval(callback, milliseconds / speed)
      return () => {
        clearInterval(timer)
      }
    },
  }
  const controller = await startController({
    clock,
    port: toPort("--port", values.port),
    hardware,
  })
  console.log(`the controller listens on UDP port ${String(controller.port)}; Ctrl-C stops`)
  process.once("SIGINT", () => void controller.close())
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`)
  process.exitCode = 1
}
