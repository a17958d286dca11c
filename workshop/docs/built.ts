import { existsSync, readFileSync } from "node:fs"
import { dirname, join, normalize } from "node:path/posix"
import { filesIn } from "../files.ts"
import { scratch } from "../stages.ts"

/** The links of the built site that lead nowhere within it, a line each. */
export function deadLinks(site: string): readonly string[] {
  const pages = new Map(
    filesIn("", site)
      .filter((file) => file.endsWith(".html"))
      .map((file) => {
        const html = readFileSync(join(site, file), "utf8")
        return [file, { links: attributes(html, "href|src"), ids: new Set(attributes(html, "id")) }] as const
      }),
  )
  const isDead = (page: string, link: string): boolean => {
    if (/^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(link)) return false
    const [file = "", anchor = ""] = decodeURIComponent(link).split("#")
    const path =
      file === "" ? page : normalize(join(dirname(page), file.endsWith("/") ? `${file}index.html` : file))
    if (path.startsWith("..") || !existsSync(join(site, path))) return true
    return anchor !== "" && pages.get(path)?.ids.has(anchor) !== true
  }
  return [...pages].flatMap(([page, { links }]) =>
    [...new Set(links)].filter((link) => isDead(page, link)).map((link) => `${page}: ${link}`),
  )
}

function attributes(html: string, names: string): readonly string[] {
  const elements = html.replace(/<script[^]*?<\/script>/g, "").matchAll(/<[a-z][^>]*>/g)
  return [...elements].flatMap(([element]) =>
    [...element.matchAll(new RegExp(`\\s(?:${names})="([^"]*)"`, "g"))].map(([, value = ""]) =>
      value.replaceAll("&amp;", "&"),
    ),
  )
}

if (process.argv[1] === import.meta.filename) {
  const dead = deadLinks(join(scratch, "site"))
  for (const link of dead) process.stderr.write(`dead link in ${link}\n`)
  if (dead.length > 0) process.exitCode = 1
  else process.stdout.write("every link of the site leads somewhere: .workshop/site/index.html\n")
}
