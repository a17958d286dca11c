import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** A new folder inside `scratch` with these files, by path. */
export function lay(scratch: string, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(scratch, "folder-"))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}
