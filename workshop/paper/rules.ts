/** Rules of a project's spec, by the project's number. */
export type SpecRules = Readonly<Record<number, readonly number[]>>

/** Something that the paper says, in our words, and the rules of the specs that ask for it. */
export type PaperRule = readonly [says: string, rules: SpecRules]

export interface Part {
  readonly title: string
  readonly rules: readonly PaperRule[]
}

/** Figure 2, box by box. Only this much is written by hand: checks and bugs name the rules by themselves. */
export const figure2: readonly Part[] = [
  {
    title: "Figure 2: State",
    rules: [
      ["`currentTerm`: persistent; begins at 0 and only grows", { 3: [1], 7: [5], 10: [19, 22], 11: [2] }],
      [
        "`votedFor`: persistent; who got the vote of this term, if anyone",
        { 3: [1], 7: [5, 6], 10: [19, 22], 11: [2] },
      ],
      [
        "`log`: persistent; entries of a command and a term, from index 1",
        { 4: [1, 2, 4], 10: [19, 22], 11: [2] },
      ],
      ["`commitIndex`: volatile; begins at 0 and only grows", { 3: [1], 6: [1, 5, 7] }],
      ["`lastApplied`: volatile; begins at 0 and only grows", { 3: [1], 6: [8, 10] }],
      ["`nextIndex`: a leader's guess; behind its last entry after every election", { 5: [1, 16, 17] }],
      ["`matchIndex`: what a leader knows; 0 after every election, and only grows", { 5: [1, 14, 15] }],
    ],
  },
  {
    title: "Figure 2: AppendEntries",
    rules: [
      ["Sent by leaders, with entries or as a heartbeat", { 5: [5, 7, 8] }],
      ["The arguments: leader, term, the entry before, entries, `leaderCommit`", { 3: [22], 5: [5, 6] }],
      ["The results: one's own term, and whether it fitted", { 5: [10, 11], 7: [3] }],
      ["Receiver 1: an older term is refused", { 7: [3] }],
      ["Receiver 2: no entry of that term at `prevLogIndex`: refused", { 4: [7, 8, 10], 5: [10] }],
      ["Receiver 3: an entry of another term goes, with all behind it", { 4: [13, 14] }],
      ["Receiver 4: entries that are not there are appended", { 4: [12, 14, 15, 16] }],
      ["Receiver 5: `commitIndex` follows, as far as the new entries reach", { 6: [5, 6, 7] }],
    ],
  },
  {
    title: "Figure 2: RequestVote",
    rules: [
      ["The arguments: candidate, term, index and term of its last entry", { 3: [22], 7: [11] }],
      ["The results: one's own term, and whether the vote is granted", { 7: [6, 9, 14] }],
      ["Receiver 1: an older term is refused", { 7: [3] }],
      ["Receiver 2: a free vote goes to a log that is at least as up to date", { 7: [6, 7, 8] }],
    ],
  },
  {
    title: "Figure 2: Rules for all servers",
    rules: [
      ["What is committed is applied, in order", { 6: [8, 9] }],
      ["A newer term in any message makes a follower of that term", { 7: [1, 2] }],
    ],
  },
  {
    title: "Figure 2: Rules for followers",
    rules: [
      ["They answer what candidates and leaders ask", { 5: [10, 11, 12], 7: [6, 9] }],
      [
        "Without a leader's message and without a vote given, until the timeout: candidate",
        { 7: [10, 21, 22], 9: [29] },
      ],
    ],
  },
  {
    title: "Figure 2: Rules for candidates",
    rules: [
      ["An election begins: next term, a vote for oneself, timer, RequestVote to all", { 7: [10, 11, 21] }],
      ["Votes of a majority: leader", { 3: [3], 7: [14, 15, 17] }],
      ["AppendEntries of the new leader: follower", { 7: [19] }],
      ["A timeout: the next election", { 7: [10, 21] }],
    ],
  },
  {
    title: "Figure 2: Rules for leaders",
    rules: [
      [
        "Elected: empty AppendEntries to all at once, and again while nothing happens",
        { 5: [2, 7], 7: [16] },
      ],
      ["A command: appended, and answered once it is applied", { 5: [3, 4], 6: [12, 13, 14], 10: [12, 13] }],
      ["Last index at or above a follower's `nextIndex`: the entries from there are sent", { 5: [5, 8] }],
      ["Success: that follower's `nextIndex` and `matchIndex` move up", { 5: [14, 15] }],
      ["Refused, since it did not fit: `nextIndex` goes back, and again", { 5: [16, 17], 11: [9] }],
      ["A majority has an entry of the leader's own term: it is committed", { 6: [1, 2, 3, 4] }],
    ],
  },
]

export const figure3: Part = {
  title: "Figure 3: what always holds",
  rules: [
    ["Election Safety: at most one leader in a term", { 7: [6, 14, 15, 23], 8: [3] }],
    [
      "Leader Append-Only: a leader never changes or removes an entry of its log",
      { 5: [13], 7: [23], 8: [4] },
    ],
    ["Log Matching: the same index and term, the same log up to there", { 4: [8, 13, 16], 5: [21], 8: [5] }],
    ["Leader Completeness: every later leader has what is committed", { 6: [2], 7: [7, 8, 23], 8: [6] }],
    ["State Machine Safety: no two servers apply different entries at one index", { 6: [8, 11], 8: [7] }],
  ],
}

export const sections: readonly Part[] = [
  {
    title: "The sections of the paper",
    rules: [
      ["5.1 Terms and roles", { 3: [1], 5: [4], 7: [1, 2, 3, 4, 5] }],
      ["5.2 Leader election", { 7: [6, 10, 11, 12, 14, 15, 16, 17, 19, 20, 21, 22, 24], 9: [28, 29] }],
      [
        "5.3 Log replication",
        { 4: [7, 8, 10, 12, 13, 14, 15, 16], 5: [3, 5, 8, 10, 11, 14, 16, 17, 21], 6: [1, 5, 8] },
      ],
      ["5.3, its end: one refusal for each term", { 11: [7, 8, 9] }],
      ["5.4.1 Election restriction", { 7: [7, 8] }],
      ["5.4.2 Entries of earlier terms, Figure 8", { 6: [2, 3], 7: [18], 8: [26, 38] }],
      ["5.4.3 The safety argument, Figure 9", { 6: [11], 7: [23], 8: [6, 7, 10] }],
      ["5.5 Crashes of followers and candidates", { 4: [15], 5: [8], 6: [10], 7: [24], 8: [13], 9: [33] }],
      ["5.6 Timing and availability", { 7: [21, 22], 9: [28, 29, 47] }],
      ["6 Membership changes", { 3: [4, 5], 7: [15], 11: [18, 19, 20, 21, 22, 23, 24, 25, 27, 28, 36] }],
      ["7 Log compaction", { 4: [17], 5: [9], 11: [10, 11, 12, 13, 14, 15, 16, 17, 54, 55, 56] }],
      ["8 Clients: finding the leader", { 10: [14, 15, 33, 34] }],
      ["8 Clients: done once, though asked twice", { 10: [2, 3, 4, 5, 6, 7, 35, 37] }],
      ["8 Clients: a leader's first entry, and reads", { 11: [26, 30, 31] }],
      ["9.3 How long elections take, Figure 16", { 9: [28, 29, 56] }],
    ],
  },
  {
    title: "The dissertation, where a project uses it",
    rules: [
      ["3.10 Leadership transfer", { 11: [42, 43, 44, 45, 46] }],
      ["4.2.3 Servers that disturb", { 11: [36, 37] }],
      ["6.2 Check-quorum: a leader without a majority", { 11: [41] }],
      ["6.3 Sessions", { 10: [2, 3, 4, 5, 6, 7, 35, 37, 38] }],
      ["6.4 Reads without the log", { 11: [29, 30, 31, 32, 33, 34, 35, 53] }],
      ["9.6 Pre-vote", { 11: [38, 39, 40] }],
      ["10.2 Batching and pipelining", { 11: [47, 48, 49, 51] }],
    ],
  },
]

export const parts: readonly Part[] = [...figure2, figure3, ...sections]
