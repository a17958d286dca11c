import { createSocket, type Socket } from "node:dgram"
import { once } from "node:events"
import { awaiting, check, group, holds, rejects, same, turn, turns, wrapInstance, type After } from "#suite"
import type { Clock, Controller } from "../../projects/02-traffic-light/contract.ts"
import { project } from "./project.ts"

/** A clock that goes when it is told to. */
class FakeClock implements Clock {
  readonly #timers = new Set<{ readonly every: number; next: number; readonly callback: () => void }>()
  #now = 0

  every(milliseconds: number, callback: () => void): () => void {
    const timer = { every: milliseconds, next: this.#now + milliseconds, callback }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  get running(): number {
    return this.#timers.size
  }

  seconds(n: number): void {
    const end = this.#now + n * 1000
    for (;;) {
      const due = [...this.#timers].toSorted((a, b) => a.next - b.next)[0]
      if (!due || due.next > end) break
      this.#now = due.next
      due.next += due.every
      due.callback()
    }
    this.#now = end
  }
}

/** Lights that write down what they are told. */
class Hardware {
  readonly socket: Socket
  readonly heard: string[] = []
  #wake: () => void = () => undefined

  static async open(after: After): Promise<Hardware> {
    const socket = createSocket("udp4")
    socket.bind(0, "127.0.0.1")
    await once(socket, "listening")
    after(() => socket.close())
    return new Hardware(socket)
  }

  constructor(socket: Socket) {
    this.socket = socket
    socket.on("message", (data) => {
      this.heard.push(data.toString("latin1"))
      this.#wake()
    })
  }

  /** What the lights show now, by the last word on each. */
  get shown(): string {
    const last = (direction: string) => this.heard.findLast((each) => each.startsWith(direction)) ?? "nothing"
    return `${last("NS")} ${last("EW")}`
  }

  async until(shown: string): Promise<void> {
    while (this.shown !== shown) {
      const what = `the datagrams that make the lights show ${shown}; they show ${this.shown}`
      await awaiting(what, new Promise<void>((resolve) => (this.#wake = resolve)))
    }
  }

  send(text: string, port: number): void {
    this.socket.send(text, port, "127.0.0.1")
  }
}

interface Rig {
  readonly clock: FakeClock
  readonly hardware: Hardware
  readonly controller: Controller
}

async function rig(after: After): Promise<Rig> {
  const clock = new FakeClock()
  const hardware = await Hardware.open(after)
  const target = { host: "127.0.0.1", port: hardware.socket.address().port }
  const started = await project.startController({ clock, port: 0, hardware: target })
  const controller = wrapInstance("controller", started)
  after(() => controller.close())
  await hardware.until("NS-R EW-G")
  return { clock, hardware, controller }
}

/** What was heard without repetitions: saying a colour again is allowed. */
function changes(heard: readonly string[]): readonly string[] {
  const last = new Map<string, string>()
  return heard.filter((datagram) => {
    const direction = datagram.slice(0, 2)
    const news = last.get(direction) !== datagram
    last.set(direction, datagram)
    return news
  })
}

group("2d", "The controller", () => {
  check("2d.1", [21], "at the start it sets both lights, the red one first", async ({ after }) => {
    const { hardware } = await rig(after)
    same(changes(hardware.heard), ["NS-R", "EW-G"], "the datagrams at the start")
  })

  check(
    "2d.2",
    [22],
    "each second of the clock is a tick: after 30 of them, east-west turns yellow",
    async ({ after }) => {
      const { clock, hardware } = await rig(after)
      clock.seconds(30)
      await hardware.until("NS-R EW-Y")
      clock.seconds(5)
      await hardware.until("NS-G EW-R")
      same(changes(hardware.heard), ["NS-R", "EW-G", "EW-Y", "EW-R", "NS-G"], "35 seconds: the datagrams")
    },
  )

  check(
    "2d.3",
    [22],
    "a whole round of 100 seconds: every datagram, in order, and no more",
    async ({ after }) => {
      const { clock, hardware, controller } = await rig(after)
      for (const [seconds, shown] of [
        [30, "NS-R EW-Y"],
        [5, "NS-G EW-R"],
        [60, "NS-Y EW-R"],
        [5, "NS-R EW-G"],
      ] as const) {
        clock.seconds(seconds)
        await hardware.until(shown)
      }
      await controller.close()
      await turns()
      same(
        changes(hardware.heard),
        ["NS-R", "EW-G", "EW-Y", "EW-R", "NS-G", "NS-Y", "NS-R", "EW-G"],
        "100 seconds: the datagrams",
      )
    },
  )

  check(
    "2d.4",
    [22],
    "no tick comes too much: after 29 seconds and a press, it is the press that turns the light",
    async ({ after }) => {
      const { clock, hardware, controller } = await rig(after)
      clock.seconds(14)
      hardware.send("NS-B", controller.port)
      // Should the press arrive only after the next second, the light turns all the same: nothing here is a race.
      await turns()
      same(hardware.shown, "NS-R EW-G", "14 seconds, then NS-B: the lights, before the 15th second")
      clock.seconds(1)
      await hardware.until("NS-R EW-Y")
    },
  )

  check("2d.5", [23], "a datagram NS-B or EW-B is a press", async ({ after }) => {
    const { clock, hardware, controller } = await rig(after)
    clock.seconds(20)
    hardware.send("NS-B", controller.port)
    await hardware.until("NS-R EW-Y")
    clock.seconds(5 + 15)
    await hardware.until("NS-G EW-R")
    hardware.send("EW-B", controller.port)
    await hardware.until("NS-Y EW-R")
  })

  check("2d.6", [24], "any other datagram is ignored", async ({ after }) => {
    const { clock, hardware, controller } = await rig(after)
    clock.seconds(20)
    for (const nonsense of [
      "",
      "NS",
      "ns-b",
      "NS-B ",
      "NS-BB",
      "NS-G",
      "XX-B",
      "EW-B\n",
      "NS-B\n",
      "\u0000\u00ff",
      "{}",
      "__proto__-B",
    ]) {
      hardware.send(nonsense, controller.port)
    }
    clock.seconds(9)
    await turns()
    same(hardware.shown, "NS-R EW-G", "20 seconds, twelve bad datagrams, 9 seconds: the lights")
    clock.seconds(1)
    await hardware.until("NS-R EW-Y")
  })

  check(
    "2d.7",
    [22, 25],
    "events are handled one after the other, in the order in which they came",
    async ({ after }) => {
      const { clock, hardware, controller } = await rig(after)
      const round = ["EW-Y", "EW-R", "NS-G", "NS-Y", "NS-R", "EW-G"]
      for (let n = 1; n <= 5; n++) {
        clock.seconds(100)
        await awaiting(
          `the datagrams of ${String(n)} rounds of 100 seconds`,
          untilCount(hardware, 2 + n * round.length),
        )
      }
      await controller.close()
      const expected = ["NS-R", "EW-G", ...Array.from({ length: 5 }, () => round).flat()]
      same(changes(hardware.heard), expected, "five times 100 seconds at once: the datagrams")
    },
  )

  check(
    "2d.8",
    [25],
    "close stops the clock and frees the port; nothing is sent after it",
    async ({ after }) => {
      const { clock, hardware, controller } = await rig(after)
      await awaiting("`controller.close` to resolve", controller.close())
      same(clock.running, 0, "timers of the clock that are still running after close")
      const before = hardware.heard.length
      clock.seconds(100)
      hardware.send("NS-B", controller.port)
      await turns()
      same(hardware.heard.length, before, "close, then 100 seconds and a press: number of datagrams")
      const again = createSocket("udp4")
      after(() => again.close())
      const free = once(again, "listening").then(
        () => "free",
        (error: unknown) => String(error),
      )
      again.bind(controller.port, "127.0.0.1")
      same(await free, "free", "the controller's port after close")
    },
  )

  check(
    "2d.11",
    [25],
    "close in the middle of work: presses that still arrive do no harm",
    async ({ after }) => {
      const { clock, hardware, controller } = await rig(after)
      clock.seconds(500)
      for (let i = 0; i < 20; i++) hardware.send("NS-B", controller.port)
      const closing = controller.close()
      for (let i = 0; i < 20; i++) hardware.send("EW-B", controller.port)
      await awaiting("`controller.close` to resolve, with 500 ticks still in the queue", closing)
      await turns()
      const before = hardware.heard.length
      await turns()
      same(
        hardware.heard.length,
        before,
        "500 ticks and 40 presses around close: datagrams that come after it",
      )
    },
  )

  check("2d.10", [21], "a port that is taken is an error, not a crash", async ({ after }) => {
    const { clock, controller, hardware } = await rig(after)
    const target = { host: "127.0.0.1", port: hardware.socket.address().port }
    const second = project.startController({ clock, port: controller.port, hardware: target })
    await rejects(second, undefined, [], "a second controller on the same port")
    same(clock.running, 1, "timers of the clock: only the first controller's")
  })

  check("2d.9", [25], "two controllers in one process do not disturb each other", async ({ after }) => {
    const [one, two] = [await rig(after), await rig(after)]
    one.clock.seconds(30)
    await one.hardware.until("NS-R EW-Y")
    same(
      two.hardware.shown,
      "NS-R EW-G",
      "30 seconds on the first controller's clock: the second one's lights",
    )
    two.clock.seconds(30)
    await two.hardware.until("NS-R EW-Y")
    const heard = changes(two.hardware.heard)
    same(heard, ["NS-R", "EW-G", "EW-Y"], "then 30 seconds on the second one's clock: its datagrams")
    holds(
      one.controller.port !== two.controller.port,
      "two controllers, both with port 0",
      "two ports",
      "the same port",
    )
  })
})

async function untilCount(hardware: Hardware, n: number): Promise<void> {
  while (changes(hardware.heard).length < n) await turn()
}
