import type { Bug } from "#suite"

export const bugs: readonly Bug[] = []
