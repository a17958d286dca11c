import { inspect } from "node:util"

/** A value as a person would write it, on one line where it fits. */
export function show(value: unknown): string {
  const text = inspect(value, {
    depth: 8,
    breakLength: 100,
    maxArrayLength: 40,
    maxStringLength: 200,
    sorted: true,
  })
  return text.length > 1200 ? text.slice(0, 1200) + " …" : text
}
