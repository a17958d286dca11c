/**
 * Given: your controller on a real clock. Start the lights in one terminal
 *
 *     npx workshop light
 *
 * and your controller in another
 *
 *     npx tsx projects/02-traffic-light/main.ts --speed 10
 */
import { startController, type Clock } from "#02-traffic-light"
import { parseArgs } from "node:util"

const usage =
  "usage: npx tsx projects/02-traffic-light/main.ts [--hardware 127.0.0.1:20000] [--port 20001] [--speed 1]"

try {
  const { values } = parseArgs({
    options: {
      hardware: { type: "string", default: "127.0.0.1:20000" },
      port: { type: "string", default: "20001" },
      speed: { type: "string", default: "1" },
    },
  })
  const [host = "", hardwarePort = ""] = values.hardware.split(":")
  const speed = Number(values.speed)
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
    port: Number(values.port),
    hardware: { host, port: Number(hardwarePort) },
  })
  console.log(`the controller listens on UDP port ${String(controller.port)}; Ctrl-C stops`)
  process.once("SIGINT", () => void controller.close())
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`)
  process.exitCode = 1
}
