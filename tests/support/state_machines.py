"""Machines too large to list a cascade's coordinates: TCP's connection states, random ones."""

from __future__ import annotations

from random import Random

from negeig.automata.machines.machine import Machine

TCP = """
CLOSED passive-open LISTEN, CLOSED active-open SYN-SENT, LISTEN active-open SYN-SENT,
LISTEN send SYN-SENT, LISTEN close CLOSED, LISTEN rcv-syn SYN-RECEIVED, SYN-SENT close CLOSED,
SYN-SENT rcv-syn SYN-RECEIVED, SYN-SENT rcv-synack ESTABLISHED, SYN-SENT timeout CLOSED,
SYN-RECEIVED rcv-ack ESTABLISHED, SYN-RECEIVED close FIN-WAIT-1, SYN-RECEIVED timeout CLOSED,
ESTABLISHED close FIN-WAIT-1, ESTABLISHED rcv-fin CLOSE-WAIT, FIN-WAIT-1 rcv-ack FIN-WAIT-2,
FIN-WAIT-1 rcv-fin CLOSING, FIN-WAIT-2 rcv-fin TIME-WAIT, CLOSE-WAIT close LAST-ACK,
CLOSING rcv-ack TIME-WAIT, LAST-ACK rcv-ack CLOSED, TIME-WAIT timeout CLOSED
"""
"""The state diagram of RFC 9293, section 3.3.2, without what is sent."""


def tcp() -> Machine:
    """Return the connection states of TCP; what the diagram does not mention changes nothing."""
    arrows = [tuple(arrow.split()) for arrow in TCP.split(",")]
    states = list(dict.fromkeys(state for p, _, q in arrows for state in (p, q)))
    letters = list(dict.fromkeys(letter for _, letter, _ in arrows))
    leading = {(p, letter): states.index(q) for p, letter, q in arrows}
    return Machine(
        alphabet=letters,
        transitions=[
            [leading.get((state, letter), i) for letter in letters]
            for i, state in enumerate(states)
        ],
        initial=0,
        outputs=states,
    ).minimal()


def random_machine(states: int, seed: int, letters: int = 2) -> Machine:
    """Return a random machine whose states are all reached, each with its own output."""
    random = Random(seed)
    while True:
        machine = Machine(
            alphabet="abcd"[:letters],
            transitions=[[random.randrange(states) for _ in range(letters)] for _ in range(states)],
            initial=0,
            outputs=list(range(states)),
        ).minimal()
        if machine.size == states:
            return machine
