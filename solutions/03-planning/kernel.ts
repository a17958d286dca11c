import type { Change, Envelope, Feature, Step, Typed, Verdict } from "../../projects/03-planning/contract.ts"

/**
 * Given. Makes one `step` out of features: the guards of all features see the event; unless one of them stops it, its
 * handlers react; then the rules run, until a whole round of them finds nothing to do. Features act in the order in
 * which they are listed, and every part sees what the parts before it changed.
 */
export function compose<S extends object, E, Events extends readonly Typed[]>(
  ...features: { readonly [K in keyof Events]: Feature<S, Events[K], E> }
): Step<S, Events[number], E>
export function compose<S extends object, E>(...features: readonly AnyFeature<S, E>[]): Step<S, Typed, E> {
  // The tables are made once; a step only looks things up.
  const guards = named(features, ({ guards }) => guards)
  const rules = named(features, ({ rules }) => rules)
  const handlers = new Map<string, Named<Handler<S, E>>[]>()
  for (const [name, handler] of named(features, ({ handlers }) => handlers)) {
    const type = name.slice(name.indexOf(".") + 1)
    handlers.set(type, [...(handlers.get(type) ?? []), [name, handler]])
  }

  return (before, event) => {
    let state = before
    const effects: E[] = []
    const because: string[] = []
    const act = (name: string, change: Change<S, E> | undefined): boolean => {
      if (change === undefined) return false
      because.push(name)
      if (change.set) state = { ...state, ...change.set }
      if (change.effects) effects.push(...change.effects)
      return true
    }

    let stopped = false
    for (const [name, guard] of guards) {
      const verdict = guard(state, event)
      act(name, verdict)
      if ((stopped = verdict?.stop === true)) break
    }
    if (!stopped) for (const [name, handle] of handlers.get(event.type) ?? []) act(name, handle(state, event))
    for (let rounds = 1, acted = true; acted; rounds++) {
      acted = false
      for (const [name, rule] of rules) acted = act(name, rule(state)) || acted
      if (rounds > manyRounds) throw new Error(endless(because))
    }
    return { state, effects, because }
  }
}

/** Given. Whether an event is a message from a server, of whatever kind: only messages have a term. */
export function isMessage(event: Typed): event is Envelope {
  return "term" in event && "from" in event && "to" in event
}

type Handler<S, E> = (state: S, event: Typed) => Change<S, E> | undefined

/** A feature, once it no longer matters which events it handles: each handler is looked up by its event's type. */
interface AnyFeature<S, E> {
  readonly name: string
  readonly guards?: Readonly<Record<string, (state: S, event: Typed) => Verdict<S, E> | undefined>>
  readonly handlers: Readonly<Record<string, Handler<S, E>>>
  readonly rules?: Readonly<Record<string, (state: S) => Change<S, E> | undefined>>
}

type Named<T> = readonly [name: string, part: T]

/** All parts of one kind, in the features' order, each with the name that `because` tells. */
function named<F extends { readonly name: string }, T>(
  features: readonly F[],
  parts: (feature: F) => Readonly<Record<string, T>> | undefined,
): readonly Named<T>[] {
  return features.flatMap((feature) =>
    Object.entries(parts(feature) ?? {}).map(([name, part]): Named<T> => [`${feature.name}.${name}`, part]),
  )
}

/** Rules that are still at work after so many rounds never come to rest. */
const manyRounds = 10_000

function endless(because: readonly string[]): string {
  const culprits = [...new Set(because.slice(-20))].join(", ")
  return `these rules always find something to do: ${culprits}. A rule that ran must have nothing to do when it runs again`
}
