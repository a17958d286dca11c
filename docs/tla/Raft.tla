-------------------------------- MODULE Raft --------------------------------
(* Section 5 of the Raft paper: what projects 4 to 7 build. Raft.qnt says   *)
(* the same in Quint, definition by definition.                             *)
EXTENDS Naturals, FiniteSets, Sequences, TLC

CONSTANTS
  Servers,   \* who has a vote
  Commands,  \* what clients may ask for
  Nobody,    \* no server
  MaxTerm,   \* the last three only bound what TLC looks at: see Bounded
  MaxLog,
  MaxMessages

VARIABLES
  currentTerm, votedFor, role,  \* serverVars: the persistent two, and the role
  votesGranted,                 \* candidateVars
  log, commitIndex,             \* logVars
  nextIndex, matchIndex,        \* leaderVars
  messages,                     \* every message that was ever sent
  elections, committed          \* ghostVars: no action looks at them

serverVars == <<currentTerm, votedFor, role>>
candidateVars == <<votesGranted>>
logVars == <<log, commitIndex>>
leaderVars == <<nextIndex, matchIndex>>
ghostVars == <<elections, committed>>
vars == <<serverVars, candidateVars, logVars, leaderVars, messages, ghostVars>>

-----------------------------------------------------------------------------
\* Helpers

Min(a, b) == IF a < b THEN a ELSE b
Max(a, b) == IF a > b THEN a ELSE b

LastTerm(l) == IF Len(l) = 0 THEN 0 ELSE l[Len(l)].term

\* Whether the log l has an entry of term t at index n. Index 0 comes before all entries.
HasAt(l, n, t) ==
  IF n = 0 THEN t = 0 ELSE IF n > Len(l) THEN FALSE ELSE l[n].term = t

TermAt(l, n) == IF n = 0 THEN 0 ELSE l[n].term

\* The entries of l with the indexes m to n.
Part(l, m, n) == IF m > n THEN <<>> ELSE SubSeq(l, m, n)

\* The AppendEntries receiver's steps 3 and 4: only a conflict removes anything.
Merge(l, prev, entries) ==
  IF \A k \in 1..Len(entries) : HasAt(l, prev + k, entries[k].term)
  THEN l
  ELSE Part(l, 1, prev) \o entries

IsQuorum(s) == Cardinality(s) * 2 > Cardinality(Servers)

\* "At least as up-to-date": the later last term wins; with equal last terms, the longer log.
IsUpToDate(l, lastLogIndex, lastLogTerm) ==
  \/ lastLogTerm > LastTerm(l)
  \/ /\ lastLogTerm = LastTerm(l)
     /\ lastLogIndex >= Len(l)

TermOf(m) == m.term

ReceiverOf(m) == m.to

\* What i tells j by AppendEntries: all it has from nextIndex on.
EntriesFor(i, j) ==
  LET prev == nextIndex[i][j] - 1 IN
  [type |-> "AppendEntries",
   from |-> i, to |-> j, term |-> currentTerm[i],
   prevLogIndex |-> prev, prevLogTerm |-> TermAt(log[i], prev),
   entries |-> Part(log[i], prev + 1, Len(log[i])),
   leaderCommit |-> commitIndex[i]]

\* What i newly takes for committed when its commit index goes to n, and l is its log.
NewlyCommitted(i, l, n) ==
  {[term |-> currentTerm[i], index |-> k, entry |-> l[k]] : k \in (commitIndex[i] + 1)..n}

\* None is ever taken out: so any may come late, twice, out of order, or never.
Send(sent) == messages' = messages \union sent

-----------------------------------------------------------------------------
\* How it begins

Init ==
  /\ currentTerm = [i \in Servers |-> 0]
  /\ votedFor = [i \in Servers |-> Nobody]
  /\ role = [i \in Servers |-> "follower"]
  /\ votesGranted = [i \in Servers |-> {}]
  /\ log = [i \in Servers |-> <<>>]
  /\ commitIndex = [i \in Servers |-> 0]
  /\ nextIndex = [i \in Servers |-> [j \in Servers |-> 1]]
  /\ matchIndex = [i \in Servers |-> [j \in Servers |-> 0]]
  /\ messages = {}
  /\ elections = {}
  /\ committed = {}

-----------------------------------------------------------------------------
\* What a server does by itself

\* A crash, and the start after it: what is persistent stays.
Restart(i) ==
  /\ role' = [role EXCEPT ![i] = "follower"]
  /\ votesGranted' = [votesGranted EXCEPT ![i] = {}]
  /\ commitIndex' = [commitIndex EXCEPT ![i] = 0]
  /\ nextIndex' = [nextIndex EXCEPT ![i] = [j \in Servers |-> 1]]
  /\ matchIndex' = [matchIndex EXCEPT ![i] = [j \in Servers |-> 0]]
  /\ UNCHANGED <<currentTerm, votedFor, log, messages, ghostVars>>

\* Project 7, campaign.
ElectionTimeout(i) ==
  /\ role[i] # "leader"
  /\ currentTerm' = [currentTerm EXCEPT ![i] = currentTerm[i] + 1]
  /\ votedFor' = [votedFor EXCEPT ![i] = i]
  /\ role' = [role EXCEPT ![i] = "candidate"]
  /\ votesGranted' = [votesGranted EXCEPT ![i] = {i}]
  /\ Send({[type |-> "RequestVote",
            from |-> i, to |-> j, term |-> currentTerm[i] + 1,
            lastLogIndex |-> Len(log[i]), lastLogTerm |-> LastTerm(log[i])] :
            j \in Servers \ {i}})
  /\ UNCHANGED <<logVars, leaderVars, ghostVars>>

\* Project 7, the rule becomeLeader.
BecomeLeader(i) ==
  /\ role[i] = "candidate"
  /\ IsQuorum(votesGranted[i])
  /\ role' = [role EXCEPT ![i] = "leader"]
  /\ nextIndex' = [nextIndex EXCEPT ![i] = [j \in Servers |-> Len(log[i]) + 1]]
  /\ matchIndex' = [matchIndex EXCEPT ![i] = [j \in Servers |-> 0]]
  /\ elections' = elections \union {[term |-> currentTerm[i], leader |-> i, log |-> log[i]]}
  /\ UNCHANGED <<currentTerm, votedFor, candidateVars, logVars, messages, committed>>

\* Project 5, propose.
Propose(i, command) ==
  /\ role[i] = "leader"
  /\ log' = [log EXCEPT ![i] = Append(log[i], [term |-> currentTerm[i], command |-> command])]
  /\ UNCHANGED <<commitIndex, messages, serverVars, candidateVars, leaderVars, ghostVars>>

\* Project 5, heartbeatTimeout, for one follower; and the new try after a refusal.
SendEntries(i, j) ==
  /\ i # j
  /\ role[i] = "leader"
  /\ Send({EntriesFor(i, j)})
  /\ UNCHANGED <<serverVars, candidateVars, logVars, leaderVars, ghostVars>>

\* Project 5, the rule sendNewEntries, for one follower.
SendNewEntries(i, j) ==
  /\ i # j
  /\ role[i] = "leader"
  /\ nextIndex[i][j] = matchIndex[i][j] + 1
  /\ nextIndex[i][j] <= Len(log[i])
  /\ nextIndex' = [nextIndex EXCEPT ![i][j] = Len(log[i]) + 1]
  /\ Send({EntriesFor(i, j)})
  /\ UNCHANGED <<matchIndex, serverVars, candidateVars, logVars, ghostVars>>

\* Project 6, the rule advanceCommitIndex; here to any index that is allowed, not only to the largest.
AdvanceCommitIndex(i, n) ==
  /\ role[i] = "leader"
  /\ n > commitIndex[i]
  /\ n <= Len(log[i])
  /\ TermAt(log[i], n) = currentTerm[i]
  /\ IsQuorum({i} \union {j \in Servers : matchIndex[i][j] >= n})
  /\ commitIndex' = [commitIndex EXCEPT ![i] = n]
  /\ committed' = committed \union NewlyCommitted(i, log[i], n)
  /\ UNCHANGED <<elections, log, messages, serverVars, candidateVars, leaderVars>>

-----------------------------------------------------------------------------
\* What a server does with a message

\* Project 7, the guard newerTerm. The message stays where it is: what else it means, the next step tells.
NewerTerm(i, m) ==
  /\ TermOf(m) > currentTerm[i]
  /\ currentTerm' = [currentTerm EXCEPT ![i] = TermOf(m)]
  /\ votedFor' = [votedFor EXCEPT ![i] = Nobody]
  /\ role' = [role EXCEPT ![i] = "follower"]
  /\ votesGranted' = [votesGranted EXCEPT ![i] = {}]
  /\ UNCHANGED <<messages, logVars, leaderVars, ghostVars>>

\* Project 7, the guard olderTerm: the refusal of a request from the past.
OlderTerm(i, m) ==
  /\ TermOf(m) < currentTerm[i]
  /\ CASE m.type = "RequestVote" ->
            Send({[type |-> "RequestVoteResponse",
                   from |-> i, to |-> m.from, term |-> currentTerm[i], voteGranted |-> FALSE]})
       [] m.type = "AppendEntries" ->
            Send({[type |-> "AppendEntriesResponse",
                   from |-> i, to |-> m.from, term |-> currentTerm[i],
                   success |-> FALSE, matchIndex |-> 0]})
       [] OTHER -> UNCHANGED messages
  /\ UNCHANGED <<serverVars, candidateVars, logVars, leaderVars, ghostVars>>

\* Project 7.
HandleRequestVote(i, m) ==
  LET granted == /\ votedFor[i] \in {Nobody, m.from}
                 /\ IsUpToDate(log[i], m.lastLogIndex, m.lastLogTerm)
  IN
  /\ m.type = "RequestVote"
  /\ m.term = currentTerm[i]
  /\ votedFor' = IF granted THEN [votedFor EXCEPT ![i] = m.from] ELSE votedFor
  /\ Send({[type |-> "RequestVoteResponse",
            from |-> i, to |-> m.from, term |-> currentTerm[i], voteGranted |-> granted]})
  /\ UNCHANGED <<currentTerm, role, candidateVars, logVars, leaderVars, ghostVars>>

\* Project 7.
HandleRequestVoteResponse(i, m) ==
  /\ m.type = "RequestVoteResponse"
  /\ m.term = currentTerm[i]
  /\ role[i] = "candidate"
  /\ m.voteGranted
  /\ m.from \notin votesGranted[i]
  /\ votesGranted' = [votesGranted EXCEPT ![i] = votesGranted[i] \union {m.from}]
  /\ UNCHANGED <<messages, serverVars, logVars, leaderVars, ghostVars>>

\* Projects 5 and 6, and the candidate of project 7 that gives way.
HandleAppendEntries(i, m) ==
  LET success == HasAt(log[i], m.prevLogIndex, m.prevLogTerm)
      last == m.prevLogIndex + Len(m.entries)
      merged == IF success THEN Merge(log[i], m.prevLogIndex, m.entries) ELSE log[i]
      commit == IF success THEN Max(commitIndex[i], Min(m.leaderCommit, last)) ELSE commitIndex[i]
  IN
  /\ m.type = "AppendEntries"
  /\ m.term = currentTerm[i]
  /\ role[i] # "leader"
  /\ role' = [role EXCEPT ![i] = "follower"]
  /\ log' = [log EXCEPT ![i] = merged]
  /\ commitIndex' = [commitIndex EXCEPT ![i] = commit]
  /\ committed' = committed \union NewlyCommitted(i, merged, commit)
  /\ Send({[type |-> "AppendEntriesResponse",
            from |-> i, to |-> m.from, term |-> currentTerm[i],
            success |-> success, matchIndex |-> IF success THEN last ELSE 0]})
  /\ UNCHANGED <<elections, currentTerm, votedFor, candidateVars, leaderVars>>

\* Project 5: a success raises both indexes, never lowers one; a refusal lowers nextIndex, not below what matches.
HandleAppendEntriesResponse(i, m) ==
  LET j == m.from
      nextJ == nextIndex[i][j]
      matchJ == matchIndex[i][j]
  IN
  /\ m.type = "AppendEntriesResponse"
  /\ m.term = currentTerm[i]
  /\ role[i] = "leader"
  /\ IF m.success THEN m.matchIndex > matchJ ELSE nextJ > matchJ + 1
  /\ matchIndex' = IF m.success THEN [matchIndex EXCEPT ![i][j] = m.matchIndex] ELSE matchIndex
  /\ nextIndex' = [nextIndex EXCEPT ![i][j] =
                     IF m.success THEN Max(nextJ, m.matchIndex + 1) ELSE nextJ - 1]
  /\ UNCHANGED <<messages, serverVars, candidateVars, logVars, ghostVars>>

Receive(i, m) ==
  /\ i = ReceiverOf(m)
  /\ \/ NewerTerm(i, m)
     \/ OlderTerm(i, m)
     \/ HandleRequestVote(i, m)
     \/ HandleRequestVoteResponse(i, m)
     \/ HandleAppendEntries(i, m)
     \/ HandleAppendEntriesResponse(i, m)

-----------------------------------------------------------------------------
\* All that can happen

Next ==
  \/ \E i \in Servers : Restart(i)
  \/ \E i \in Servers : ElectionTimeout(i)
  \/ \E i \in Servers : BecomeLeader(i)
  \/ \E i \in Servers : \E command \in Commands : Propose(i, command)
  \/ \E i \in Servers : \E j \in Servers : SendEntries(i, j)
  \/ \E i \in Servers : \E j \in Servers : SendNewEntries(i, j)
  \/ \E i \in Servers : \E n \in 1..Len(log[i]) : AdvanceCommitIndex(i, n)
  \/ \E m \in messages : Receive(ReceiverOf(m), m)

\* No fairness: all that is said here is what never happens.
Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
\* What must hold: Figure 3

\* Two elections of one term have the same winner.
ElectionSafety ==
  \A e \in elections : \A f \in elections : e.term = f.term => e.leader = f.leader

\* The same index and term: then the logs are the same up to there.
LogMatching ==
  \A i \in Servers : \A j \in Servers :
    \A n \in 1..Min(Len(log[i]), Len(log[j])) :
      TermAt(log[i], n) = TermAt(log[j], n) => Part(log[i], 1, n) = Part(log[j], 1, n)

\* What was committed in some term, the leaders of all later terms had when they were elected.
LeaderCompleteness ==
  \A c \in committed : \A e \in elections :
    e.term > c.term => /\ Len(e.log) >= c.index
                       /\ Part(e.log, c.index, c.index) = <<c.entry>>

\* At one index, nobody ever takes two different entries for committed.
StateMachineSafety ==
  \A c \in committed : \A d \in committed : c.index = d.index => c.entry = d.entry

\* A leader only ever adds to its log. It speaks of a step, so it is no invariant.
LeaderAppendOnly ==
  [][\A i \in Servers :
       (role[i] = "leader" /\ role'[i] = "leader" /\ currentTerm'[i] = currentTerm[i])
         => Part(log'[i], 1, Len(log[i])) = log[i]]_vars

-----------------------------------------------------------------------------
\* For TLC: it looks at no state beyond these bounds, and takes servers for interchangeable.

Bounded ==
  /\ \A i \in Servers : currentTerm[i] <= MaxTerm /\ Len(log[i]) <= MaxLog
  /\ Cardinality(messages) <= MaxMessages

Symmetry == Permutations(Servers)
=============================================================================
