import { TypeChecker } from "./types-check.ts"

/** What the parent sends: the first message sets the checker up, each one asks for a check. */
export interface TypesRequest {
  readonly tree: string
  readonly tsconfig: string
  readonly conditions: readonly string[]
  readonly files: readonly string[]
}

let checker: TypeChecker | undefined

// A process of its own: the compiler takes a second, in which the suite can run on the other core.
process.on("message", ({ tree, tsconfig, conditions, files }: TypesRequest) => {
  checker ??= new TypeChecker(tree, tsconfig, conditions)
  process.send?.(checker.check(files))
})
process.on("disconnect", () => process.exit())
