import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import { root } from "../stages.ts"

/** What a module names: what it imports, types or not, at once or later, and what it starts as a process of its own. */
const named = [/"(\.{1,2}\/[\w./-]+\.ts)"/g, /import\.meta\.dirname, "([\w-]+\.ts)"/g]

/**
 * The modules of the command that these lead to, themselves included. So what nobody uses does not go into a kit.
 * @param read  gives a module's text
 */
export function reach(from: readonly string[], read: (path: string) => string): ReadonlySet<string> {
  const found = new Set<string>()
  const visit = (path: string): void => {
    if (found.has(path)) return
    found.add(path)
    const text = read(path)
    for (const [, name = ""] of named.flatMap((pattern) => [...text.matchAll(pattern)])) {
      const target = join(dirname(path), name)
      if (target.startsWith("workshop/") && existsSync(join(root, target))) visit(target)
    }
  }
  from.forEach(visit)
  return found
}
