import { createHash } from "node:crypto"
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
} from "node:fs"
import { dirname, join, resolve } from "node:path"
import { time } from "./scheme.ts"
import { folder as folderOf, stages, UsageError } from "../stages.ts"

/** What somebody handed in. */
export interface Submission {
  readonly student: string
  /** The folder that has their `projects/`. */
  readonly folder: string
  /** When it was handed in, in milliseconds since 1970; `null`: nobody said. */
  readonly submitted: number | null
}

/** The files of a submission that count, read once: what happens to them afterwards changes nothing. */
export interface Intake {
  /** By path, from `projects/` on. */
  readonly files: ReadonlyMap<string, Buffer>
  /** SHA-256 of paths and contents. */
  readonly digest: string
  /** The commit that was checked out, if it is a git checkout. */
  readonly commit: string | null
  /** What was left out, and why: for the feedback. */
  readonly remarks: readonly string[]
}

const most = { files: 2_000, bytes: 20 * 2 ** 20, depth: 12 }

/**
 * The submissions that a person names: a folder that has one folder for each student, or a file with a line for each.
 * @throws UsageError saying what is wrong
 */
export function findSubmissions(path: string): readonly Submission[] {
  if (!existsSync(path)) throw new UsageError(`${path}: there is no such file or folder`)
  const found = statSync(path).isDirectory() ? inFolder(path) : inList(path)
  if (found.length === 0)
    throw new UsageError(`${path}: there are no submissions in it; it takes a folder for each student`)
  const names = found.map(({ student }) => student)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new UsageError(`${path}: ${twice} is there twice`)
  return found.toSorted((a, b) => a.student.localeCompare(b.student, "en", { numeric: true }))
}

function inFolder(path: string): readonly Submission[] {
  if (stages.some((stage) => existsSync(join(path, folderOf("projects", stage)))))
    throw new UsageError(`${path}: that is one submission; name the folder above it, ${resolve(path, "..")}`)
  const folders = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return folders
    .filter(({ name }) => !name.startsWith("."))
    .map(({ name }) => ({ student: name, folder: join(path, name), submitted: null }))
}

/** Lines of: a student's name, a folder, and perhaps when it was handed in; with tabs between them. */
function inList(path: string): readonly Submission[] {
  const lines = readFileSync(path, "utf8").split("\n")
  return lines.flatMap((line, i) => {
    if (line.trim() === "" || line.startsWith("#")) return []
    const [student = "", folder = "", when = ""] = line.split("\t").map((part) => part.trim())
    const place = `${path}:${String(i + 1)}`
    if (folder === "") throw new UsageError(`${place}: a line is a name, a tab, and a folder`)
    if (!/^[^/\\]+$/.test(student) || student.startsWith("."))
      throw new UsageError(`${place}: "${student}" cannot be a student's name: it becomes a folder's`)
    const where = resolve(dirname(path), folder) // as seen from the list
    if (!existsSync(where)) throw new UsageError(`${place}: there is no folder ${where}`)
    if (when !== "" && !time.safeParse(when).success)
      throw new UsageError(`${place}: "${when}" is no time; write 2026-12-03T18:00:00Z, or +01:00 for Z`)
    return [{ student, folder: where, submitted: when === "" ? null : Date.parse(when) }]
  })
}

/**
 * Reads what a student may hand in: regular files below `projects/`. Links are not followed, wherever they lead. No
 * program of the submission's choosing runs: git would read its configuration, so git is not asked.
 */
export function readSubmission({ folder }: Submission): Intake {
  const remarks: string[] = []
  const top = findTop(folder)
  const files = new Map<string, Buffer>()
  if (top === undefined) remarks.push("there is no folder `projects/` in it")
  else collect(top, "projects", 0, files, remarks)
  const hash = createHash("sha256")
  for (const [path, bytes] of files) hash.update(`${path}\0${String(bytes.length)}\0`).update(bytes)
  return { files, digest: hash.digest("hex"), commit: top === undefined ? null : commitOf(top), remarks }
}

export const hasProjects = ({ folder }: Submission): boolean => findTop(folder) !== undefined

/** The folder that has `projects/`: this one, or the only one in it, as archives unpack. */
function findTop(folder: string): string | undefined {
  const isFolder = (path: string) => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true
  if (!isFolder(folder)) return undefined
  if (isFolder(join(folder, "projects"))) return folder
  const inside = readdirSync(folder).filter((name) => isFolder(join(folder, name)))
  return inside.map((name) => join(folder, name)).find((path) => isFolder(join(path, "projects")))
}

function collect(
  top: string,
  path: string,
  depth: number,
  files: Map<string, Buffer>,
  remarks: string[],
): void {
  for (const entry of readdirSync(join(top, path), { withFileTypes: true }).toSorted(byName)) {
    const inside = `${path}/${entry.name}`
    if (entry.isDirectory()) {
      if (depth < most.depth && !/^(node_modules|\.git|\.workshop)$/.test(entry.name)) {
        collect(top, inside, depth + 1, files, remarks)
      }
    } else if (!entry.isFile()) remarks.push(`${inside} was left out: it is a link, or no ordinary file`)
    else if (/\.(ts|js|mjs|json)$/.test(entry.name)) take(top, inside, files, remarks)
  }
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : 1

function take(top: string, path: string, files: Map<string, Buffer>, remarks: string[]): void {
  const total = [...files.values()].reduce((sum, { length }) => sum + length, 0)
  const fd = openSync(join(top, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const { size } = fstatSync(fd)
    if (files.size >= most.files || total + size > most.bytes)
      remarks.push(`${path} was left out: that is too much`)
    else files.set(path, readFileSync(fd))
  } finally {
    closeSync(fd)
  }
}

/** The commit that is checked out, if what is there says so; anybody may have written that. */
function commitOf(top: string): string | null {
  const isFolder = lstatSync(join(top, ".git"), { throwIfNoEntry: false })?.isDirectory() === true
  const git = isFolder ? join(top, ".git") : worktreeOf(join(top, ".git"))
  if (git === undefined) return null
  const head = readLine(join(git, "HEAD"))
  const ref = /^ref: (refs\/[\w./-]+)$/.exec(head)?.[1]
  const commit = ref === undefined || ref.includes("..") ? head : readLine(join(git, ref))
  return /^[0-9a-f]{40,64}$/.test(commit) ? commit : null
}

/** In a worktree, `.git` is a file that says where git's own files are: see gitrepository-layout(5). */
function worktreeOf(file: string): string | undefined {
  return /^gitdir: (\/.+\/\.git\/worktrees\/[^/]+)$/.exec(readLine(file))?.[1]
}

/** What is in a small file; nothing, if there is none. */
function readLine(file: string): string {
  const found = lstatSync(file, { throwIfNoEntry: false })
  return found?.isFile() === true && found.size < 1_000 ? readFileSync(file, "utf8").trim() : ""
}
