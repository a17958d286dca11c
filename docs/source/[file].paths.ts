import { readFileSync, readdirSync, statSync } from "node:fs"
import { basename, dirname, extname, join, relative } from "node:path/posix"
import { linkedSources } from "../../workshop/docs/pages.ts"
import { sourceName } from "../../workshop/docs/render.ts"
import { root } from "../../workshop/stages.ts"

/** A page for each file that documents link to and that is no document itself: the contracts, the skeletons. */
export default {
  paths: () =>
    linkedSources().map((file) => ({ params: { file: sourceName(file) }, content: contentOf(file) })),
}

function contentOf(file: string): string {
  const path = join(root, file)
  const heading = `# ${basename(file)}\n\n\`${file}\`\n\n`
  if (statSync(path).isDirectory()) {
    const names = readdirSync(path, { withFileTypes: true })
    return heading + names.map((each) => `- \`${each.name}${each.isDirectory() ? "/" : ""}\``).join("\n")
  }
  if (/\.(?:svg|png|jpe?g|gif)$/.test(file))
    return `${heading}![${basename(file)}](${relative(dirname(join("docs/source", file)), file)})\n`
  const text = readFileSync(path, "utf8")
  const fence = "`".repeat(Math.max(3, ...[...text.matchAll(/`{3,}/g)].map(([marks]) => marks.length + 1)))
  return `${heading}${fence}${extname(file).slice(1)}\n${text.replace(/\n?$/, "\n")}${fence}\n`
}
