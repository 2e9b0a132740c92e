"""Machines to draw, and all pictures of one."""

import itertools

from negeig.automata.decomposition.holonomy import holonomy
from negeig.automata.language import Source
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.green import green
from negeig.automata.monoids.monoid import transition_monoid
from negeig.report.pictures import (
    cayley_dot,
    cayley_svg,
    decomposition_dot,
    decomposition_svg,
    eggbox_dot,
    eggbox_svg,
    state_diagram_dot,
    state_diagram_svg,
)

ZOO = [
    "parity", "mod:5", "dyck1:4", "sym:3", "tomita:3", "transformations:3", "ends-with:abab",
    "quaternion", "dihedral:4", "modarith:3", "cycle-nav:5", "flipflop", "even-pairs", "tomita:6",
]  # fmt: skip
NASTY = [
    '"', "\\", "<", ">", "&", "'", "&lt;", "]]>", "<!--", "--", "</TABLE>", "\n", "\\n", "\t", "\r",
    "\0", "\x07", "\x1b", "\x7f", "\x85", "\u2028", "\u202e", "\ufffe", "\ufeff", "\u0301", "é",
    "e\u0301", "😀", "👩‍👩‍👧", "日本", "ב", " ", "␣", "  ", ",", ";", "{", "}", "|", "->",
    "\\N", "\\G", "%", "#", "$", "*", "★", "ε", "1", "long" * 10, "long" * 11, "x" * 5_000,
]  # fmt: skip


def language(name):
    return Source("zoo", name).read().machine.minimal()


def examples():
    yield "(ab)*", Source("regex", "(ab)*").read().machine.minimal()
    for name in ZOO:
        yield name, language(name)


EXAMPLES = dict(examples())


def small_machines():
    """Every table over two letters with at most three states, numbered breadth first."""
    for states in (1, 2, 3):
        for flat in itertools.product(range(states), repeat=2 * states):
            table = [flat[2 * q : 2 * q + 2] for q in range(states)]
            machine = Machine(
                alphabet="ab", transitions=table, initial=0, outputs=list(range(states))
            )
            if machine.minimal() == machine:
                yield machine


SMALL = list(small_machines())


def nasty_machine(letters=NASTY, outputs=("<b>", '"&\\n\x07', None)):
    """Three states; the letters act in several ways, so that edges have many labels."""
    n = len(letters)
    table = [[i % 3 for i in range(n)], [(i // 3) % 3 for i in range(n)], [2] * n]
    return Machine(alphabet=letters, transitions=table, initial=0, outputs=outputs)


def pictures(machine):
    """Every SVG picture of a machine by its name."""
    monoid = transition_monoid(machine)
    return {
        "state": state_diagram_svg(machine),
        "right": cayley_svg(monoid),
        "left": cayley_svg(monoid, side="left"),
        "eggbox": eggbox_svg(green(monoid)),
        "decomposition": decomposition_svg(holonomy(machine)),
    }


def graphs(machine):
    """Every DOT picture of a machine by its name."""
    monoid = transition_monoid(machine)
    return {
        "state": state_diagram_dot(machine),
        "right": cayley_dot(monoid),
        "left": cayley_dot(monoid, side="left"),
        "eggbox": eggbox_dot(green(monoid)),
        "decomposition": decomposition_dot(holonomy(machine)),
    }


def edges_of(machine):
    return {(q, t) for q, row in enumerate(machine.transitions.tolist()) for t in row}
