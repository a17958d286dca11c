import type { DefaultTheme } from "vitepress"
import { stages } from "../stages.ts"
import type { Document } from "./markdown.ts"
import { rewrite } from "./render.ts"

type Item = DefaultTheme.SidebarItem

/** The groups of the sidebar: what is in a folder, and in which order if it is not that of the names. */
const groups: readonly {
  readonly text: string
  readonly has: (path: string) => boolean
  readonly first?: readonly string[]
  readonly collapsed?: boolean
}[] = [
  { text: "Workshop days", has: (path) => path.startsWith("docs/days/") },
  { text: "Projects", has: (path) => path.startsWith("projects/") },
  {
    text: "Guides",
    has: (path) => /^(?:docs\/[^/]+|docs\/tla\/.*|[^/]+)\.md$/.test(path) && path !== "README.md",
    first: [
      "docs/README.md",
      "docs/student.md",
      "docs/self-learner.md",
      "docs/instructor.md",
      "docs/paper.md",
    ],
  },
  { text: "Decisions", has: (path) => path.startsWith("docs/adr/"), collapsed: true },
]

/** Made from the documents that are there: a new one needs no entry anywhere. What fits no group is told last. */
export function sidebar(all: readonly Document[]): Item[] {
  const rest = all.filter(({ path }) => path !== "README.md" && !groups.some(({ has }) => has(path)))
  return [
    { text: "Start here", link: "/" },
    ...groups.map(({ text, has, first = [], collapsed = false }) => {
      const place = ({ path }: Document): number =>
        first.includes(path) ? first.indexOf(path) : first.length
      const items = all.filter(({ path }) => has(path)).toSorted((a, b) => place(a) - place(b))
      return { text, collapsed, items: text === "Projects" ? projectItems(items) : items.map(item) }
    }),
    { text: "More", items: rest.map(item) },
  ].filter(({ items }: Item) => items === undefined || items.length > 0)
}

/** A project is one entry; what else is in its folder stands below it. */
function projectItems(items: readonly Document[]): Item[] {
  return stages.flatMap(({ n, name, title }) => {
    const own = items.filter(({ path }) => path.startsWith(`projects/${name}/`))
    const spec = own.find(({ path }) => path.endsWith("/README.md"))
    if (!spec) return own.map(item)
    const others = own.filter((each) => each !== spec).map(item)
    return [
      {
        ...item(spec),
        text: `${String(n)}. ${title}`,
        ...(others.length > 0 && { items: others, collapsed: true }),
      },
    ]
  })
}

/** The sidebar's texts are HTML. */
function item({ path, title }: Document): Item {
  return {
    text: title.replaceAll("&", "&amp;").replaceAll("<", "&lt;"),
    link: `/${rewrite(path).replace(/(^|\/)index\.md$/, "$1")}`,
  }
}
