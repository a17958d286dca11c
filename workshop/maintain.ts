import type { Command } from "commander"

/** The commands of those who teach or maintain. A student's repository has `kit/absent.ts` in the place of this file. */
export function maintain(program: Command): void {
  program
    .command("verify")
    .description("for maintainers: prove that the suites are fair and sharp")
    .argument("[N]", "the project's number, 1 to 11 (default: all)")
    .option("--json <file>", "write the result as JSON (- for standard output)")
    .option("--full", "ten times as many random seeds, and on variants also what takes long: a coffee break")
    .action(async (n: string | undefined, options: { json?: string; full?: boolean }) => {
      const { verify } = await import("./commands/verify.ts")
      process.exitCode = (await verify(n, options)) ? 0 : 1
    })

  program
    .command("kit")
    .description("for instructors: make the repository that students work in, or release solutions into it")
    .argument("<out>", "a new folder; or, with --with-reference, a kit that was made before")
    .option("--without <what>", "leave out: tests, solutions, or tests,solutions")
    .option("--with-reference <which>", "projects whose solution is there to be read, such as 1-4 or 1,3,5-7")
    .action(async (out: string, options: { without?: string; withReference?: string }) => {
      const { kit } = await import("./commands/kit.ts")
      await kit(out, options)
    })
}
