import type { Json } from "../01-kv-server/contract.ts"
import type { StateMachine } from "../06-consensus/contract.ts"

/** What the clients' requests are in the log. The id tells two equal ones apart, for whoever reads a trace. */
export type Command = { readonly id: string; readonly key: string } & (
  | { readonly type: "read" }
  | { readonly type: "write"; readonly value: string }
  | { readonly type: "cas"; readonly expected: string | null; readonly value: string }
)

export type Values = Readonly<Record<string, string>>

/** Of a read: the value. Of a cas: whether it was done. Of a write: nothing. */
export type Result = string | boolean | null

/** Given. The key-value store of project 1 in a few lines: what this project is about is around it. */
export const store: StateMachine<Values, Result> = {
  initial: {},
  apply: (values, command) => {
    // Whatever else is in a log, it is not for this machine.
    if (!isCommand(command)) return { state: values, result: null }
    const { key } = command
    const value = Object.hasOwn(values, key) ? (values[key] ?? null) : null
    switch (command.type) {
      case "read":
        return { state: values, result: value }
      case "write":
        return { state: { ...values, [key]: command.value }, result: null }
      case "cas":
        return value === command.expected
          ? { state: { ...values, [key]: command.value }, result: true }
          : { state: values, result: false }
    }
  },
}

function isCommand(json: Json): json is Command {
  return typeof json === "object" && json !== null && "id" in json && "key" in json && "type" in json
}
