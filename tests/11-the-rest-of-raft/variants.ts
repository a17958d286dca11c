import type { Variant } from "#suite"
import { variants as disk } from "./variants-disk.ts"
import { variants as log } from "./variants-log.ts"
import { variants as members } from "./variants-members.ts"
import { variants as reads } from "./variants-reads.ts"

const lists = [disk, log, members, reads]

/**
 * Those of different chapters edit different files, so they are tried together: the first of each list, the second, and
 * so on. A whole run of the suite costs as much as twenty hunts, and what chapters do to each other is tried as well.
 */
export const variants: readonly Variant[] = Array.from(
  { length: Math.max(...lists.map((list) => list.length)) },
  (_, i) => together(lists.flatMap((list) => list[i] ?? [])),
)

function together(parts: readonly Variant[]): Variant {
  return {
    id: parts.map(({ id }) => id).join(" and "),
    what: parts.map(({ what }) => what).join("; and "),
    why: parts.map(({ why }) => why).join("; and "),
    edit: parts.flatMap(({ edit }) => edit),
  }
}
