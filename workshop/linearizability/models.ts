import type { Operation, Value } from "./history.ts"
import type { Model, Need, Role } from "./model.ts"

/** A register: a single key. */
export const register: Model<Value, Operation> = {
  initial: null,
  step: stepRegister,
  key: (state) => JSON.stringify(state),
  role: roleAtRegister,
  label: labelOf,
  leaves: (operation) => (operation.type === "read" ? undefined : operation.value),
  needs: needOf,
}

function stepRegister(state: Value, operation: Operation): Value | undefined {
  switch (operation.type) {
    case "read":
      return operation.returned === null || operation.result === state ? state : undefined
    case "write":
      return operation.value
    case "cas":
      // One without an answer that changes nothing is as good as one that never happened.
      if (operation.done === false) return state === operation.expected ? undefined : state
      return state === operation.expected ? operation.value : undefined
  }
}

function roleAtRegister(operation: Operation): Role {
  switch (operation.type) {
    case "read":
      return "observes"
    case "write":
      return "overwrites"
    case "cas":
      // One that fails changes nothing, nor does one that puts back what it found.
      return operation.done === false || operation.expected === operation.value ? "observes" : "changes"
  }
}

function needOf(operation: Operation): Need<Value> {
  switch (operation.type) {
    case "read":
      return operation.returned === null ? { kind: "nothing" } : { kind: "state", state: operation.result }
    case "write":
      return { kind: "nothing" }
    case "cas":
      return { kind: operation.done === false ? "another state" : "state", state: operation.expected }
  }
}

function labelOf(operation: Operation): string {
  switch (operation.type) {
    case "read":
      return JSON.stringify(["read", operation.returned === null ? "unknown" : [operation.result]])
    case "write":
      return JSON.stringify(["write", operation.value])
    case "cas":
      return JSON.stringify(["cas", operation.expected, operation.value, operation.done !== false])
  }
}
