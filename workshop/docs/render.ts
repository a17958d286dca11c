import type { MarkdownOptions } from "vitepress"
import { anchorOf } from "./markdown.ts"
import { documentFor, targetOf } from "./pages.ts"

type Markdown = Parameters<NonNullable<MarkdownOptions["config"]>>[0]

/** The HTML that documents may use, beside comments. Anything else in angle brackets is text: `<server>`. */
const elements = new Set(
  [
    "a b br caption cite code col colgroup dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins",
    "kbd li ol p picture pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var",
    "svg g path line polyline polygon rect circle ellipse text tspan defs marker title desc use",
  ].flatMap((names) => names.split(" ")),
)

/** The page of a document, or of a file that documents link to; `undefined` where there is none. */
export function pageFor(
  path: string,
  documents: readonly string[],
  sources: readonly string[],
): string | undefined {
  return (
    documentFor(path, documents) ??
    (sources.includes(path) ? `docs/source/${sourceName(path)}.md` : undefined)
  )
}

/** What a file is called among the pages: VitePress takes the endings of pages for its own, also within `PLAN.md.md`. */
export function sourceName(path: string): string {
  return path.replace(/\.(md|html)$/, "-$1")
}

/** A document's README is what stands at its folder's address. */
export function rewrite(page: string): string {
  return page.replace(/(^|\/)README\.md$/, "$1index.md")
}

/**
 * Markdown means on the site what it means on GitHub and in an editor: no template language, no macros. The documents
 * are written for those two first.
 */
export function markdownOptions(
  documents: () => readonly string[],
  sources: () => readonly string[],
): MarkdownOptions {
  return {
    anchor: { slugify: anchorOf },
    attrs: false,
    languageAlias: { tla: "txt", quint: "ts" }, // the highlighter knows neither
    container: false,
    eagerFrontmatterInterpolation: false,
    emoji: false,
    include: false,
    snippet: false,
    config: (markdown) => {
      takeLiterally(markdown)
      linkToPages(markdown, documents, sources)
    },
  }
}

/** Vue reads what Markdown gives out: unknown elements would be components, and `{{` would begin an expression. */
function takeLiterally({ renderer, utils }: Markdown): void {
  const braces = (html: string): string => html.replaceAll("{{", "&#123;&#123;")
  const html = (content: string): string =>
    braces(
      content.replace(
        /<!--[^]*?-->|<(\/?)([a-zA-Z][\w.:-]*)|</g,
        (all: string, _slash: string, name?: string) => {
          if (all.startsWith("<!--")) return ""
          return name !== undefined && elements.has(name) ? all : utils.escapeHtml(all)
        },
      ),
    )
  for (const name of ["text", "code_inline"] as const) {
    const rule = renderer.rules[name]
    renderer.rules[name] = (tokens, index, options, env, self) =>
      braces(rule ? rule(tokens, index, options, env, self) : utils.escapeHtml(tokens[index]?.content ?? ""))
  }
  renderer.rules.html_block = (tokens, index) => html(tokens[index]?.content ?? "")
  renderer.rules.html_inline = (tokens, index) => html(tokens[index]?.content ?? "")
}

/** Links lead to a file's page, to a folder's README, and to files that are no documents; what has no page is text. */
function linkToPages(
  { core }: Markdown,
  documents: () => readonly string[],
  sources: () => readonly string[],
): void {
  core.ruler.push("workshop_links", ({ tokens, env }) => {
    const from = documentOf(env)
    if (from === undefined) return
    for (const { children } of tokens) {
      for (const link of children ?? []) {
        const href = link.type === "link_open" ? link.attrGet("href") : null
        if (href === null || href.startsWith("#")) continue
        const target = targetOf(from, href)
        const page = target && pageFor(target.path, documents(), sources())
        if (page !== undefined)
          link.attrSet("href", `/${rewrite(page)}${target?.anchor ? `#${target.anchor}` : ""}`)
      }
    }
  })
}

/** The document's own path: its page may have another one. */
function documentOf(env: unknown): string | undefined {
  if (typeof env !== "object" || env === null || !("relativePath" in env)) return undefined
  if (typeof env.relativePath !== "string") return undefined
  return env.relativePath.replace(/(^|\/)index\.md$/, "$1README.md")
}
