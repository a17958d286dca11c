import { notImplemented } from "../not-implemented.ts"
import type { Journal, JournalOptions } from "./contract.ts"

// 10c: what a server must not forget. Write only what is new; and what may be on the disk when the power goes?

export function openJournal(options: JournalOptions): Journal {
  return notImplemented("openJournal", "10, rules 21 to 25")
}
