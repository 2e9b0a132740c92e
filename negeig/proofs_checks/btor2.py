"""Exact integer networks as word-level transition systems, in BTOR2, with an inductive invariant.

The file is the network itself: a bit vector for each coordinate, two's complement, and the delta
steps as multiplications and additions. Three things are bad: an operation that overflows, an
output that differs from the machine's, a state outside the closed set. Where a model checker shows
that nothing bad is reached the bit vectors are the integers, and the network is right on every
word. The closed set makes this inductive: from a state that is not bad one letter leads to a state
that is not bad, so one step of induction suffices.

(Niemetz, Preiner, Wolf and Biere, *Btor2, BtorMC and Boolector 3.0*, CAV 2018.)
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import chain
from math import lcm
from typing import Any

from negeig.claims import InputError, output_text
from negeig.proofs_checks.closed_table import ClosedTable
from negeig.proofs_checks.coq_text import symbols_of
from negeig.theory.networks.network import DeltaStep, Layer


def btor2(table: ClosedTable) -> str:
    """Write the transition system of a network in exact arithmetic, with its closed set.

    A layer's coordinates are scaled by the common denominator of its start and codes.
    O(states x dimensions + letters x steps x dimensions) lines.

    Raises
    ------
    InputError
        Where the arithmetic is not exact, some entry is no integer after scaling, or a letter leads
        to a state that equals no code: systems compare states with codes.

    Examples
    --------
    >>> from negeig.automata.machines.machine import Machine
    >>> from negeig.proofs_checks.closed_table import closed_table
    >>> from negeig.theory.networks.network import Layer, LinearRNN
    >>> one = Fraction(1)
    >>> flip = DeltaStep(2 * one, (one,), 0 * one)
    >>> layer = Layer(alphabet=("1",), initial=(one,), steps={"1": (flip,)},
    ...               codes=((one,), (-one,)), emit=(("even",), ("odd",)))
    >>> net = LinearRNN(alphabet=("1",), layers=(layer,), outputs={"even": 1, "odd": 0}, empty=1)
    >>> parity = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> text = btor2(closed_table(net, parity))
    >>> [line.split()[-1] for line in text.splitlines() if " state " in line or " bad " in line]
    ['h0-0', 'q', 'wrong', 'overflow', 'outside']
    """
    if table.stored is not None:
        raise InputError(
            "arithmetic",
            f"{table.arithmetic.name} is rounded; transition systems are written of exact integers",
        )
    codes = [set(layer.codes) for layer in table.network.layers]
    reached = set(chain(*table.targets))
    for n, state in enumerate(table.states):
        is_code = all(vector in known for vector, known in zip(state, codes, strict=True))
        if n in reached and not is_code:
            raise InputError("network", "a state equals no code; a system finds no nearest one")
    return _System(table).text()


class _Text:
    """Lines of BTOR2, numbered; equal ones are written once."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._known: dict[str, int] = {}

    def line(self, text: str, *, new: bool = False) -> int:
        if new or text not in self._known:
            self.lines.append(text)
            self._known[text] = len(self.lines)
        return self._known[text]


class _System:
    """Builds the system of one table."""

    def __init__(self, table: ClosedTable) -> None:
        self._table, self._text = table, _Text()
        self._scales = [_scale(layer) for layer in table.network.layers]
        layers = zip(table.network.layers, self._scales, strict=True)
        self._steps = [
            {a: [_integral(step, scale) for step in layer.steps[a]] for a in layer.alphabet}
            for layer, scale in layers
        ]
        names = [len(symbols) for symbols in symbols_of(table)]
        most = max(*names, table.machine.size, len(table.machine.outputs), 2)
        self._bit = self._text.line("sort bitvec 1")
        self._number = self._text.line(f"sort bitvec {self._width()}")
        self._index = self._text.line(f"sort bitvec {(most + 1).bit_length()}")
        self._overflows: list[int] = []

    def text(self) -> str:
        table, line = self._table, self._text.line
        letter = line(f"input {self._index} letter")
        last = self._at(len(table.machine.alphabet) - 1)
        line(f"constraint {line(f'ulte {self._bit} {letter} {last}')}")
        # What a state begins with stands before it.
        start = self._at(table.machine.initial)
        begins = [
            [self._value(Fraction(x) * scale) for x in vector]
            for vector, scale in zip(table.states[0], self._scales, strict=True)
        ]
        states = [
            [line(f"state {self._number} h{i}-{j}") for j in range(layer.dim)]
            for i, layer in enumerate(table.network.layers)
        ]
        machine = line(f"state {self._index} q")
        for vector, values in zip(states, begins, strict=True):
            for h, x in zip(vector, values, strict=True):
                line(f"init {self._number} {h} {x}")
        line(f"init {self._index} {machine} {start}")
        symbol, after = letter, []
        for i, layer in enumerate(table.network.layers):
            moved = self._read(i, layer, states[i], symbol)
            after.append(moved)
            symbol = self._emitted(i, layer, moved, symbol)
        goal = self._successor(machine, letter)
        for vector, moved in zip(states, after, strict=True):
            for h, x in zip(vector, moved, strict=True):
                line(f"next {self._number} {h} {x}")
        line(f"next {self._index} {machine} {goal}")
        outside = self._not(self._inside(states, machine))
        wrong = self._not(self._right(symbol, goal))
        line(f"bad {wrong} wrong")
        line(f"bad {self._any(self._overflows)} overflow")
        line(f"bad {outside} outside")
        numbered = (f"{n} {text}" for n, text in enumerate(self._text.lines, 1))
        letters = list(map(ascii, table.machine.alphabet))
        heading = (
            f"; exact; {len(table.states)} states; letters {letters}",
            "; safe: no output is wrong, no bit vector overflows, nothing is outside the closed",
            "; set, as induction by one step shows",
        )
        return "\n".join([*heading, *numbered]) + "\n"

    def _width(self) -> int:
        """Return bits enough for every value met from the closed set; the checker proves it."""
        scaled_codes = (
            Fraction(x) * scale  # type: ignore[arg-type]
            for layer, scale in zip(self._table.network.layers, self._scales, strict=True)
            for code in layer.codes
            for x in code
        )
        largest = max([1, *map(abs, map(int, scaled_codes))])
        for state in self._table.states:
            for i, vector in enumerate(state):
                scaled = [int(Fraction(x) * self._scales[i]) for x in vector]
                for steps in self._steps[i].values():
                    h = scaled
                    for beta, key, write in steps:
                        products = [k * x for k, x in zip(key, h, strict=True)]
                        sums = [sum(products[: j + 1]) for j in range(len(products))]
                        t = beta * (write - sums[-1])
                        moves = [k * t for k in key]
                        h = [x + m for x, m in zip(h, moves, strict=True)]
                        found = [
                            *products,
                            *sums,
                            write - sums[-1],
                            t,
                            *moves,
                            *h,
                            write,
                            beta,
                            *key,
                        ]
                        largest = max(largest, *map(abs, found))
                largest = max([largest, *map(abs, scaled)])
        return largest.bit_length() + 1

    def _value(self, x: Fraction | int) -> int:
        return self._text.line(f"constd {self._number} {x}")

    def _at(self, index: int) -> int:
        return self._text.line(f"constd {self._index} {index}")

    def _apply(self, operation: str, a: int, b: int) -> int:
        """Write an operation on numbers, and that it overflows."""
        self._overflows.append(self._text.line(f"s{operation}o {self._bit} {a} {b}"))
        return self._text.line(f"{operation} {self._number} {a} {b}")

    def _read(self, i: int, layer: Layer, h: Sequence[int], symbol: int) -> list[int]:
        """Write the state after the symbol that is read."""
        moved = list(h)
        for b, name in enumerate(self._names(i)):
            before = len(self._overflows)
            own = list(h)
            for beta, key, write in self._steps[i][name]:
                own = self._delta(beta, key, write, own)
            here = self._equal(symbol, self._at(b))
            # What is not read does not count as an overflow.
            self._overflows[before:] = [self._and(here, o) for o in self._overflows[before:]]
            moved = [
                self._text.line(f"ite {self._number} {here} {x} {y}")
                for x, y in zip(own, moved, strict=True)
            ]
        return moved

    def _delta(self, beta: int, key: Sequence[int], write: int, h: Sequence[int]) -> list[int]:
        used = [j for j, k in enumerate(key) if k]
        if not used:
            return list(h)
        products = [self._apply("mul", self._value(key[j]), h[j]) for j in used]
        total = products[0]
        for product in products[1:]:
            total = self._apply("add", total, product)
        t = self._apply("sub", self._value(write), total)
        t = self._apply("mul", self._value(beta), t)
        moved = list(h)
        for j in used:
            moved[j] = self._apply("add", h[j], self._apply("mul", self._value(key[j]), t))
        return moved

    def _emitted(self, i: int, layer: Layer, h: Sequence[int], symbol: int) -> int:
        """Write the symbol for the first code that equals the state; a number beyond all else."""
        above = {name: n for n, name in enumerate(symbols_of(self._table)[i + 1])}
        nowhere = self._at(len(above))
        found = nowhere
        for code, row in reversed(list(zip(layer.codes, layer.emit, strict=True))):
            scaled = [Fraction(x) * self._scales[i] for x in code]  # type: ignore[arg-type]
            here = self._all(
                [self._equal(x, self._value(c)) for x, c in zip(h, scaled, strict=True)]
            )
            emits = nowhere
            for b, name in enumerate(self._names(i)):
                to = self._at(above.get(row[layer.alphabet.index(name)], len(above)))
                emits = self._choose(self._equal(symbol, self._at(b)), to, emits)
            found = self._choose(here, emits, found)
        return found

    def _successor(self, machine: int, letter: int) -> int:
        goal = self._at(0)
        for q, row in enumerate(self._table.machine.transitions.tolist()):
            to = self._at(row[0])
            for a, p in enumerate(row[1:], 1):
                to = self._choose(self._equal(letter, self._at(a)), self._at(p), to)
            goal = self._choose(self._equal(machine, self._at(q)), to, goal)
        return goal

    def _right(self, symbol: int, goal: int) -> int:
        """Write that a symbol's output is that of a state of the machine."""
        outputs = self._table.network.outputs
        wanted = list(map(output_text, self._table.machine.outputs))
        pairs = []
        for s, name in enumerate(symbols_of(self._table)[-1]):
            right = [
                self._equal(goal, self._at(q))
                for q, output in enumerate(wanted)
                if output == output_text(outputs[name])
            ]
            pairs.append(self._and(self._equal(symbol, self._at(s)), self._any(right)))
        return self._any(pairs)

    def _inside(self, states: Sequence[Sequence[int]], machine: int) -> int:
        """Write that the state is one of the closed set."""
        found = []
        for state, q in zip(self._table.states, self._table.machine_states, strict=True):
            equal = [self._equal(machine, self._at(q))]
            for i, vector in enumerate(state):
                for h, x in zip(states[i], vector, strict=True):
                    equal.append(self._equal(h, self._value(Fraction(x) * self._scales[i])))
            found.append(self._all(equal))
        return self._any(found)

    def _names(self, i: int) -> Sequence[str]:
        return symbols_of(self._table)[i]

    def _equal(self, a: int, b: int) -> int:
        return self._text.line(f"eq {self._bit} {a} {b}")

    def _and(self, a: int, b: int) -> int:
        return self._text.line(f"and {self._bit} {a} {b}")

    def _not(self, a: int) -> int:
        return self._text.line(f"not {self._bit} {a}")

    def _choose(self, which: int, a: int, b: int) -> int:
        return a if a == b else self._text.line(f"ite {self._index} {which} {a} {b}")

    def _all(self, bits: Sequence[int]) -> int:
        result = self._text.line(f"one {self._bit}")
        for bit in dict.fromkeys(bits):
            result = self._and(result, bit)
        return result

    def _any(self, bits: Sequence[int]) -> int:
        result = self._text.line(f"zero {self._bit}")
        for bit in dict.fromkeys(bits):
            result = self._text.line(f"or {self._bit} {result} {bit}")
        return result


def _scale(layer: Layer) -> int:
    """Return the least common denominator of a layer's start and codes."""
    entries: list[Any] = [*layer.initial, *(x for code in layer.codes for x in code)]
    return lcm(*(x.denominator for x in entries))


def _integral(step: Any, scale: int) -> tuple[int, tuple[int, ...], int]:
    """Return a delta step on scaled coordinates, in integers."""
    if not isinstance(step, DeltaStep):
        raise InputError("network", "a dense step; a transition system is written for delta steps")
    entries: list[Any] = [step.beta, *step.key, step.write * scale]
    if not all(x.denominator == 1 for x in entries):
        raise InputError(
            "network",
            "a step has an entry that is no integer; compile with --held-by or as integers",
        )
    beta, *key, write = map(int, entries)
    return beta, tuple(key), write
