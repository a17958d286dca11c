import { foundations } from "../files.ts"
import { score, type Outcome } from "../runner/outcome.ts"
import { SuiteRunner } from "../runner/suite-runner.ts"
import { conditionsOf, findSubject } from "../runner/tree.ts"
import { stages, type Stage } from "../stages.ts"
import { count, dim, list, mark } from "../text/style.ts"
import type { Lab } from "./culprit.ts"

/** Runs suites and prints a line for each. Nothing is remembered: these are no results of the person's own projects. */
export function openLab(stage: Stage, below: readonly Stage[]): Lab {
  const pulse = new Pulse()
  const run = async (suite: Stage, own: readonly Stage[], whose: string): Promise<Outcome> => {
    const outcome = await pulse.during(() => runSuite(suite, own, pulse))
    pulse.print(row(whose, outcome))
    return outcome
  }
  return {
    run: (reference) => {
      const own = below.filter((each) => !reference.includes(each))
      return run(stage, own, describe(own, reference))
    },
    ownSuite: (culprit, others) => {
      const own = foundations(culprit).filter((each) => !others.includes(each))
      return run(culprit, own, `the suite of project ${String(culprit.n)} itself`)
    },
  }
}

/**
 * The person's stage on these of their earlier ones; all others come from the reference. Also those that it does not
 * stand on: the reference of another stage may, and must not find a skeleton there.
 */
async function runSuite(stage: Stage, own: readonly Stage[], pulse: Pulse): Promise<Outcome> {
  const reference = stages.filter((each) => each.n < stage.n && !own.includes(each))
  const runner = await SuiteRunner.create(conditionsOf(reference))
  try {
    const onCheck = (): void => {
      pulse.beat()
    }
    return await runner.run(stage, findSubject("projects", stage), { listener: { onCheck } })
  } finally {
    await runner.close()
  }
}

function describe(own: readonly Stage[], reference: readonly Stage[]): string {
  if (reference.length === 0) return own.length === 0 ? "your own" : "all your own"
  return `on the reference for ${list(reference)}${own.length === 0 ? "" : ", the rest your own"}`
}

function row(whose: string, outcome: Outcome): string {
  const { passed, failed } = score(outcome)
  const sum = `${String(passed)} of ${count(passed + failed, "check")} pass`
  return `  ${failed === 0 ? mark.pass : mark.fail} ${whose.padEnd(50)} ${sum}`
}

/** On a terminal, a last line that shows that something goes on. */
class Pulse {
  #runs = 0
  #checks = 0

  async during<T>(run: () => Promise<T>): Promise<T> {
    if (this.#runs++ === 0) this.#checks = 0
    this.#show()
    try {
      return await run()
    } finally {
      this.#runs--
      this.#wipe()
    }
  }

  beat(): void {
    this.#checks++
    this.#show()
  }

  /** A line that stays. */
  print(text: string): void {
    this.#wipe()
    process.stdout.write(text + "\n")
    this.#show()
  }

  #show(): void {
    if (!process.stdout.isTTY || this.#runs === 0) return
    const what = this.#runs === 1 ? "running" : `${String(this.#runs)} runs`
    process.stdout.write(`\r  ${dim(`… ${what}, ${count(this.#checks, "check")} so far`)}\x1b[K`)
  }

  #wipe(): void {
    if (process.stdout.isTTY) process.stdout.write("\r\x1b[K")
  }
}
