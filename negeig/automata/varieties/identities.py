"""Rules that define classes of languages, and how words break them on a machine.

A class of languages is given by rules: pseudoidentities such as ``(xy)^ω x = (xy)^ω``, where x^ω
is the idempotent power of x, or implications between memberships such as ``uxv ∈ L implies
uv ∈ L``. A rule is broken by words for its variables. Whether given words break it is decided on
the machine alone: every word is a map of its states, and ω is found by composing maps. Nothing here
knows the transition monoid, so this is also what re-checks the witnesses found with it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.automata.machines.machine import Machine
from negeig.automata.machines.periods import map_index_period
from negeig.claims import InputError, Word

Map: TypeAlias = NDArray[Any]
Words: TypeAlias = Mapping[str, Word]
Term: TypeAlias = tuple["Factor", ...]
Factor: TypeAlias = tuple["str | Term", "int | str"]
"""A variable or a bracket, and its exponent: a positive integer, ``"ω"`` or ``"ω-1"``."""


class Rule(Protocol):
    """What a class demands; ``text`` states it, with its side conditions."""

    @property
    def text(self) -> str:
        """The rule as it is printed."""
        ...

    def broken(self, machine: Machine, words: Words) -> Broken | None:
        """Evidence that the words break the rule on the machine; None when they do not."""
        ...


@dataclass(frozen=True)
class Broken:
    """How words break a rule: two maps of the states that should be one, or no such pair.

    ``omega`` is a number that may stand for every ω in the rule.
    """

    pair: tuple[Map, Map] | None
    omega: int | None = None


@dataclass(frozen=True)
class Equation:
    """Two products that every choice of words must map alike.

    Parameters
    ----------
    formula : str
        Such as ``"(xy)^ω x = (xy)^ω"``: letters are variables, 1 is the empty word.
    local : str
        Where not empty, ``"e"``: a word e is one more variable, and every other one is to be read
        as ranging over e^ω S e^ω, in which e^ω is the identity.
    within : tuple of (str, str)
        Pairs (y, x): only letters that occur in the word x may occur in the word y.
    equal_length : tuple of str
        Variables whose words must have one length.
    """

    formula: str
    local: str = ""
    within: tuple[tuple[str, str], ...] = ()
    equal_length: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The equation with its side conditions."""
        conditions = []
        if self.local:
            inside = "Mₑ" if self.within else "S"
            conditions.append(f"in e{inside}e, whose identity is e = e²")
        else:
            conditions += [f"the letters of {y} occurring in {x}" for y, x in self.within]
        if self.equal_length:
            conditions.append(" = ".join(f"|{x}|" for x in self.equal_length))
        return ", ".join([self.formula, *conditions])

    def broken(self, machine: Machine, words: Words) -> Broken | None:
        """Evaluate both sides as maps of the states."""
        if any(not set(words[y]) <= set(words[x]) for y, x in self.within):
            return None
        if len({len(words[x]) for x in self.equal_length}) > 1:
            return None
        values = _Values(machine, words, self.local)
        left, right = (values.of(parse(side)) for side in self.formula.split("="))
        return Broken((left, right), values.omega) if (left != right).any() else None


@dataclass(frozen=True)
class Implication:
    """Memberships that force another one, for an acceptor of a language L.

    Parameters
    ----------
    premises, conclusion : tuple of str, str
        Each is a product and ``"∈"`` or ``"∉"``, such as ``"uxv ∈"``; u, v, s, t are the contexts,
        which may be empty where other words may not.
    """

    premises: tuple[str, ...]
    conclusion: str

    @property
    def text(self) -> str:
        """The implication, written out."""
        if not self.premises:
            return f"{self.conclusion} L"
        verb = "implies" if len(self.premises) == 1 else "imply"
        return f"{' L and '.join(self.premises)} L {verb} {self.conclusion} L"

    def broken(self, machine: Machine, words: Words) -> Broken | None:
        """Check the memberships of the words."""
        values = _Values(machine, words, "")
        accepted = np.array([output == 1 for output in machine.outputs])

        def holds(membership: str) -> bool:
            term, sign = membership[:-1], membership[-1]
            return bool(accepted[values.of(parse(term))[machine.initial]]) == (sign == "∈")

        if all(map(holds, self.premises)) and not holds(self.conclusion):
            return Broken(None, values.omega)
        return None


@dataclass(frozen=True)
class Coprime:
    """Permutations x, y of coprime orders above 1: none in a p-group, commuting in a nilpotent one.

    ``commute`` says which of the two is demanded.
    """

    commute: bool

    @property
    def text(self) -> str:
        """What is demanded of permutations of coprime orders."""
        which = "x, y of coprime orders above 1"
        return f"xy = yx for {which}" if self.commute else f"there are no {which}"

    def broken(self, machine: Machine, words: Words) -> Broken | None:
        """Check the orders, and the products."""
        x, y = (word_map(machine, words[v]) for v in "xy")
        (i, p), (j, q) = map(map_index_period, (x, y))
        if max(i, j) > 0 or min(p, q) == 1 or math.gcd(p, q) > 1:
            return None
        pair = (y[x], x[y]) if self.commute else (x, np.arange(machine.size))
        return Broken(pair) if (pair[0] != pair[1]).any() else None


@dataclass(frozen=True)
class Solvable:
    """No three elements of pairwise coprime orders above 1, in one subgroup, have product 1.

    A finite group has such elements exactly when it is not solvable: Thompson, Nonsolvable finite
    groups all of whose local subgroups are solvable (1968), corollary 3.
    """

    text: str = "no x, y, z of pairwise coprime orders above 1 in a subgroup have xyz = 1"

    def broken(self, machine: Machine, words: Words) -> Broken | None:
        """Check that the three lie in one subgroup, their orders and the product."""
        x, y, z = (word_map(machine, words[v]) for v in "xyz")
        e, _ = omega(x)
        orders = [map_index_period(m)[1] for m in (x, y, z)]
        inside = all((omega(m)[0] == e).all() and (e[m] == m).all() for m in (x, y, z))
        coprime = min(orders) > 1 and math.prod(orders) == math.lcm(*orders)
        if inside and coprime and (z[y[x]] == e).all():
            return Broken((x, e))
        return None


@dataclass(frozen=True)
class Regular:
    """Every x has a y with xyx = x.

    A word x breaks it when no word does that: all words are tried at once, by following every
    letter from what x does to the states until nothing new appears.
    """

    text: str = "every x has a y with xyx = x"

    def broken(self, machine: Machine, words: Words) -> Broken | None:
        """Try every y."""
        x = word_map(machine, words["x"])
        columns = machine.transitions.T
        seen = {x.tobytes()}
        queue = [x]
        for image in queue:  # grows while it is read; image is the map of x and then some y
            if (x[image] == x).all():
                return None
            for column in columns:
                following = column[image]
                if following.tobytes() not in seen:
                    seen.add(following.tobytes())
                    queue.append(following)
        return Broken(None)


class _Values:
    """Maps of terms, for given words of the variables."""

    def __init__(self, machine: Machine, words: Words, local: str) -> None:
        self.identity = np.arange(machine.size, dtype=machine.transitions.dtype)
        self.maps = {v: word_map(machine, word) for v, word in words.items()}
        self.omega: int | None = None
        self.one = self.identity
        if local:
            self.one = self._power(self.maps[local], "ω")
            self.maps = {v: self.one[m[self.one]] for v, m in self.maps.items()}

    def of(self, term: Term) -> Map:
        value = self.one
        for base, exponent in term:
            m = self.of(base) if isinstance(base, tuple) else self.maps[base]
            value = self._power(m, exponent)[value]
        return value

    def _power(self, m: Map, exponent: int | str) -> Map:
        if isinstance(exponent, int):
            return _power(m, exponent)
        value, least = omega(m)
        if exponent == "ω-1":
            least *= 2  # so that the exponent stays positive, and past the index
            value = _power(m, least - 1)
        self.omega = least if self.omega is None else math.lcm(self.omega, least)
        return value


def word_map(machine: Machine, word: Word) -> Map:
    """Return the map of the states that a word induces."""
    m = np.arange(machine.size, dtype=machine.transitions.dtype)
    for letter in word:
        m = machine.transitions[m, machine.index(letter)]
    return m


def separating_word(machine: Machine, p: int, q: int) -> Word:
    """Shortest word with different outputs from two states of a minimal machine."""

    def start(state: int) -> Machine:
        return Machine(
            alphabet=machine.alphabet,
            transitions=machine.transitions,
            initial=state,
            outputs=machine.outputs,
        )

    word = start(p).difference(start(q))
    if word is None:
        raise InputError("machine", f"states {p} and {q} are equivalent; minimise it first")
    return word


def separating_context(machine: Machine, left: Map, right: Map) -> tuple[Word, Word]:
    """Prefix and suffix with which two maps lead a minimal machine to different outputs.

    Raises InputError where the maps are equal on the states that words reach.
    """
    for prefix, state in _access_words(machine):
        p, q = int(left[state]), int(right[state])
        if p != q:
            return prefix, separating_word(machine, p, q)
    raise InputError("maps", "they are equal: no context tells them apart")


def _access_words(machine: Machine) -> Iterable[tuple[Word, int]]:
    """Every state with the shortest word that leads to it, shortest words first."""
    queue: list[tuple[Word, int]] = [((), machine.initial)]
    seen = {machine.initial}
    for word, state in queue:  # grows while it is read
        yield word, state
        for letter, target in zip(machine.alphabet, machine.transitions[state], strict=True):
            if int(target) not in seen:
                seen.add(int(target))
                queue.append(((*word, letter), int(target)))


def omega(m: Map) -> tuple[Map, int]:
    """Return the idempotent power of a map and the least positive exponent that gives it."""
    index, period = map_index_period(m)
    least = period * max(1, -(-index // period))
    return _power(m, least), least


def _power(m: Map, exponent: int) -> Map:
    """Return a power of a map by squaring; exponents may have hundreds of digits."""
    result = np.arange(len(m), dtype=m.dtype)
    while exponent:
        if exponent & 1:
            result = m[result]
        m = m[m]
        exponent >>= 1
    return result


def parse(text: str) -> Term:
    """Parse a product such as ``"x (yz)^ω"``; ``"1"`` is the empty one.

    Examples
    --------
    >>> parse("x (yz)^ω")
    (('x', 1), ((('y', 1), ('z', 1)), 'ω'))
    """
    symbols = list(text.replace(" ", ""))
    term = _product(symbols)
    if symbols:
        raise InputError(text, f"unexpected {symbols[0]!r} in a product")
    return term


def _product(symbols: list[str]) -> Term:
    factors: list[Factor] = []
    while symbols and symbols[0] != ")":
        symbol = symbols.pop(0)
        if symbol == "1":
            continue
        base: str | Term = symbol
        if symbol == "(":
            base = _product(symbols)
            symbols.pop(0)
        factors.append((base, _exponent(symbols)))
    return tuple(factors)


def _exponent(symbols: list[str]) -> int | str:
    if symbols[:1] != ["^"]:
        return 1
    del symbols[0]
    if symbols[:5] == list("(ω-1)"):
        del symbols[:5]
        return "ω-1"
    symbol = symbols.pop(0)
    return symbol if symbol == "ω" else int(symbol)
