/** The types of project 2. */

/** North-south, east-west. */
export type Direction = "NS" | "EW"

export type Colour = "green" | "yellow" | "red"

export type CrossingEvent =
  /** One second has passed. */
  | { readonly type: "tick" }
  /** Somebody wants to go in this direction, and presses the button for it. */
  | { readonly type: "button"; readonly direction: Direction }

/** "Show this colour in this direction." */
export interface SetLight {
  readonly type: "set"
  readonly direction: Direction
  readonly colour: Colour
}

export interface Stepped<State, Effect> {
  readonly state: State
  /** To be carried out one after the other, in this order. */
  readonly effects: readonly Effect[]
}

/** What to explore: any machine with a pure `step`. Project 8 will pass a whole Raft cluster here. */
export interface Exploration<State, Event> {
  readonly initial: State
  /** The events that can happen in a state. */
  readonly events: (state: State) => readonly Event[]
  readonly step: (state: State, event: Event) => Stepped<State, unknown>
  /** By name; each must be true in every reachable state. Default: none. */
  readonly invariants?: Readonly<Record<string, (state: State) => boolean>>
  /**
   * States with the same key are one state. Default: the state's data, whatever the order of its properties; good for
   * plain JSON.
   */
  readonly key?: (state: State) => string
  /** Most distinct states to visit. Default: no limit. */
  readonly maxStates?: number
  /** Called when all states at some distance from the initial one have been visited. */
  readonly onProgress?: (progress: Progress) => void
}

export interface Progress {
  /** Distinct states found so far. */
  readonly states: number
  /** Events from the initial state to the states just finished. */
  readonly depth: number
}

/** How to get to a state: the events, from the initial state on, and the state itself. */
export interface Path<State, Event> {
  readonly events: readonly Event[]
  readonly state: State
}

export interface Violation<State, Event> extends Path<State, Event> {
  /** The name of the invariant that does not hold in `state`. */
  readonly invariant: string
}

export interface Explored<State, Event> {
  /** Distinct states found, the initial one included. */
  readonly states: number
  /** True when every reachable state was visited: then the invariants hold everywhere. */
  readonly complete: boolean
  /** States that no event leads out of, each with a shortest way to it. */
  readonly deadlocks: readonly Path<State, Event>[]
  /** An invariant that fails, in a state as near as any such state is; `null` when there was none. Ends the search. */
  readonly violation: Violation<State, Event> | null
}

/** Time, from outside: a real clock calls back in real time, a test's clock when the test says so. */
export interface Clock {
  /** Calls back every so many milliseconds, until the function it returns is called. */
  every(milliseconds: number, callback: () => void): () => void
}

export interface ControllerOptions {
  readonly clock: Clock
  /** UDP port for button presses, on 127.0.0.1; 0 takes any free one. */
  readonly port: number
  /** Where the lights listen. */
  readonly hardware: { readonly host: string; readonly port: number }
}

export interface Controller {
  /** The UDP port it listens on. */
  readonly port: number
  /** Stops the clock and the loop and closes the port; nothing is sent after it has resolved. */
  close(): Promise<void>
}

/** What `projects/02-traffic-light/index.ts` exports. `State` is your own: nobody else looks into it. */
export interface Project<State = unknown> {
  /** East-west has just turned green. Plain JSON, like every state. */
  readonly initial: State

  /** What the lights show in a state. */
  lights(state: State): Readonly<Record<Direction, Colour>>

  step(state: State, event: CrossingEvent): Stepped<State, SetLight>

  explore<S, E>(exploration: Exploration<S, E>): Explored<S, E>

  startController(options: ControllerOptions): Promise<Controller>
}
