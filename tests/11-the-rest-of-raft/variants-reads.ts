import type { Variant } from "#suite"

export const variants: readonly Variant[] = []
