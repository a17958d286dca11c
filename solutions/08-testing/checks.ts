import type { Check } from "../../projects/08-testing/contract.ts"
import { clusterChecks } from "./checks/cluster.ts"
import { commitmentChecks } from "./checks/commitment.ts"
import { followingChecks } from "./checks/following.ts"
import { logChecks } from "./checks/log.ts"
import { replicationChecks } from "./checks/replication.ts"
import { searchChecks } from "./checks/search.ts"
import { serviceChecks } from "./checks/service.ts"
import { termChecks } from "./checks/terms.ts"
import { voteChecks } from "./checks/votes.ts"

/** A step and a question each; then whole clusters; then whatever can happen. The cheap ones come first. */
export const checks: readonly Check[] = [
  ...logChecks,
  ...replicationChecks,
  ...followingChecks,
  ...commitmentChecks,
  ...serviceChecks,
  ...termChecks,
  ...voteChecks,
  ...clusterChecks,
  ...searchChecks,
]
