import { Option, type Command } from "commander"
import type { GradeOptions } from "./commands/grade.ts"

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

  grading(program)
}

function grading(program: Command): void {
  const grade = program
    .command("grade")
    .description("for instructors: run the suites on a whole class, and write grades and feedback")
    .argument(
      "<submissions>",
      "a folder with a folder for each student, or a file with a line for each: name, tab, folder",
    )
    .option("--stages <which>", "1-7, or 4, or 1,3-5", "1-7")
    .addOption(
      new Option("--on <whose>", "whose earlier projects each project stands on")
        .choices(["mine", "reference"])
        .default("mine"),
    )
    .option(
      "--out <dir>",
      "where the results go; what is there and has not changed is not run again",
      "grades",
    )
    .option("--jobs <n>", "how many to judge at once (default: two for each core, or one with --trust)")
    .option("--shard <i/n>", "only every n-th submission, from the i-th on: for several machines")
    .option(
      "--private <dir>",
      "your own folder of points, deadlines, seeds, checks and planted bugs: see docs/grading.md",
    )
    .option("--trust", "for projects 8 to 11, whose suites are not apart from what they test")
    .option("--seconds <n>", "the longest that one project of one submission may take", "300")
    .option("--memory <n>", "MiB for one project of one submission", "2048")
    .action(async (path: string, options: GradeOptions) => {
      const commands = await import("./commands/grade.ts")
      process.exitCode = (await commands.grade(path, options)) ? 0 : 1
    })

  grade
    .command("merge")
    .description("join what several shards have graded")
    .argument("<results...>", "the --out folders of the shards")
    .option("--into <dir>", "where the joined results go", "grades")
    .action(async (parts: readonly string[], { into }: { into: string }) => {
      const { merge } = await import("./commands/grade.ts")
      process.exitCode = merge(parts, into) ? 0 : 1
    })
}
