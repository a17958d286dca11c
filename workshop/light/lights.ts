/** The traffic light's hardware, as data: what the lamps show, and what a datagram does to them. */

export type Lamp = "G" | "Y" | "R" | "off"

export interface Hardware {
  readonly NS: Lamp
  readonly EW: Lamp
}

export const switchedOff: Hardware = { NS: "off", EW: "off" }

export type Heard =
  | { readonly kind: "set"; readonly hardware: Hardware }
  /** A button press, to be passed on to the controller. */
  | { readonly kind: "press"; readonly datagram: string }
  | { readonly kind: "bad"; readonly what: string }

/** Takes a datagram: `NS-G` sets a lamp, `NS-B` is a press; anything else is reported and not obeyed. */
export function hear(hardware: Hardware, datagram: string): Heard {
  const match = /^(NS|EW)-([GYRB])$/.exec(datagram)
  if (!match) {
    const shown = JSON.stringify(datagram.slice(0, 40))
    return { kind: "bad", what: `bad datagram ${shown}: expected NS- or EW-, then G, Y, R or B` }
  }
  const [, direction, letter] = match
  if (letter === "B") return { kind: "press", datagram }
  return { kind: "set", hardware: { ...hardware, [direction as "NS" | "EW"]: letter as Lamp } }
}

/** Both directions may go: somebody will be hurt. */
export function isDangerous({ NS, EW }: Hardware): boolean {
  const moving = (lamp: Lamp) => lamp === "G" || lamp === "Y"
  return moving(NS) && moving(EW)
}
