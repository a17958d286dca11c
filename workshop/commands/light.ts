import { createSocket, type Socket } from "node:dgram"
import { once } from "node:events"
import { hear, isDangerous, switchedOff, type Hardware, type Lamp } from "../light/lights.ts"
import { UsageError } from "../stages.ts"
import { bold, clip, columns, dim, green, red, yellow } from "../text/style.ts"

export interface LightOptions {
  readonly port: string
  readonly controller: string
}

interface Address {
  readonly host: string
  readonly port: number
}

const danger = red(bold("!!! DANGER: neither direction is red !!!"))

const help = "n presses the north-south button, e the east-west one, q quits"

/** `workshop light`: two lights in the terminal, set by UDP datagrams from any program. Runs until `q` or Ctrl-C. */
export async function light(options: LightOptions): Promise<void> {
  const port = parsePort("--port", options.port)
  const controller = parseAddress(options.controller)
  const socket = createSocket("udp4")
  socket.bind(port, "127.0.0.1")
  try {
    await once(socket, "listening")
  } catch {
    throw new UsageError(`--port ${String(port)}: the port is taken; is another light running?`)
  }
  const { tty, say, draw } = screen(socket.address().port, controller)

  let hardware: Hardware = switchedOff
  draw(hardware)
  const press = (datagram: string): void => {
    socket.send(datagram, controller.port, controller.host)
    say(`pressed ${datagram.slice(0, 2)}`)
  }
  socket.on("message", (data) => {
    const heard = hear(hardware, data.toString("latin1"))
    if (heard.kind === "bad") say(heard.what)
    else if (heard.kind === "press") press(heard.datagram)
    else {
      const changed = heard.hardware.NS !== hardware.NS || heard.hardware.EW !== hardware.EW
      hardware = heard.hardware
      if (changed || tty) draw(hardware)
      if (!tty && isDangerous(hardware)) say(danger)
    }
  })
  await untilQuit(socket, press)
}

/** Keys in a terminal; without one, until the process is told to end. */
async function untilQuit(socket: Socket, press: (datagram: string) => void): Promise<void> {
  const { stdin } = process
  await new Promise<void>((resolve) => {
    process.once("SIGINT", resolve).once("SIGTERM", resolve)
    if (!stdin.isTTY) return
    stdin.setRawMode(true)
    stdin.on("data", (data: Buffer) => {
      for (const key of data.toString()) {
        if (key === "n") press("NS-B")
        else if (key === "e") press("EW-B")
        else if (key === "q" || key === "\x03" || key === "\x04") resolve()
      }
    })
  })
  if (stdin.isTTY) stdin.setRawMode(false)
  stdin.pause()
  socket.close()
  if (process.stdout.isTTY) process.stdout.write("\n")
}

interface Screen {
  readonly tty: boolean
  /** A line of news. */
  readonly say: (text: string) => void
  readonly draw: (hardware: Hardware) => void
}

/** Drawn anew in place where there is a terminal; a line for each change where there is none. */
function screen(port: number, controller: Address): Screen {
  const tty = process.stdout.isTTY
  let hardware: Hardware = switchedOff
  let news = ""
  const title = `lights on UDP port ${String(port)}; buttons go to ${controller.host}:${String(controller.port)}`
  process.stdout.write(`${title}\n`)
  if (!tty) {
    return {
      tty,
      say: (text) => process.stdout.write(text + "\n"),
      draw: ({ NS, EW }) => process.stdout.write(`NS ${word(NS)}, EW ${word(EW)}\n`),
    }
  }
  process.stdout.write(dim(help) + "\n" + "\n".repeat(height))
  let since = Date.now()
  const paint = (): void => {
    const rows = (["R", "Y", "G"] as const).map(
      (lamp) => `   ${bulb(hardware.NS, lamp)}   ${bulb(hardware.EW, lamp)}`,
    )
    const seconds = dim(`for ${String(Math.floor((Date.now() - since) / 1000))} s`)
    const lines = [
      "   NS    EW",
      ...rows,
      `   ${seconds}`,
      isDangerous(hardware) ? danger : "",
      clip(news, columns() - 1),
    ]
    process.stdout.write(`\x1b[${String(height)}A${lines.map((line) => `\x1b[2K${line}\n`).join("")}`)
  }
  setInterval(paint, 1000).unref()
  return {
    tty,
    say: (text) => {
      news = text
      paint()
    },
    draw: (now) => {
      if (now.NS !== hardware.NS || now.EW !== hardware.EW) since = Date.now()
      hardware = now
      paint()
    },
  }
}

/** Lines that are painted again and again. */
const height = 7

/** As wide lit as dark, so that the columns stay where they are. */
function bulb(shown: Lamp, lamp: "R" | "Y" | "G"): string {
  if (shown !== lamp) return dim("○  ")
  return { R: red, Y: yellow, G: green }[lamp](`● ${lamp}`)
}

function word(lamp: Lamp): string {
  return { G: "green", Y: "yellow", R: "red", off: "dark" }[lamp]
}

function parsePort(option: string, text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new UsageError(`${option} ${text}: expected a port, 0 to 65535`)
  return port
}

function parseAddress(text: string): Address {
  const match = /^([^:]+):(\d+)$/.exec(text)
  if (!match?.[1] || !match[2])
    throw new UsageError(`--controller ${text}: expected HOST:PORT, as in 127.0.0.1:20001`)
  return { host: match[1], port: parsePort("--controller", match[2]) }
}
