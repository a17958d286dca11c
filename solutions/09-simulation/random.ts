import type { Random } from "../../projects/09-simulation/contract.ts"
import { requireNatural } from "./check.ts"

export function createRandom(seed: number): Random {
  requireNatural("seed", seed)
  return new Stream(stirred([seed % 2 ** 32, Math.floor(seed / 2 ** 32), 0, 1]))
}

/** Four numbers of 32 bits. */
type State = readonly [number, number, number, number]

/**
 * The generator sfc32 of Chris Doty-Humphrey: 128 bits of state, and nothing but additions, shifts and exclusive ors of
 * 32-bit integers, which are the same on every machine.
 */
class Stream implements Random {
  /** Where the stream began: forks depend on it, and not on how far the stream has come. */
  readonly #beginning: State
  #a: number
  #b: number
  #c: number
  #counter: number

  constructor(beginning: State) {
    this.#beginning = beginning
    ;[this.#a, this.#b, this.#c, this.#counter] = beginning
  }

  next(): number {
    // 53 bits, as many as a number between 0 and 1 can have.
    const high = this.#bits() >>> 5
    const low = this.#bits() >>> 6
    return (high * 2 ** 26 + low) / 2 ** 53
  }

  below(n: number): number {
    requireNatural("n", n, 1)
    return Math.floor(this.next() * n)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError("pick: the list is empty")
    return list[this.below(list.length)] as T // T may have undefined in it
  }

  fork(name: string): Random {
    const [a, b, c, counter] = this.#beginning
    // The mark keeps a fork without a name from being this very stream.
    let state: State = stirred([a, b, c ^ forkMark, counter])
    for (let i = 0; i < name.length; i++) {
      const [a, b, c, counter] = state
      state = round([a ^ name.charCodeAt(i), b, c, counter])
    }
    return new Stream(stirred(state))
  }

  #bits(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum
  }
}

const forkMark = 0x9e3779b9

function round([a, b, c, counter]: State): State {
  const sum = (a + b + counter) | 0
  return [b ^ (b >>> 9), (c + (c << 3)) | 0, (((c << 21) | (c >>> 11)) + sum) | 0, (counter + 1) | 0]
}

/** After so many rounds, every bit of the state depends on all that went in. */
function stirred(state: State): State {
  return Array.from({ length: 20 }).reduce<State>(round, state)
}
