import { variants as disk } from "./variants-disk.ts"
import { variants as log } from "./variants-log.ts"
import { variants as members } from "./variants-members.ts"
import { variants as reads } from "./variants-reads.ts"

export const variants = [...disk, ...log, ...members, ...reads]
