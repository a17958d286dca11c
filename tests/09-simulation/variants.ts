import type { Variant } from "#suite"
import { variantsOfParts } from "./variants-parts.ts"
import { variantsOfRun } from "./variants-run.ts"

export const variants: readonly Variant[] = [...variantsOfParts, ...variantsOfRun]
