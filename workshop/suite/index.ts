/** What a hidden suite is written with. See CONTRIBUTING.md, "The suite". */
export { same, holds, refuses, rejects } from "./assert.ts"
export { check, group } from "./check.ts"
export { CheckFailure, fail } from "./failure.ts"
export { deepFreeze } from "./freeze.ts"
export { forAll } from "./property.ts"
export { show } from "./show.ts"
export { subject, wrapInstance } from "./subject.ts"
export type { Bug, Edit, Variant } from "./mutants.ts"
