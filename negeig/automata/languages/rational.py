"""Operations on acceptors beyond the Boolean ones: products, iteration, reversal, quotients.

Every result is minimal, and its letters are in the order of the first operand. The machines in
between are nondeterministic, so results may be exponentially larger than operands; ``max_states``
bounds them, and time and memory with them. How much larger they can be: Yu, Zhuang and Salomaa, The
state complexities of some basic operations on regular languages, 1994.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from negeig.automata.languages.reachability import live, reachable, reaching
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.nfa import NFA, determinize
from negeig.automata.machines.operations import letter_columns, reorder, require_acceptors
from negeig.automata.machines.size import check_size
from negeig.claims import Letter

Edges = dict[int, tuple[int, ...]]


def concatenation(first: Machine, second: Machine, max_states: int = 100_000) -> Machine:
    """Return the acceptor of a word of the first language followed by one of the second.

    At most m 2^n - 2^(n-1) states, from m and n.

    Raises
    ------
    InputError
        When an operand is not an acceptor or the alphabets differ as sets.
    LimitReached
        When a machine on the way would have more than ``max_states`` states.

    Examples
    --------
    >>> a = Machine(alphabet="a", transitions=[[1], [2], [2]], initial=0, outputs=[0, 1, 0])
    >>> concatenation(a, a).run("aaa")
    (0, 0, 1, 0)
    """
    second = _aligned(first, second)
    size = first.size
    start = (size + second.initial,)
    nfa = NFA(
        alphabet=first.alphabet,
        transitions=(*_edges(first), *_edges(second, size)),
        initial=frozenset({first.initial}),
        accepting=frozenset(q + size for q in _accepting(second)),
        epsilon=(*(start if out else () for out in first.outputs), *[()] * second.size),
    )
    return determinize(nfa, max_states).minimal()


def star(machine: Machine, max_states: int = 100_000) -> Machine:
    """Return the acceptor of any number of words of the language, none included.

    At most 2^(n-1) + 2^(n-2) states. Raises as :func:`concatenation`.

    Examples
    --------
    >>> aa = Machine(alphabet="a", transitions=[[1], [2], [3], [3]], initial=0,
    ...              outputs=[0, 0, 1, 0])
    >>> star(aa).run("aaaa")
    (1, 0, 1, 0, 1)
    """
    return _iterated(machine, 0, max_states)


def plus(machine: Machine, max_states: int = 100_000) -> Machine:
    """Return the acceptor of one or more words of the language. Otherwise as :func:`star`.

    Examples
    --------
    >>> aa = Machine(alphabet="a", transitions=[[1], [2], [3], [3]], initial=0,
    ...              outputs=[0, 0, 1, 0])
    >>> plus(aa).run("aaaa")
    (0, 0, 1, 0, 1)
    """
    return _iterated(machine, 1, max_states)


def reversal(machine: Machine, max_states: int = 100_000) -> Machine:
    """Return the acceptor of the words of the language read backwards.

    At most 2^n states. Raises as :func:`concatenation`.

    Examples
    --------
    >>> begins_a = Machine(alphabet="ab", transitions=[[1, 2], [1, 1], [2, 2]], initial=0,
    ...                    outputs=[0, 1, 0])
    >>> reversal(begins_a).run("abba")
    (0, 1, 0, 0, 1)
    """
    require_acceptors(machine)
    useful = reachable(machine)
    backwards: list[dict[int, list[int]]] = [{} for _ in range(machine.size)]
    for q, row in enumerate(machine.transitions.tolist()):
        if useful[q]:
            for column, target in enumerate(row):
                backwards[target].setdefault(column, []).append(q)
    nfa = NFA(
        alphabet=machine.alphabet,
        transitions=tuple({a: tuple(s) for a, s in row.items()} for row in backwards),
        initial=_accepting(machine),
        accepting=frozenset({machine.initial}),
    )
    return determinize(nfa, max_states).minimal()


def left_quotient(
    machine: Machine, by: Machine | Iterable[Letter], max_states: int = 100_000
) -> Machine:
    """Return the machine of what may follow ``by``.

    By a word u: the words v are mapped to the output of uv; this is for every machine, and takes
    one minimisation. By a language: the words v such that uv is accepted for some u of it, for
    acceptors; at most 2^n states.

    Raises
    ------
    InputError
        A letter of the word is not in the alphabet; or, for a language, as
        :func:`concatenation`.
    LimitReached
        When a machine on the way, or the product with the language's, would have more than
        ``max_states`` states.

    Examples
    --------
    >>> only_ab = Machine(alphabet="ab", transitions=[[1, 3], [3, 2], [3, 3], [3, 3]], initial=0,
    ...                   outputs=[0, 0, 1, 0])
    >>> left_quotient(only_ab, "a").accepts("b")
    True
    """
    if not isinstance(by, Machine):
        *_, start = machine.states(by)
        return _changed(machine, initial=start).minimal()
    by = _aligned(machine, by)
    pairs = _product(machine, by, max_states)
    both = Machine(
        alphabet=machine.alphabet,
        transitions=pairs,
        initial=machine.initial * by.size + by.initial,
        outputs=by.outputs * machine.size,
    )
    started = reachable(both) & (np.array(both.outputs) == 1)
    nfa = NFA(
        alphabet=machine.alphabet,
        transitions=_edges(machine),
        initial=frozenset((np.flatnonzero(started) // by.size).tolist()),
        accepting=_accepting(machine),
    )
    return determinize(nfa, max_states).minimal()


def right_quotient(
    machine: Machine, by: Machine | Iterable[Letter], max_states: int = 100_000
) -> Machine:
    """Return the machine of what ``by`` may follow.

    By a word u: the words v are mapped to the output of vu, for every machine. By a language: the
    words v such that vu is accepted for some u of it, for acceptors. At most n states; time and
    memory are those of the product with the language's machine. Raises as :func:`left_quotient`.

    Examples
    --------
    >>> only_ab = Machine(alphabet="ab", transitions=[[1, 3], [3, 2], [3, 3], [3, 3]], initial=0,
    ...                   outputs=[0, 0, 1, 0])
    >>> right_quotient(only_ab, "b").run("ab")
    (0, 1, 0)
    """
    if not isinstance(by, Machine):
        ends = np.arange(machine.size)
        for letter in by:
            ends = machine.transitions[ends, machine.index(letter)]
        return _changed(machine, outputs=[machine.outputs[q] for q in ends.tolist()]).minimal()
    by = _aligned(machine, by)
    pairs = _product(machine, by, max_states)
    accepted = np.outer(machine.outputs, by.outputs).ravel()
    good = reaching(pairs, np.flatnonzero(accepted).tolist())[by.initial :: by.size]
    return _changed(machine, outputs=good.astype(int).tolist()).minimal()


def shuffle(first: Machine, second: Machine, max_states: int = 100_000) -> Machine:
    """Return the acceptor of a word of each language, letters interleaved in every way.

    At most 2^(mn) states, from m and n. Raises as :func:`concatenation`.

    Examples
    --------
    >>> ab = Machine(alphabet="ab", transitions=[[1, 3], [3, 2], [3, 3], [3, 3]], initial=0,
    ...              outputs=[0, 0, 1, 0])
    >>> both = shuffle(ab, ab)
    >>> [w for w in ("abab", "aabb", "abba", "baab") if both.accepts(w)]
    ['abab', 'aabb']
    """
    second = _aligned(first, second)
    size = second.size
    check_size(first.size * size, len(first.alphabet), max_states, "the shuffle")
    left, right = _edges(first), _edges(second)
    transitions: list[Edges] = []
    for p, moves in enumerate(left):
        for q, others in enumerate(right):
            row: dict[int, set[int]] = {a: {s * size + q for s in ss} for a, ss in moves.items()}
            for a, targets in others.items():
                row.setdefault(a, set()).update(p * size + t for t in targets)
            transitions.append({a: tuple(sorted(targets)) for a, targets in row.items()})
    nfa = NFA(
        alphabet=first.alphabet,
        transitions=tuple(transitions),
        initial=frozenset({first.initial * size + second.initial}),
        accepting=frozenset(
            np.flatnonzero(np.outer(first.outputs, second.outputs)).tolist(),
        ),
    )
    return determinize(nfa, max_states).minimal()


def prefixes(machine: Machine) -> Machine:
    """Return the acceptor of every beginning of a word of the language; at most n states.

    Complexity: linear in the table, and one minimisation. Raises InputError as
    :func:`concatenation`.

    Examples
    --------
    >>> only_ab = Machine(alphabet="ab", transitions=[[1, 3], [3, 2], [3, 3], [3, 3]], initial=0,
    ...                   outputs=[0, 0, 1, 0])
    >>> prefixes(only_ab).run("abb")
    (1, 1, 1, 0)
    """
    require_acceptors(machine)
    return _changed(machine, outputs=live(machine).astype(int).tolist()).minimal()


def suffixes(machine: Machine, max_states: int = 100_000) -> Machine:
    """Return the acceptor of every end of a word of the language; at most 2^n - 1 states.

    Raises as :func:`concatenation`.

    Examples
    --------
    >>> only_ab = Machine(alphabet="ab", transitions=[[1, 3], [3, 2], [3, 3], [3, 3]], initial=0,
    ...                   outputs=[0, 0, 1, 0])
    >>> [w for w in ("", "a", "b", "ab", "ba") if suffixes(only_ab).accepts(w)]
    ['', 'b', 'ab']
    """
    require_acceptors(machine)
    nfa = NFA(
        alphabet=machine.alphabet,
        transitions=_edges(machine),
        initial=frozenset(np.flatnonzero(reachable(machine)).tolist()),
        accepting=_accepting(machine),
    )
    return determinize(nfa, max_states).minimal()


def factors(machine: Machine, max_states: int = 100_000) -> Machine:
    """Return the acceptor of every contiguous part of a word of the language.

    At most 2^n - 1 states. Raises as :func:`concatenation`.

    Examples
    --------
    >>> only_ab = Machine(alphabet="ab", transitions=[[1, 3], [3, 2], [3, 3], [3, 3]], initial=0,
    ...                   outputs=[0, 0, 1, 0])
    >>> [w for w in ("", "a", "b", "ab", "ba") if factors(only_ab).accepts(w)]
    ['', 'a', 'b', 'ab']
    """
    return suffixes(prefixes(machine), max_states)


def _iterated(machine: Machine, least: int, max_states: int) -> Machine:
    """Return the star or the plus: a new initial state, which accepts for the star."""
    require_acceptors(machine)
    again = (machine.initial,)
    nfa = NFA(
        alphabet=machine.alphabet,
        transitions=(*_edges(machine), {}),
        initial=frozenset({machine.size}),
        accepting=_accepting(machine) | ({machine.size} if least == 0 else set()),
        epsilon=(*(again if out else () for out in machine.outputs), again),
    )
    return determinize(nfa, max_states).minimal()


def _aligned(first: Machine, second: Machine) -> Machine:
    """Return the second acceptor with its letters in the first one's order."""
    require_acceptors(first, second)
    letter_columns(second.alphabet, first.alphabet, ("the second machine", "the first machine"))
    return reorder(second, first.alphabet)


def _accepting(machine: Machine) -> frozenset[int]:
    return frozenset(q for q, output in enumerate(machine.outputs) if output)


def _edges(machine: Machine, shift: int = 0) -> tuple[Edges, ...]:
    """Return the edges that lead on to acceptance; the others would only fill the subsets."""
    alive = live(machine).tolist()
    return tuple(
        {a: (target + shift,) for a, target in enumerate(row) if alive[target]}
        for row in machine.transitions.tolist()
    )


def _product(
    first: Machine, second: Machine, max_states: int
) -> np.ndarray[tuple[int, int], np.dtype[np.int32]]:
    """Return the table of all pairs of states: the pair p, q is state p n + q."""
    check_size(first.size * second.size, len(first.alphabet), max_states, "the product")
    pairs = first.transitions[:, None, :] * np.int32(second.size) + second.transitions[None, :, :]
    return pairs.reshape(-1, len(first.alphabet))


def _changed(
    machine: Machine, initial: int | None = None, outputs: Sequence[object] | None = None
) -> Machine:
    return Machine(
        alphabet=machine.alphabet,
        transitions=machine.transitions,
        initial=machine.initial if initial is None else initial,
        outputs=machine.outputs if outputs is None else outputs,
    )
