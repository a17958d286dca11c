export { emptyHistory, remember } from "./history.ts"
export { inspect, properties } from "./properties.ts"
export { search } from "./search.ts"
export { act, begin, replay, restart } from "./world.ts"
