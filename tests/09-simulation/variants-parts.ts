import type { Variant } from "#suite"

/** Other choices in the parts: chance, time, the network, the faults. */
export const variantsOfParts: readonly Variant[] = [
  {
    id: "other-generator",
    what: "xoshiro128** instead of sfc32",
    why: "any fair generator will do",
    edit: [
      {
        file: "random.ts",
        find: "const sum = (this.#a + this.#b + this.#counter) | 0\n    this.#counter = (this.#counter + 1) | 0\n    this.#a = this.#b ^ (this.#b >>> 9)\n    this.#b = (this.#c + (this.#c << 3)) | 0\n    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0\n    return sum",
        replace:
          "const five = Math.imul(this.#b, 5)\n    const result = Math.imul((five << 7) | (five >>> 25), 9)\n    const t = this.#b << 9\n    this.#c ^= this.#a\n    this.#counter ^= this.#b\n    this.#b ^= this.#c\n    this.#a ^= this.#counter\n    this.#c ^= t\n    this.#counter = (this.#counter << 11) | (this.#counter >>> 21)\n    return result",
      },
    ],
  },
  {
    id: "32-bits",
    what: "numbers have 32 bits, and `below` draws again what would not be fair",
    why: "how fine the numbers are is up to you",
    edit: [
      {
        file: "random.ts",
        find: "const low = this.#bits() >>> 6\n    return (high * 2 ** 26 + low) / 2 ** 53",
        replace: "return (high * 32 + (this.#bits() >>> 27)) / 2 ** 32",
      },
    ],
  },
  {
    id: "chance-from-above",
    what: "chance looks at the upper end of the numbers, and below counts down",
    why: "which numbers stand for what is up to you",
    edit: [
      {
        file: "random.ts",
        find: "return this.next() < probability",
        replace: "return 1 - this.next() <= probability && probability > 0",
      },
      {
        file: "random.ts",
        find: "Math.floor(this.next() * n)",
        replace: "n - 1 - Math.floor(this.next() * n)",
      },
    ],
  },
  {
    id: "sorted-list",
    what: "the clock keeps a list, sorted when somebody looks at it",
    why: "how the clock finds the first one is nobody's business",
    edit: [
      {
        file: "clock.ts",
        find: "  readonly #items: Due[] = []\n",
        replace: "  #items: Due[] = []\n  #sorted = true\n",
      },
      {
        file: "clock.ts",
        find: "    return this.#items[0]\n",
        replace:
          "    if (!this.#sorted) this.#items = this.#items.sort((a, b) => b.time - a.time || b.order - a.order)\n    this.#sorted = true\n    return this.#items.at(-1)\n",
      },
      {
        file: "clock.ts",
        find: "  push(item: Due): void {\n",
        replace:
          "  push(item: Due): void {\n    this.#items.push(item)\n    this.#sorted = this.#items.length === 1\n    if (item.order >= 0) return\n",
      },
      {
        file: "clock.ts",
        find: "  pop(): void {\n",
        replace:
          "  pop(): void {\n    if (this.#items.length >= 0) {\n      this.#items.pop()\n      return\n    }\n",
      },
    ],
  },
  {
    id: "other-draws",
    what: "a message always draws both latencies, duplicates come in the order of time, and a cut draws nothing",
    why: "how many numbers a message takes is up to you",
    edit: [
      {
        file: "network.ts",
        find: "return this.#random.chance(duplicate) ? [this.#arrival(now), this.#arrival(now)] : [this.#arrival(now)]",
        replace:
          "this.#random.next()\n    const twice = this.#random.chance(duplicate)\n    const times = [this.#arrival(now), ...(twice ? [this.#arrival(now)] : [])]\n    this.#random.next()\n    return times.sort((a, b) => b - a)",
      },
    ],
  },
  {
    id: "other-luck",
    what: "each link forks twice, and by another name",
    why: "names of forks are up to you",
    edit: [
      { file: "network.ts", find: "this.#random.fork(name)", replace: "this.#random.fork(to).fork(from)" },
    ],
  },
  {
    id: "faults-one-by-one",
    what: "one fault after the other, by tossing a coin each tenth of a millisecond's worth: as many as it happens to be",
    why: "only the average number is given",
    edit: [
      {
        file: "faults.ts",
        find: "const count = whole + (random.chance(expected - whole) ? 1 : 0)",
        replace:
          "const tosses = Math.max(1, whole * 20 + 20)\n  const count = Array.from({ length: tosses }).filter(() => random.chance(expected / tosses)).length",
      },
    ],
  },
  {
    id: "faults-one-stream",
    what: "all faults are drawn from one stream, partitions by a coin for each server",
    why: "who is hit is up to you",
    edit: [
      { file: "faults.ts", find: "random.fork(kind)", replace: "random" },
      {
        file: "faults.ts",
        find: "  const size = 1 + random.below(servers.length - 1)\n",
        replace:
          "  const inside = servers.filter(() => random.chance(0.4))\n  if (inside.length > 0 && inside.length < servers.length) return inside\n  const size = 1 + random.below(servers.length - 1)\n",
      },
      {
        file: "faults.ts",
        find: "rate: 0.5 + 1.5 * random.next()",
        replace: "rate: random.chance(0.5) ? 0.9 : 1.1",
      },
    ],
  },
]
