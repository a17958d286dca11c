import * as z from "zod"
import { shelf } from "../sealed/kit.ts"

/** What a kit's own parts and a person's editor use. What else the whole repository has is for those who maintain it. */
const used = [
  ...["commander", "diff", "picocolors", "tsx", "zod"],
  ...[
    "@eslint/js",
    "@informalsystems/quint",
    "@redis/client",
    "@types/node",
    "esbuild",
    "eslint",
    "fast-check",
  ],
  ...["prettier", "typescript", "typescript-eslint", "vite", "vitest"],
]

const versions = z.record(z.string(), z.string())
const target = z.union([z.string(), versions])
const packageJson = z.looseObject({
  imports: z.record(z.string(), target),
  scripts: versions,
  dependencies: versions,
  devDependencies: versions,
})
const entry = z.looseObject({
  dependencies: versions.optional(),
  devDependencies: versions.optional(),
  optionalDependencies: versions.optional(),
  peerDependencies: versions.optional(),
  /** Of a workspace: where it really lies. */
  link: z.boolean().optional(),
  resolved: z.string().optional(),
})
const packageLock = z.looseObject({ packages: z.record(z.string(), entry) })

type Lock = z.infer<typeof packageLock>

/** The kit's `package.json`: fewer packages, other scripts, and references where a kit lays them out. */
export function packageFor(text: string): string {
  const { imports, dependencies, devDependencies, ...rest } = packageJson.parse(JSON.parse(text))
  const made = {
    ...rest,
    description: "Build the Raft consensus algorithm in TypeScript, in eleven projects: yours to write in",
    imports: Object.fromEntries(Object.entries(imports).map(([name, to]) => [name, shelved(to)])),
    scripts: {
      start: "workshop",
      test: "workshop test",
      typecheck: "tsc -p tsconfig.json",
      lint: "eslint projects",
      format: "prettier --write projects",
    },
    devDependencies: onlyUsed(devDependencies),
    dependencies: onlyUsed(dependencies),
  }
  return JSON.stringify(made, null, 2) + "\n"
}

function shelved(to: z.infer<typeof target>): z.infer<typeof target> {
  if (typeof to === "string") return to
  const move = (path: string): string =>
    path.replace(/^\.\/solutions\/(.*)\/index\.ts$/, (_, name: string) => `./${shelf}/${name}/index.mjs`)
  return Object.fromEntries(Object.entries(to).map(([condition, path]) => [condition, move(path)]))
}

function onlyUsed(packages: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(packages).filter(([name]) => used.includes(name)))
}

/** The lock file that goes with it: every package has the version that it has here. */
export function lockFor(packageText: string, lockText: string): string {
  const { dependencies, devDependencies } = packageJson.parse(JSON.parse(packageText))
  const lock = packageLock.parse(JSON.parse(lockText))
  const top = {
    ...lock.packages[""],
    dependencies: onlyUsed(dependencies),
    devDependencies: onlyUsed(devDependencies),
  }
  const whole: Lock = { ...lock, packages: { ...lock.packages, "": top } }
  const needed = installed(whole)
  const packages = Object.entries(whole.packages).filter(([path]) => needed.has(path))
  return JSON.stringify({ ...whole, packages: Object.fromEntries(packages) }, null, 2) + "\n"
}

/** The places of all packages that the topmost one leads to. */
function installed({ packages }: Lock): ReadonlySet<string> {
  const found = new Set<string>()
  const visit = (path: string): void => {
    const at = packages[path]
    if (!at || found.has(path)) return
    found.add(path)
    if (at.link && at.resolved !== undefined) visit(at.resolved)
    const lists = [at.dependencies, at.devDependencies, at.optionalDependencies, at.peerDependencies]
    for (const name of lists.flatMap((list) => Object.keys(list ?? {}))) visit(placeOf(name, path, packages))
  }
  visit("")
  for (const [path, { link }] of Object.entries(packages)) if (link) visit(path)
  return found
}

/** As Node looks for it: in the folder of who needs it, then further up. */
function placeOf(name: string, from: string, packages: Lock["packages"]): string {
  for (let at = from; ; at = at.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, "")) {
    const place = `${at === "" ? "" : `${at}/`}node_modules/${name}`
    if (place in packages || at === "") return place
    if (!at.includes("node_modules/")) at = ""
  }
}
