import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { sourcesIn } from "../files.ts"
import { kit } from "../sealed/kit.ts"
import { root, scratch } from "../stages.ts"

const shelf = join(scratch, "linked")

let edition: string | undefined

/**
 * Bundles of the reference and its mutants, kept on disk: a suite that needs a hundred of them would wait for the
 * bundler longer than for anything else. They are those of the sources as they are now; others are thrown away.
 * @param made  what else the bundle depends on
 */
export async function kept(made: unknown, make: () => Promise<string>): Promise<string> {
  edition ??= currentEdition()
  const folder = join(shelf, edition)
  const file = join(folder, `${hash([JSON.stringify(made)])}.cjs`)
  if (existsSync(file)) return readFileSync(file, "utf8")
  const text = await make()
  mkdirSync(folder, { recursive: true })
  const whole = `${file}.${String(process.pid)}` // another process may be making the same
  writeFileSync(whole, text)
  renameSync(whole, file)
  return text
}

function currentEdition(): string {
  const contracts = sourcesIn("projects").filter((path) => path.endsWith("/contract.ts"))
  const sources = [...sourcesIn("solutions"), ...contracts]
  const texts = [...sources, "package.json"].map((path) => path + readFileSync(join(root, path), "utf8"))
  const current = hash([...texts, kit?.edition ?? ""])
  for (const old of existsSync(shelf) ? readdirSync(shelf) : [])
    if (old !== current) rmSync(join(shelf, old), { recursive: true, force: true })
  return current
}

function hash(texts: readonly string[]): string {
  const sum = createHash("sha256")
  for (const text of texts) sum.update(text).update("\0")
  return sum.digest("hex").slice(0, 32)
}
