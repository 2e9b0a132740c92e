"""Machines from and to objects of automata-lib and pyformlang; graphs of networkx too.

What is read is recognised by the names of its class and module, and no package is imported for it.
Both libraries keep letters and states in sets: letters are ordered by code point, states are
numbered breadth first.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from importlib import import_module
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from negeig.automata.formats.completion import Notices, complete, tabulate
from negeig.automata.machines.graph import from_networkx
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.minimize import breadth_first
from negeig.automata.machines.size import check_size
from negeig.automata.problems import Problems, letter_problems
from negeig.claims import InputError, Letter, Unavailable

ACCEPTED = (
    "a Machine, DFA or NFA of automata-lib, or DeterministicFiniteAutomaton, "
    "NondeterministicFiniteAutomaton, EpsilonNFA or Regex of pyformlang, or a graph of networkx"
)


class Parts(NamedTuple):
    """An automaton of another library; the symbol of an edge is None for the empty word."""

    states: Iterable[Hashable]
    symbols: Iterable[Hashable]
    edges: list[tuple[Hashable, Hashable | None, Hashable]]
    initial: Iterable[Hashable]
    final: Iterable[Hashable]


def from_object(obj: object, max_states: int = 100_000) -> tuple[Machine, Notices]:
    """Return the machine of an object of automata-lib, pyformlang or networkx.

    A graph is read as :func:`negeig.automata.machines.graph.from_networkx` does.
    Symbols that are not strings are named by ``str``, with a notice. Partial automata are completed
    and nondeterministic ones made deterministic, with a notice. The machine is not minimised; its
    states are numbered breadth first.

    Parameters
    ----------
    obj : object
        A DFA (partial ones too) or NFA of automata-lib; a DeterministicFiniteAutomaton,
        NondeterministicFiniteAutomaton, EpsilonNFA or Regex of pyformlang; a directed graph of
        networkx; or a Machine, which is returned as it is.
    max_states : int
        The largest number of states.

    Raises
    ------
    InputError
        Another kind of object; no symbol; or two symbols of one name.
    LimitReached
        More than ``max_states`` states.

    Examples
    --------
    >>> from automata.fa.dfa import DFA
    >>> partial = DFA(states={0, 1}, input_symbols={"a"}, transitions={0: {"a": 1}, 1: {}},
    ...               initial_state=0, final_states={1}, allow_partial=True)
    >>> from_object(partial)
    (Machine(3 states over a), ('1 missing transition completed with a new sink state',))
    """
    if isinstance(obj, Machine):
        return obj, ()
    source = f"{type(obj).__name__} object"
    kinds = _kinds(obj)
    if ("networkx", "Graph") in kinds:
        machine = from_networkx(obj)
        check_size(machine.size, len(machine.alphabet), max_states, source)
        return machine, ()
    parts = _parts(obj, kinds)
    if parts is None:
        raise InputError(source, f"is not an automaton that negeig knows; expected {ACCEPTED}")
    ends = (end for p, _, q in parts.edges for end in (p, q))
    states = {s: i for i, s in enumerate(dict.fromkeys(chain(parts.states, parts.initial, ends)))}
    read = (x for _, x, _ in parts.edges if x is not None)
    letters, notices = _letters(chain(parts.symbols, read), source)
    columns = {letter: i for i, letter in enumerate(sorted(letters.values()))}
    initial = [states[state] for state in parts.initial]
    if not initial and columns:
        nothing = Machine(
            alphabet=list(columns), transitions=[[0] * len(columns)], initial=0, outputs=[0]
        )
        return nothing, (*notices, "there is no start state, so no word is accepted")
    check_size(len(states), len(columns), max_states, source)
    table, choices = tabulate(
        len(states),
        len(columns),
        ((states[p], columns[letters[x]], states[q]) for p, x, q in parts.edges if x is not None),
    )
    final = set(parts.final)
    machine, further = complete(
        source,
        alphabet=list(columns),
        table=table,
        choices=choices,
        initial=initial,
        outputs=[int(state in final) for state in states],
        max_states=max_states,
        epsilon=[(states[p], states[q]) for p, x, q in parts.edges if x is None],
    )
    return _renumbered(machine), notices + further


def to_automata_lib(machine: Machine) -> Any:
    """Return an acceptor as a complete ``automata.fa.dfa.DFA``, states 0, 1, ... as here.

    automata-lib reads words as sequences of symbols: give it lists where a letter is not one
    character.

    Raises
    ------
    InputError
        An output is not 0 or 1.
    Unavailable
        automata-lib is not installed.

    Examples
    --------
    >>> parity = Machine(alphabet="ab", transitions=[[1, 0], [0, 1]], initial=0, outputs=[1, 0])
    >>> to_automata_lib(parity).accepts_input("abba")
    True
    """
    _require_acceptor(machine, "automata-lib")
    dfa = _import(lambda: import_module("automata.fa.dfa"), "automata-lib")
    return dfa.DFA(
        states=set(range(machine.size)),
        input_symbols=set(machine.alphabet),
        transitions={
            q: dict(zip(machine.alphabet, row, strict=True))
            for q, row in enumerate(machine.transitions.tolist())
        },
        initial_state=machine.initial,
        final_states={q for q, output in enumerate(machine.outputs) if output},
    )


def to_pyformlang(machine: Machine) -> Any:
    """Return an acceptor as a pyformlang ``DeterministicFiniteAutomaton``, states 0, 1, ...

    Raises
    ------
    InputError
        An output is not 0 or 1; or a letter is ``epsilon``, which pyformlang takes for the empty
        word.
    Unavailable
        pyformlang is not installed.

    Examples
    --------
    >>> parity = Machine(alphabet="ab", transitions=[[1, 0], [0, 1]], initial=0, outputs=[1, 0])
    >>> to_pyformlang(parity).accepts(["a", "b", "a"])
    True
    """
    _require_acceptor(machine, "pyformlang")
    if "epsilon" in machine.alphabet:
        raise InputError(
            "pyformlang", "takes the letter 'epsilon' for the empty word; give it another name"
        )
    fa = _import(lambda: import_module("pyformlang.finite_automaton"), "pyformlang")
    result = fa.DeterministicFiniteAutomaton()
    result.add_start_state(fa.State(machine.initial))
    for q, row in enumerate(machine.transitions.tolist()):
        if machine.outputs[q]:
            result.add_final_state(fa.State(q))
        for letter, target in zip(machine.alphabet, row, strict=True):
            result.add_transition(fa.State(q), fa.Symbol(letter), fa.State(target))
    return result


def _kinds(obj: object) -> set[tuple[str, str]]:
    """Return the classes of an object: the package of each, and its name.

    A program of somebody else that calls a module of its own ``automata`` has other classes there.
    """
    packages = {"automata.fa": "automata", "pyformlang": "pyformlang", "networkx": "networkx"}
    return {
        (package, kind.__name__)
        for kind in type(obj).__mro__
        for path, package in packages.items()
        if kind.__module__.startswith(f"{path}.")
    }


def _parts(obj: Any, kinds: set[tuple[str, str]]) -> Parts | None:
    """Take an object apart; None when it is of neither library, or of a kind that is not read."""
    if ("automata", "DFA") in kinds or ("automata", "NFA") in kinds:
        is_dfa = ("automata", "DFA") in kinds
        edges = [
            (p, x or None, q)
            for p, row in obj.transitions.items()
            for x, targets in row.items()
            for q in ((targets,) if is_dfa else targets)
        ]
        return Parts(obj.states, obj.input_symbols, edges, [obj.initial_state], obj.final_states)
    if ("pyformlang", "Regex") in kinds:
        obj = obj.to_epsilon_nfa()
        kinds = _kinds(obj)
    if ("pyformlang", "EpsilonNFA") in kinds:
        edges = [(p, None if _is_epsilon(x) else x.value, q) for p, x, q in obj]
        symbols = [symbol.value for symbol in obj.symbols if not _is_epsilon(symbol)]
        return Parts(obj.states, symbols, edges, obj.start_states, obj.final_states)
    return None


def _is_epsilon(symbol: object) -> bool:
    """Whether a symbol of pyformlang is the empty word; one that only has its name is a letter."""
    return ("pyformlang", "Epsilon") in _kinds(symbol)


def _letters(symbols: Iterable[Hashable], source: str) -> tuple[dict[Hashable, Letter], Notices]:
    """Return the letter of each symbol, and a notice when some were not strings."""
    letters = {symbol: str(symbol) for symbol in symbols}
    problems = Problems(source)
    found = letter_problems(letters.values())
    problems.extend(len(found), found)
    if problems:
        raise problems.error()
    named = sum(not isinstance(symbol, str) for symbol in letters)
    what = (
        "1 symbol that was not a string" if named == 1 else f"{named} symbols that were not strings"
    )
    return letters, ((f"{what} named by str",) if named else ())


def _renumbered(machine: Machine) -> Machine:
    """Return the reachable part, states numbered breadth first."""
    order = breadth_first(machine.transitions, machine.initial)
    position = np.zeros(machine.size, dtype=np.int32)
    position[order] = np.arange(len(order), dtype=np.int32)
    return Machine(
        alphabet=machine.alphabet,
        transitions=position[machine.transitions[order]],
        initial=0,
        outputs=[machine.outputs[q] for q in order.tolist()],
    )


def _require_acceptor(machine: Machine, package: str) -> None:
    if not machine.is_acceptor:
        raise InputError(package, "has automata with final states only; the machine has outputs")


def _import(load: Callable[[], Any], package: str) -> Any:
    try:
        return load()
    except ModuleNotFoundError:
        raise Unavailable(f"{package} is not installed; pip install {package}") from None
