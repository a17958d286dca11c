import { AsyncQueue } from "#01-kv-server"
import { createSocket } from "node:dgram"
import { once } from "node:events"
import type {
  Controller,
  ControllerOptions,
  CrossingEvent,
  Direction,
  SetLight,
} from "../../projects/02-traffic-light/contract.ts"
import { initial, lights, step } from "./crossing.ts"

const directions: readonly Direction[] = ["NS", "EW"]

/** The clock and the network only push events; one loop takes them, one at a time, and carries out the effects. */
export async function startController({ clock, port, hardware }: ControllerOptions): Promise<Controller> {
  const queue = new AsyncQueue<CrossingEvent>()
  const socket = createSocket("udp4")
  socket.on("message", (data) => {
    const event = parseButton(data.toString())
    if (event) queue.push(event)
  })
  socket.bind(port, "127.0.0.1")
  await once(socket, "listening")
  socket.on("error", () => undefined) // lights that are switched off must not stop the crossing

  const send = (effect: SetLight): Promise<void> =>
    new Promise((resolve) => {
      socket.send(datagram(effect), hardware.port, hardware.host, () => {
        resolve()
      })
    })
  const run = async (): Promise<void> => {
    let state = initial
    for (const effect of allLights()) await send(effect)
    for await (const event of queue) {
      const stepped = step(state, event)
      state = stepped.state
      for (const effect of stepped.effects) await send(effect)
    }
  }
  const running = run()
  const stopClock = clock.every(1000, () => {
    queue.push({ type: "tick" })
  })

  return {
    port: socket.address().port,
    close: async () => {
      stopClock()
      socket.removeAllListeners("message")
      queue.close()
      await running
      const closed = once(socket, "close")
      socket.close()
      await closed
    },
  }
}

/** What the lights must show at the start, the red one first. */
function allLights(): readonly SetLight[] {
  const shown = lights(initial)
  const all = directions.map((direction): SetLight => ({ type: "set", direction, colour: shown[direction] }))
  return all.toSorted((a, b) => Number(b.colour === "red") - Number(a.colour === "red"))
}

/** `NS-G`: direction, and the colour's first letter. */
function datagram({ direction, colour }: SetLight): string {
  return `${direction}-${colour.charAt(0).toUpperCase()}`
}

/** `NS-B`; anything else is none of ours. */
function parseButton(text: string): CrossingEvent | undefined {
  const direction = directions.find((each) => text === `${each}-B`)
  return direction && { type: "button", direction }
}
