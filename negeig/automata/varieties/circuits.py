"""The circuit class that the transition monoid of a task implies.

Circuits are families of polynomial size, one for each length of the word. AC0: constant depth,
"and" and "or" of any number of inputs. ACC0: gates that count modulo a constant, too. NC1:
logarithmic depth, two inputs a gate. AC0 is a proper subset of ACC0, which is a subset of NC1, and
NC1 contains every regular language. A task with more outputs is in a class when its every output
is.

* No set of all words of one length maps onto a nontrivial group: in AC0. Barrington, Compton,
  Straubing and Thérien, Regular languages in NC1 (1992).
* Some such set does: not in AC0, since it would count ones modulo a number. Furst, Saxe and Sipser,
  Parity, circuits, and the polynomial-time hierarchy (1984); Ajtai 1983; for the reduction, 1992.
* Every group in the monoid is solvable: in ACC0. Barrington and Thérien, Finite monoids and the
  fine structure of NC1 (1988).
* One is not: complete for NC1 under constant-depth reductions. Barrington, Bounded-width
  polynomial-size branching programs recognize exactly those languages in NC1 (1989). The reduction
  writes a block of letters for each group element, and the blocks must be of one length: the
  elements with words of length 0 modulo d, see :mod:`.varieties.group_rules`, have such
  blocks, and they form a normal subgroup with cyclic quotient, which is not solvable either.

Nobody has shown that ACC0 is not NC1. If it is not, tasks of the last kind are outside ACC0.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from negeig.automata.monoids.monoid import TransitionMonoid
from negeig.automata.varieties.membership import MAX_LOOKUPS, Membership, classify


class Circuits(StrEnum):
    """The three cases, from easy to hard; a task is in exactly one."""

    AC0 = "AC0"
    ACC0 = "ACC0"
    NC1 = "NC1-complete"


_IN_AC0 = "in AC0: words of one length never map onto a nontrivial group"
_IN_ACC0 = (
    "in ACC0, as every group in the monoid is solvable; not in AC0, as x and y, words of one "
    "length, give a nontrivial group"
)
_COMPLETE = (
    "complete for NC1 under constant-depth reductions, so not in AC0: x, y, z generate a group "
    "that is not solvable"
)
_OPEN = "outside ACC0 if ACC0 differs from NC1, which is not known"
_1992 = "Barrington, Compton, Straubing and Thérien, Regular languages in NC1 (1992)"


@dataclass(frozen=True, kw_only=True)
class CircuitClass:
    """The circuit class of a task.

    Attributes
    ----------
    name : Circuits
    proved : str
        What is proved of the task, without any assumption.
    conditional : str
        What holds only under an assumption, with the assumption; empty where nothing does.
    logic : str
        The logic over words that defines exactly the tasks of this class and those before it.
    failed : Membership or None
        The class of monoids that the task is not in, with the witness: the quasi-aperiodic ones for
        ACC0, the solvable ones for NC1; it verifies itself on the machine.
    source : str
    """

    name: Circuits
    proved: str
    conditional: str
    logic: str
    failed: Membership | None
    source: str

    def to_json(self) -> dict[str, Any]:
        """JSON object with the attributes' names."""
        return {
            "name": self.name.value,
            "proved": self.proved,
            "conditional": self.conditional,
            "logic": self.logic,
            "failed": None if self.failed is None else self.failed.to_json(),
            "source": self.source,
        }


def circuit_class(monoid: TransitionMonoid, *, max_lookups: int = MAX_LOOKUPS) -> CircuitClass:
    """Return the circuit class of the task whose minimal machine has this transition monoid.

    Parameters
    ----------
    monoid : TransitionMonoid
        Of the minimal machine.
    max_lookups : int
        Limit on the search for the witness; the class does not depend on it.

    Raises
    ------
    InputError
        When the machine is not minimal.

    Notes
    -----
    O(size x letters), besides the solvability of the maximal subgroups.

    Examples
    --------
    >>> from negeig.automata.machines.machine import Machine
    >>> from negeig.automata.monoids.monoid import transition_monoid
    >>> parity = Machine(alphabet="ab", transitions=[[0, 1], [1, 0]], initial=0, outputs=[1, 0])
    >>> even_length = Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> [circuit_class(transition_monoid(m)).name.value for m in (parity, even_length)]
    ['ACC0', 'AC0']
    """
    found = classify(monoid, only=("QA", "Sol"), max_lookups=max_lookups)
    members = {membership.short: membership for membership in found}
    if members["QA"].holds:
        return CircuitClass(
            name=Circuits.AC0,
            proved=_IN_AC0,
            conditional="",
            logic="first-order logic with order and positions modulo constants",
            failed=None,
            source=_1992,
        )
    if members["Sol"].holds:
        return CircuitClass(
            name=Circuits.ACC0,
            proved=_IN_ACC0,
            conditional="",
            logic="first-order logic with order and modular quantifiers (Straubing, Thérien and "
            "Thomas 1995)",
            failed=members["QA"],
            source="Barrington and Thérien, Finite monoids and the fine structure of NC1 (1988); "
            f"not in AC0: Furst, Saxe and Sipser 1984 with {_1992}",
        )
    return CircuitClass(
        name=Circuits.NC1,
        proved=_COMPLETE,
        conditional=_OPEN,
        logic="monadic second-order logic with order",
        failed=members["Sol"],
        source="Barrington, Bounded-width polynomial-size branching programs recognize exactly "
        "those languages in NC1 (1989)",
    )
