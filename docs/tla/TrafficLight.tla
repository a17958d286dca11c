---------------------------- MODULE TrafficLight ----------------------------
(* The crossing of project 2. TrafficLight.qnt says the same in Quint,      *)
(* definition by definition.                                                *)
EXTENDS Naturals

\* How long a colour stays, in seconds.
Green == [EW |-> 30, NS |-> 60]
ShortestGreen == 15
Yellow == 5

VARIABLES
  light,    \* What each direction shows;
  seconds,  \* for how long it has been so;
  asked     \* whose button was pressed and not served yet.

vars == <<light, seconds, asked>>

Directions == {"NS", "EW"}

Other(d) == IF d = "NS" THEN "EW" ELSE "NS"

\* The direction that is not red.
Moving == IF light["NS"] # "red" THEN "NS" ELSE "EW"

Init ==
  /\ light = [EW |-> "green", NS |-> "red"]
  /\ seconds = 0
  /\ asked = {}

\* When the green of Moving ends, if the directions in a have asked.
End(a) == IF Other(Moving) \in a THEN ShortestGreen ELSE Green[Moving]

\* Whether it is time for the next colour, after s seconds of this one.
Due(s, a) == IF light[Moving] = "green" THEN s >= End(a) ELSE s >= Yellow

\* Time goes on, nothing turns.
Stay(s, a) ==
  /\ ~Due(s, a)
  /\ light' = light
  /\ seconds' = s
  /\ asked' = a

TurnYellow(s, a) ==
  /\ light[Moving] = "green"
  /\ Due(s, a)
  /\ light' = [light EXCEPT ![Moving] = "yellow"]
  /\ seconds' = 0
  /\ asked' = a

TurnGreen(s, a) ==
  /\ light[Moving] = "yellow"
  /\ Due(s, a)
  /\ light' = [light EXCEPT ![Moving] = "red", ![Other(Moving)] = "green"]
  /\ seconds' = 0
  /\ asked' = a \ {Other(Moving)}

\* What is due is done, in the same step.
Change(s, a) ==
  \/ Stay(s, a)
  \/ TurnYellow(s, a)
  \/ TurnGreen(s, a)

\* The two kinds of events.
Tick == Change(seconds + 1, asked)

Press(d) == Change(seconds, IF light[d] = "green" THEN asked ELSE asked \union {d})

Next ==
  \/ Tick
  \/ \E d \in Directions : Press(d)

\* All of the specification: how it begins, what may happen, and that time goes on.
Spec == Init /\ [][Next]_vars /\ WF_vars(Tick)

-----------------------------------------------------------------------------
\* What must hold in every state.
TypeOK ==
  /\ light \in [Directions -> {"green", "yellow", "red"}]
  /\ seconds \in 0..59
  /\ asked \subseteq Directions

\* Never two directions that are not red.
Safe == \E d \in Directions : light[d] = "red"

\* And one that is not: a crossing that is all red is safe, and of no use.
OneMoves == \E d \in Directions : light[d] # "red"

\* What must happen again and again.
EveryoneGetsThrough == \A d \in Directions : []<>(light[d] = "green")
=============================================================================
