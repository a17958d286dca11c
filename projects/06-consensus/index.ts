export type { Answer, Served, Service, StateMachine, Waiting } from "./contract.ts"
export { commitment, step } from "./commitment.ts"
export { serve, startService } from "./service.ts"
