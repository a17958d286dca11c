/**
 * What passes between the judge, in whose process a suite runs, and the actor, in whose process the code under test
 * runs: JSON, a message a frame.
 */

/** Names something of the sender's that stays where it is: a function, an object with a class, a promise, a symbol. */
export type Id = number

/** A value, in JSON. What JSON does not know is an object with the one key `$`. */
export type Wire =
  | null
  | boolean
  | number
  | string
  | readonly Wire[]
  | { readonly [key: string]: Wire }
  | { readonly $: Special }
  /** A piece of data that crossed before: 0 and up, one of the sender's; below, of the receiver's: -1 is 0. */
  | { readonly $: number }

/** Values in a message, and the number of the first piece of data in them: see `Pieces`. */
export interface Parcel<V = Wire> {
  readonly first: number
  readonly wire: V
}

/** What JSON does not know. */
export type Special =
  | { readonly is: "undefined" }
  /** NaN, the infinities, and -0. */
  | { readonly is: "number"; readonly text: string }
  | { readonly is: "bigint"; readonly text: string }
  | { readonly is: "symbol"; readonly id: Id; readonly name: string }
  | { readonly is: "bytes"; readonly base64: string; readonly buffer: boolean }
  | { readonly is: "map"; readonly id: Id; readonly entries: readonly (readonly [Wire, Wire])[] }
  | { readonly is: "set"; readonly id: Id; readonly items: readonly Wire[] }
  /** An object one of whose keys is `$` or `__proto__`. */
  | { readonly is: "object"; readonly entries: readonly (readonly [string, Wire])[] }
  | { readonly is: "error"; readonly id: Id; readonly name: string; readonly message: string; readonly stack: string; readonly more: Wire }
  | { readonly is: "function"; readonly id: Id; readonly name: string }
  /** A function that both sides have: see `twins.ts`. `text` is there when the code is new to the receiver. */
  | { readonly is: "twin"; readonly code: number; readonly path: string; readonly text?: string }
  /** An object that stays where it is. */
  | { readonly is: "thing"; readonly id: Id; readonly methods: readonly string[] }
  | { readonly is: "promise"; readonly id: Id }
  /** A function or a thing of the receiver's own. */
  | { readonly is: "yours"; readonly id: Id }

export type Request =
  | { readonly do: "call"; readonly id: Id; readonly args: Parcel<readonly Wire[]> }
  | { readonly do: "construct"; readonly id: Id; readonly args: Parcel<readonly Wire[]> }
  | { readonly do: "method"; readonly id: Id; readonly name: string; readonly args: Parcel<readonly Wire[]> }
  | { readonly do: "get"; readonly id: Id; readonly name: string }
  | { readonly do: "set"; readonly id: Id; readonly name: string; readonly value: Parcel }

export type Message =
  /** Wants an answer. `under` is the receiver's own question in whose course this one came up. */
  | { readonly type: "ask"; readonly n: number; readonly under: number; readonly request: Request }
  | { readonly type: "answer"; readonly n: number; readonly threw: boolean; readonly value: Parcel }
  | { readonly type: "settled"; readonly id: Id; readonly rejected: boolean; readonly value: Parcel }
  /** An error that nobody caught. */
  | { readonly type: "escaped"; readonly value: Parcel }
  /** The project has dialed this address. */
  | { readonly type: "dialed"; readonly address: string }
  /** Comes back once the receiver's event loop came round. */
  | { readonly type: "turn"; readonly n: number }
  | { readonly type: "turned"; readonly n: number }
  /** The actor has loaded the project: its exports, or what went wrong. */
  | { readonly type: "loaded"; readonly failed: boolean; readonly value: Parcel }
