import { bugs as disk } from "./bugs-disk.ts"
import { bugs as log } from "./bugs-log.ts"
import { bugs as members } from "./bugs-members.ts"
import { bugs as reads } from "./bugs-reads.ts"

/** 11a and 11h; 11b, 11c and 11g; 11d; 11e and 11f. */
export const bugs = [...disk, ...log, ...members, ...reads]
