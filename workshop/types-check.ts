import { createRequire } from "node:module"
import { relative } from "node:path"
import type ts from "typescript"

// Required rather than imported: tsx would first look through the compiler's nine megabytes, which takes 0.4 s.
const compiler = createRequire(import.meta.url)("typescript") as typeof ts

/** A type error in a person's file, in a line. */
export interface TypeProblem {
  readonly file: string
  readonly line: number
  /** The function it is in, where there is one. */
  readonly inside: string | undefined
  readonly message: string
}

/**
 * Type-checks files under the repository's own options. Tests run without types, so a type error stops nothing; but
 * it often is the bug. Keeps the last program, so that checking again after a small change is quick.
 */
export class TypeChecker {
  readonly #tree: string
  readonly #options: ts.CompilerOptions
  #program: ts.Program | undefined

  /** @param conditions  as for the suite: whose earlier stages the types come from */
  constructor(tree: string, tsconfig: string, conditions: readonly string[]) {
    const parsed = compiler.getParsedCommandLineOfConfigFile(
      tsconfig,
      {},
      {
        ...compiler.sys,
        onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
          throw new Error(compiler.flattenDiagnosticMessageText(diagnostic.messageText, " "))
        },
      },
    )
    this.#tree = tree
    this.#options = { ...parsed?.options, noEmit: true, customConditions: [...conditions] }
  }

  check(files: readonly string[]): readonly TypeProblem[] {
    this.#program = compiler.createProgram([...files], this.#options, undefined, this.#program)
    const program = this.#program
    const diagnostics = files.flatMap((file) => {
      const source = program.getSourceFile(file)
      if (!source) return []
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    })
    return diagnostics.map((diagnostic) => this.#tell(diagnostic))
  }

  #tell({ file, start, messageText }: ts.Diagnostic): TypeProblem {
    const message = compiler.flattenDiagnosticMessageText(messageText, "\n").split("\n")[0] ?? ""
    if (!file || start === undefined) return { file: "", line: 0, inside: undefined, message }
    const line = file.getLineAndCharacterOfPosition(start).line + 1
    return { file: relative(this.#tree, file.fileName), line, inside: enclosing(file, start), message }
  }
}

/** The name of the innermost named function, method or class around a position. */
function enclosing(file: ts.SourceFile, position: number): string | undefined {
  let name: string | undefined
  const visit = (node: ts.Node): void => {
    if (position < node.getFullStart() || position >= node.getEnd()) return
    const named =
      compiler.isFunctionDeclaration(node) ||
      compiler.isMethodDeclaration(node) ||
      compiler.isClassDeclaration(node)
    const bound =
      compiler.isVariableDeclaration(node) && node.initializer && compiler.isArrowFunction(node.initializer)
    if ((named || bound) && node.name && compiler.isIdentifier(node.name)) name = node.name.text
    compiler.forEachChild(node, visit)
  }
  visit(file)
  return name
}
