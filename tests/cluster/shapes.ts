import * as z from "zod"

/** The shapes of project 3's contract, for the suites of projects 5 to 7. More fields than these do no harm. */

const natural = z.int().nonnegative()
const id = z.string()
const entry = z.object({ term: natural, command: z.json() })
const envelope = { from: id, to: id, term: natural }

const message = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("AppendEntries"),
    ...envelope,
    prevLogIndex: natural,
    prevLogTerm: natural,
    entries: z.array(entry),
    leaderCommit: natural,
  }),
  z.object({
    type: z.literal("AppendEntriesResponse"),
    ...envelope,
    success: z.boolean(),
    matchIndex: natural,
    conflict: z.object({ term: natural.nullable(), index: natural }).optional(),
  }),
  z.object({ type: z.literal("RequestVote"), ...envelope, lastLogIndex: natural, lastLogTerm: natural }),
  z.object({ type: z.literal("RequestVoteResponse"), ...envelope, voteGranted: z.boolean() }),
])

const effect = z.discriminatedUnion("type", [
  z.object({ type: z.literal("send"), message }),
  z.object({ type: z.literal("accepted"), index: natural, term: natural }),
  z.object({ type: z.literal("refused"), leader: id.nullable() }),
  z.object({ type: z.literal("apply"), index: natural, entry }),
  z.object({ type: z.literal("resetElectionTimer") }),
  z.object({ type: z.literal("needSnapshot"), to: id }),
])

const node = z.object({
  id,
  voters: z.array(id),
  oldVoters: z.array(id),
  currentTerm: natural,
  votedFor: id.nullable(),
  log: z.object({ base: z.object({ index: natural, term: natural }), entries: z.array(entry) }),
  commitIndex: natural,
  lastApplied: natural,
  role: z.enum(["follower", "candidate", "leader"]),
  leader: id.nullable(),
  votesGranted: z.array(id),
  nextIndex: z.record(id, natural),
  matchIndex: z.record(id, natural),
})

/** What `step` answers with; `because` is the kernel's, and who does without the kernel may leave it out. */
export const stepped = z.object({ state: node, effects: z.array(effect) })

/** What `lead` and `campaign` answer with. */
export const change = z.object({ set: node.partial().optional(), effects: z.array(effect).optional() })
