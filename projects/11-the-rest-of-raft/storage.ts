import { notImplemented } from "../not-implemented.ts"
import type { Storage, StorageOptions } from "./contract.ts"

// 11a: what a server must not forget, on a disk that may lose what was not synced, and tear what was being written.
// How do you tell a record that was torn at the end from one that was damaged later? What must be there before a file
// gets its name, and what after?

export function openStorage(options: StorageOptions): Storage {
  return notImplemented("openStorage", "11, rules 1 to 6")
}
