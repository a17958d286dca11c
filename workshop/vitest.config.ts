import { defineConfig } from "vitest/config"

/** The tests of the command itself. The hidden suites have a runner of their own: `workshop test`. */
export default defineConfig({
  test: {
    include: ["workshop/tests/*.test.ts"],
    // Most of them run the command as a person would, in a process of its own.
    maxWorkers: 2,
    maxConcurrency: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["dot"],
  },
})
