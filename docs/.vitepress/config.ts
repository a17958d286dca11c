import { join } from "node:path"
import { defineConfig } from "vitepress"
import { documentPaths, documents, linkedSources } from "../../workshop/docs/pages.ts"
import { markdownOptions, rewrite } from "../../workshop/docs/render.ts"
import { sidebar } from "../../workshop/docs/sidebar.ts"
import { scratch } from "../../workshop/stages.ts"

/** A leader and two followers. In the page itself, so that there is no file to ask for. */
const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="none" stroke="#5672cd" stroke-width="1.5"><path d="M8 4 3.5 12M8 4l4.5 8"/><g fill="#5672cd"><circle cx="8" cy="4" r="2"/><circle cx="3.5" cy="12" r="2"/><circle cx="12.5" cy="12" r="2"/></g></svg>`

/**
 * The documentation as a site. The documents stay where they are, and are read from there.
 *
 * VitePress 2 is an alpha, and pinned: it builds with the Vite that Vitest has here, and `base: "./"` is only in it. VitePress 1
 * would bring a Vite of its own, three versions older.
 */
export default defineConfig({
  title: "Raft, in eleven projects",
  description: "Build the Raft consensus algorithm in TypeScript",
  lang: "en",
  base: "./", // the built site may lie at any address, in a folder of another site as well
  head: [["link", { rel: "icon", href: `data:image/svg+xml,${encodeURIComponent(icon)}` }]],
  srcDir: "..",
  srcExclude: ["**/node_modules/**", "{solutions,tests,workshop,.workshop,.ci}/**"],
  outDir: join(scratch, "site"),
  cacheDir: join(scratch, "site-cache"),
  rewrites: rewrite,
  markdown: markdownOptions(documentPaths, linkedSources),
  vite: { server: { watch: { ignored: ["**/.workshop/**"] } } },
  themeConfig: {
    sidebar: sidebar(documents()),
    outline: { level: [2, 3] },
    search: { provider: "local" },
  },
})
