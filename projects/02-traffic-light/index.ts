export type * from "./contract.ts"
export { startController } from "./controller.ts"
export { initial, lights, step, type CrossingState } from "./crossing.ts"
export { explore } from "./explore.ts"
