import { execFileSync } from "node:child_process"

const message = "The workshop's repository, as it begins"

/** Why there is no history, or `undefined`: there is one, of one commit. */
export type NoHistory = string | undefined

/** A history that begins here: whoever looks into it finds neither solutions nor suites. */
export function beginHistory(out: string): NoHistory {
  try {
    git(out, "--version")
  } catch {
    return "there is no git on this machine"
  }
  try {
    git(out, "init", "--quiet", "--initial-branch=main")
    git(out, "add", "--all")
    git(out, "commit", "--quiet", "--message", message)
    return undefined
  } catch (error) {
    const told = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error)
    return `git did not commit: ${told.split("\n").findLast((line) => line !== "") ?? ""}`
  }
}

/** In the folder itself, whatever repository the command was called from. */
function git(cwd: string, ...args: readonly string[]): void {
  const others = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"]
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !others.includes(name)))
  execFileSync("git", args, { cwd, env, stdio: ["ignore", "ignore", "pipe"] })
}
