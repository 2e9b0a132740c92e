"""From a regular expression to its minimal machine.

The tree is turned into a nondeterministic automaton with empty-word edges (Thompson, Regular
expression search algorithm, 1968), which is determinised and minimised. ``&`` and ``~`` need a
deterministic machine of their operands; used inside a larger expression, that machine becomes a
part of the nondeterministic one. Letters that no class of the expression tells apart share one
column ("atom") until the end, so that a large alphabet costs no more than the classes used.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from negeig.automata.expressions.dialects import Syntax
from negeig.automata.expressions.regex import Regex, occurring, parse
from negeig.automata.expressions.regex_tree import (
    Class,
    Complement,
    Concatenation,
    Epsilon,
    Intersection,
    Named,
    Node,
    Repeat,
    Union,
    children,
    postorder,
)
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.nfa import NFA, determinize
from negeig.automata.machines.operations import combine, complement
from negeig.automata.machines.size import cell_limit
from negeig.claims import Letter, LimitReached


def regex_to_machine(
    text: str,
    alphabet: Sequence[Letter] = (),
    max_states: int = 100_000,
    syntax: Syntax = "negeig",
) -> Machine:
    r"""Return the minimal acceptor of a regular expression, states numbered breadth first.

    Parameters
    ----------
    text : str
        The expression; :mod:`negeig.automata.expressions.regex` describes the syntax.
    alphabet : sequence of str
        Letters to add to those that occur.
    max_states : int
        Limit on the states of every machine built on the way, before it is minimised.
    syntax : "negeig" or "python"
        With ``"python"`` the expression is one of Python's :mod:`re`, and accepts what
        :func:`re.fullmatch` does: :mod:`negeig.automata.expressions.python_syntax`.

    Raises
    ------
    RegexError
        When the text is not an expression, with the column.
    LimitReached
        As soon as a machine exceeds ``max_states``, or the nondeterministic automaton or a
        table grows out of proportion to it; nothing of that size is built first.

    Examples
    --------
    >>> regex_to_machine("(a|b)*a(a|b)")
    Machine(4 states over ab)
    >>> regex_to_machine("~(.*aa.*)&~(.*bb.*)", alphabet="ab").accepts("abab")
    True
    >>> regex_to_machine(r"^\d+?$", alphabet="01x", syntax="python").accepts("0110")
    True
    """
    if syntax == "python":
        from negeig.automata.expressions.python_syntax import parse_python

        parsed = parse_python(text, alphabet)
    else:
        parsed = parse(text, alphabet)
    atoms, columns, labels = _atoms(parsed)
    compiler = _Compiler(atoms, labels, max_states)
    machine = compiler.machine(parsed.root)
    cells, limit = machine.size * len(columns), cell_limit(max_states)
    if cells > limit:
        raise LimitReached("table entries", limit, reached=cells, option="--max-states")
    return Machine(
        alphabet=parsed.alphabet,
        transitions=machine.transitions[:, columns],
        initial=0,
        outputs=machine.outputs,
    )


def regex_letters(text: str, syntax: Syntax = "negeig") -> tuple[Letter, ...]:
    r"""Return the letters that occur in a regular expression, sorted; perhaps none.

    Raises RegexError when the text is not an expression.

    Examples
    --------
    >>> regex_letters("a.*"), regex_letters(r"\d", "python")
    (('a',), ())
    """
    if syntax == "python":
        from negeig.automata.expressions.python_syntax import occurring_in_python

        return occurring_in_python(text)
    return occurring(text)


def _atoms(
    parsed: Regex,
) -> tuple[tuple[Letter, ...], list[int], dict[Class | Named, tuple[int, ...]]]:
    """Group letters between the same ends of ranges.

    Return the first letter of each group, the group of each letter of the alphabet, and the
    groups each class consists of. Groups are in order of their first letters, so that numbering
    states breadth first by groups is numbering them breadth first by letters.
    """
    nodes = [node for node in postorder(parsed.root) if isinstance(node, Class | Named)]
    classes = {node for node in nodes if isinstance(node, Class)}
    named = {node.letter: node for node in nodes if isinstance(node, Named)}
    cuts = sorted({cut for c in classes for low, high in c.ranges for cut in (low, high + 1)})

    groups: dict[int | Letter, int] = {}
    atoms: list[Letter] = []
    columns: list[int] = []
    for letter in parsed.alphabet:
        # Letters of several characters that the expression does not name are one group.
        place: int | Letter = bisect_right(cuts, ord(letter)) if len(letter) == 1 else -1
        if letter in named:
            place = letter
        if place not in groups:
            groups[place] = len(atoms)
            atoms.append(letter)
        columns.append(groups[place])

    def label(c: Class) -> tuple[int, ...]:
        inside = {
            groups[place]
            for low, high in c.ranges
            for place in range(bisect_right(cuts, low), bisect_right(cuts, high) + 1)
        }
        return tuple(i for i in range(len(atoms)) if (i in inside) != c.negated)

    labels: dict[Class | Named, tuple[int, ...]] = {c: label(c) for c in classes}
    labels |= {node: (groups[letter],) for letter, node in named.items()}
    return tuple(atoms), columns, labels


@dataclass(slots=True)
class _Fragment:
    """States that read a language from ``start`` to ``end``.

    No edge enters ``start`` and none leaves ``end``. ``low`` is the first state built for it.
    """

    low: int
    start: int
    end: int


@dataclass(slots=True)
class _Minimal:
    """A minimal machine over the atoms, built when the automaton had ``low`` states."""

    low: int
    machine: Machine


class _Compiler:
    """One nondeterministic automaton under construction, bottom up.

    A subtree's states are the topmost ones when it is done, so it can be copied (repetition) or
    taken off again (when it has become a deterministic machine) as one slice.
    """

    def __init__(
        self,
        atoms: tuple[Letter, ...],
        labels: dict[Class | Named, tuple[int, ...]],
        max_states: int,
    ) -> None:
        self.atoms = atoms
        self.labels = labels
        self.max_states = max_states
        self.transitions: list[dict[int, int]] = []
        self.epsilon: list[list[int]] = []
        self.edges = 0
        # A letter takes two states here and often one in the machine.
        self.most_states = max(4 * max_states, 100_000)
        self.most_edges = 5 * self.most_states

    def machine(self, root: Node) -> Machine:
        """Return the minimal machine of a tree, over the atoms."""
        done: list[_Fragment | _Minimal] = []
        for node in postorder(root):
            arity = len(children(node))
            operands = done[len(done) - arity :]
            del done[len(done) - arity :]
            done.append(self._build(node, operands))
        return self._minimal(done[0]).machine

    def _build(self, node: Node, operands: list[_Fragment | _Minimal]) -> _Fragment | _Minimal:
        match node:
            case Class() | Named():
                return self._class(self.labels[node])
            case Epsilon():
                return self._class((), empty_word=True)
            case Concatenation():
                return self._concatenation([self._fragment(part) for part in operands])
            case Union():
                return self._union([self._fragment(part) for part in operands])
            case Intersection():
                return self._fold(operands, lambda a, b: a & b)
            case Complement():
                part = self._minimal(operands[0])
                return _Minimal(part.low, complement(part.machine))
            case Repeat(_, least, most):
                return self._repeat(self._fragment(operands[0]), least, most)

    def _state(self, edges: dict[int, int]) -> int:
        self._reserve(1, len(edges))
        self.edges += len(edges)
        self.transitions.append(edges)
        self.epsilon.append([])
        return len(self.transitions) - 1

    def _reserve(self, states: int, edges: int) -> None:
        """Raise LimitReached unless this many more states and edges may be built."""
        for what, limit, reached in (
            ("states", self.most_states, len(self.transitions) + states),
            ("edges", self.most_edges, self.edges + edges),
        ):
            if reached > limit:
                name = f"{what} of the nondeterministic automaton"
                raise LimitReached(name, limit, reached=reached, option="--max-states")

    def _class(self, label: tuple[int, ...], empty_word: bool = False) -> _Fragment:
        end = self._state({})
        start = self._state(dict.fromkeys(label, end))
        if empty_word:
            self.epsilon[start].append(end)
        return _Fragment(end, start, end)

    def _concatenation(self, parts: list[_Fragment]) -> _Fragment:
        for left, right in pairwise(parts):
            self.epsilon[left.end].append(right.start)
        return _Fragment(parts[0].low, parts[0].start, parts[-1].end)

    def _union(self, parts: list[_Fragment]) -> _Fragment:
        start, end = self._state({}), self._state({})
        for part in parts:
            self.epsilon[start].append(part.start)
            self.epsilon[part.end].append(end)
        return _Fragment(parts[0].low, start, end)

    def _repeat(self, part: _Fragment, least: int, most: int | None) -> _Fragment:
        """Chain copies; from the end of the last required one on, leave before any copy."""
        if most == 0:
            self._truncate(part.low)
            return self._class((), empty_word=True)
        copies = self._copies(part, max(least, 1) if most is None else most)
        start, end = self._state({}), self._state({})
        self._concatenation(copies)
        self.epsilon[start].append(copies[0].start)
        self.epsilon[copies[-1].end].append(end)
        for copy in copies[least:]:
            self.epsilon[copy.start].append(end)
        if most is None:
            self.epsilon[copies[-1].end].append(copies[-1].start)
        return _Fragment(part.low, start, end)

    def _copies(self, part: _Fragment, times: int) -> list[_Fragment]:
        """Return a fragment, whose states are the topmost ones, and further copies of it."""
        if times == 1:
            return [part]
        states = range(part.low, len(self.transitions))
        edges = sum(len(self.transitions[state]) for state in states)
        self._reserve((times - 1) * len(states), (times - 1) * edges)
        self.edges += (times - 1) * edges
        copies = [part]
        for shift in range(len(states), times * len(states), len(states)):
            for state in states:
                row = self.transitions[state]
                self.transitions.append({atom: target + shift for atom, target in row.items()})
                self.epsilon.append([target + shift for target in self.epsilon[state]])
            copies.append(_Fragment(part.low + shift, part.start + shift, part.end + shift))
        return copies

    def _fold(
        self, operands: list[_Fragment | _Minimal], op: Callable[[int, int], int]
    ) -> _Minimal:
        low = operands[0].low
        # From the last one down: making a machine takes the topmost states off.
        parts = [self._minimal(operand).machine for operand in reversed(operands)]
        result = parts.pop()
        while parts:
            result = combine(result, parts.pop(), op, max_states=self.max_states)
        return _Minimal(low, result)

    def _minimal(self, part: _Fragment | _Minimal) -> _Minimal:
        """Return the minimal machine of a fragment, whose states are the topmost ones."""
        if isinstance(part, _Minimal):
            return part
        low = part.low
        nfa = NFA(
            alphabet=self.atoms,
            transitions=tuple(
                {atom: (target - low,) for atom, target in row.items()}
                for row in self.transitions[low:]
            ),
            epsilon=tuple(tuple(t - low for t in targets) for targets in self.epsilon[low:]),
            initial=frozenset({part.start - low}),
            accepting=frozenset({part.end - low}),
        )
        self._truncate(low)
        return _Minimal(low, determinize(nfa, self.max_states).minimal())

    def _fragment(self, part: _Fragment | _Minimal) -> _Fragment:
        """Return a fragment that reads a minimal machine's language."""
        if isinstance(part, _Fragment):
            return part
        rows: list[list[int]] = part.machine.transitions.tolist()
        outputs = part.machine.outputs
        # A minimal machine has at most one state that accepts nothing; edges to it are left out.
        dead = {
            state
            for state, row in enumerate(rows)
            if not outputs[state] and all(target == state for target in row)
        }
        end, start = self._state({}), self._state({})
        first = len(self.transitions)
        self.epsilon[start].append(first)
        for state, row in enumerate(rows):
            live = {atom: first + target for atom, target in enumerate(row) if target not in dead}
            self._state(live)
            if outputs[state]:
                self.epsilon[first + state].append(end)
        return _Fragment(part.low, start, end)

    def _truncate(self, low: int) -> None:
        """Take off the states from ``low`` on; nothing below has an edge to them."""
        self.edges -= sum(len(row) for row in self.transitions[low:])
        del self.transitions[low:], self.epsilon[low:]
