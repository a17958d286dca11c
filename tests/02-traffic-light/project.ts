import * as z from "zod"
import { same, show, subject } from "#suite"
import type {
  Colour,
  CrossingEvent,
  Direction,
  Project,
  SetLight,
} from "../../projects/02-traffic-light/contract.ts"

const direction = z.enum(["NS", "EW"])
const colour = z.enum(["green", "yellow", "red"])
const path = z.object({ events: z.array(z.unknown()), state: z.unknown() })

export const project = subject<Project>({
  exports: {
    initial: "value",
    lights: "function",
    step: "function",
    explore: "function",
    startController: "function",
  },
  returns: {
    lights: z.object({ NS: colour, EW: colour }),
    step: z.object({
      state: z.unknown(),
      effects: z.array(z.object({ type: z.literal("set"), direction, colour })),
    }),
    explore: z.object({
      states: z.number(),
      complete: z.boolean(),
      deadlocks: z.array(path),
      violation: path.extend({ invariant: z.string() }).nullable(),
    }),
  },
})

export const tick: CrossingEvent = { type: "tick" }
export const press = (direction: Direction): CrossingEvent => ({ type: "button", direction })
export const allEvents: readonly CrossingEvent[] = [tick, press("NS"), press("EW")]

export const ticks = (n: number): readonly CrossingEvent[] => Array.from({ length: n }, () => tick)

export type Lights = Readonly<Record<Direction, Colour>>

/** `12 ticks, press NS, 1 tick` */
export function told(events: readonly CrossingEvent[]): string {
  const parts: string[] = []
  for (let i = 0; i < events.length;) {
    let n = 0
    while (events[i + n]?.type === "tick") n++
    const event = events[i]
    if (n > 0) parts.push(`${String(n)} tick${n === 1 ? "" : "s"}`)
    else if (event?.type === "button") parts.push(`press ${event.direction}`)
    i += Math.max(1, n)
  }
  return parts.length === 0 ? "nothing happened yet" : parts.join(", ")
}

/** Their crossing after these events, and what the hardware shows if it did what the effects say. */
export function play(events: readonly CrossingEvent[]): { readonly state: unknown; readonly shown: Lights } {
  let state = project.initial
  let shown: Lights = project.lights(state)
  for (const event of events) {
    const stepped = project.step(state, event)
    state = stepped.state
    for (const effect of stepped.effects) shown = carryOut(shown, effect)
  }
  return { state, shown }
}

export function carryOut(shown: Lights, { direction, colour }: SetLight): Lights {
  return { ...shown, [direction]: colour }
}

export function toldLights({ NS, EW }: Lights): string {
  return `NS ${NS}, EW ${EW}`
}

export const ewGreen: Lights = { NS: "red", EW: "green" }
export const ewYellow: Lights = { NS: "red", EW: "yellow" }
export const nsGreen: Lights = { NS: "green", EW: "red" }
export const nsYellow: Lights = { NS: "yellow", EW: "red" }

/** Checks a function's answer and shows it in a person's words. */
export function sameData(got: unknown, expected: unknown, scenario: string): void {
  same(show(got), show(expected), scenario)
}
