"""The standard suite: small networks, each of which one kind of fault of a kernel makes err.

Written by hand, so that the suite is the same whatever the compiler finds: keys e_i - e_j with beta
1, dyadic unit keys with beta 2 and keys divided by the root of 2 do the same swaps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction as F
from functools import reduce
from itertools import permutations, product
from typing import Any

from negeig.automata.machines.machine import Machine
from negeig.theory.exact.numbers import Number, NumberField, Vector
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN, Step
from negeig.theory.networks.network_json import dumps, loads

_ROOT2 = NumberField((-2, 0, 1), "1.41421356237309504880168872420969807857")
_ROOT3 = NumberField((-3, 0, 1), "1.73205080756887729352744634150587236694")

SCALE = 4096
"""Length of keys at which an epsilon of 1e-6 beside their square is lost in float32."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Task:
    """A network, the machine that it is right for, and what it is there to show.

    Parameters
    ----------
    key_scale : int
        Length of the keys that an implementation which normalises is given for the network's unit
        keys; others cannot be given the task unless it is 1.
    rows, letters : int
        Words of its batch, and how many letters each has at least.
    weight : int
        Tokens that a letter counts as: a wide state takes more memory.
    """

    name: str
    network: LinearRNN
    machine: Machine
    about: str
    key_scale: int = 1
    rows: int = 3
    letters: int = 1
    weight: int = 1

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle it with its network as text: elements of number fields cannot be pickled."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return _read, (values | {"network": dumps(self.network)},)


def _read(values: dict[str, Any]) -> Task:
    return Task(**values | {"network": loads(values["network"])})


def _vector(*entries: Number | int) -> Vector:
    return tuple(F(x) if isinstance(x, int) else x for x in entries)


def _step(beta: Number | int, key: Vector, write: int = 0) -> DeltaStep:
    return DeltaStep(_vector(beta)[0], key, F(write))


def _task(
    name: str, about: str, steps: dict[str, tuple[Step, ...]], states: Sequence[Vector],
    after: Callable[[int, str], int], outputs: Sequence[object], *,
    field: NumberField | None = None, **others: int,
) -> Task:  # fmt: skip
    """Return a task of one layer: state q is ``states[q]``, the first one the start."""
    letters = tuple(steps)
    symbols = [str(q) for q in range(len(states))]
    layer = Layer(
        alphabet=letters,
        initial=states[0],
        steps=steps,
        codes=tuple(states),
        emit=tuple((symbol,) * len(letters) for symbol in symbols),
    )
    network = LinearRNN(
        alphabet=letters,
        layers=(layer,),
        outputs=dict(zip(symbols, outputs, strict=True)),
        empty=outputs[0],
        field=field,
    )
    machine = Machine(
        alphabet=letters,
        transitions=[[after(q, a) for a in letters] for q in range(len(states))],
        initial=0,
        outputs=list(outputs),
    )
    return Task(name=name, network=network, machine=machine, about=about, **others)


def _swaps(
    n: int, name: str, about: str, beta: int, key: Callable[[int], Vector], copies: int = 1,
    start: Sequence[int] = (), field: NumberField | None = None, key_scale: int = 1,
) -> Task:  # fmt: skip
    """Return swaps of neighbours among n points, and a letter that does nothing."""
    elements = list(permutations(range(n)))
    values = start or range(1, n + 1)

    def after(q: int, letter: str) -> int:
        g = list(elements[q])
        if letter != "0":
            i = int(letter) - 1
            g[i], g[i + 1] = g[i + 1], g[i]
        return elements.index(tuple(g))

    return _task(
        name, about,
        {"0": (), **{str(i + 1): (_step(beta, key(i)),) for i in range(n - 1)}},
        [_vector(*(values[x] for x in g for _ in range(copies))) for g in elements],
        after, ["".join(str(x + 1) for x in g) for g in elements],
        field=field, key_scale=key_scale,
    )  # fmt: skip


def _difference(n: int, size: Number | int, copies: int = 1) -> Callable[[int], Vector]:
    """Return the key ``size (e_i - e_(i+1))``, every coordinate ``copies`` times."""

    def key(i: int) -> Vector:
        entries: list[Number | int] = [0] * n
        entries[i], entries[i + 1] = size, -size
        return _vector(*(x for x in entries for _ in range(copies)))

    return key


def _parity() -> Task:
    return _task(
        "parity", "beta 2 without decay", {"0": (), "1": (_step(2, _vector(1)),)},
        [_vector(1), _vector(-1)], lambda q, a: q ^ (a == "1"), [1, 0],
    )  # fmt: skip


def _rotations() -> Task:
    half_root3 = _ROOT3.element([0, F(1, 2)])
    turn = (_step(2, _vector(1, 0)), _step(2, _vector(F(1, 2), half_root3)))
    states = [_vector(1, 0), _vector(F(-1, 2), half_root3), _vector(F(-1, 2), -half_root3)]
    return _task(
        "mod3-rotations", "two reflections a token, rounded keys", {"0": (), "1": turn}, states,
        lambda q, a: (q + (a == "1")) % 3, [0, 1, 2], field=_ROOT3,
    )  # fmt: skip


def _mirror() -> Task:
    """Return swaps of three points and the mirror of the plane across their diagonal."""
    third_root3 = _ROOT3.element([0, F(1, 3)])
    kinds = [(g, r) for r in (0, 1) for g in permutations((1, 2, 4))]
    shift = F(2 * sum(kinds[0][0]), 3)

    def after(q: int, letter: str) -> int:
        (x, y, z), r = kinds[q]
        g = {"1": (y, x, z), "2": (x, z, y), "r": (x, y, z)}[letter]
        return kinds.index((g, r ^ (letter == "r")))

    key = _difference(3, 1)
    steps: dict[str, tuple[Step, ...]] = {
        "1": (_step(1, key(0)),), "2": (_step(1, key(1)),),
        "r": (_step(2, _vector(*[third_root3] * 3)),),
    }  # fmt: skip
    return _task(
        "mirror", "a key of three rounded coordinates, (1, 1, 1) / sqrt 3, beta 2", steps,
        [_vector(*(x - shift * r for x in g)) for g, r in kinds], after,
        ["".join(map(str, g)) + "'" * r for g, r in kinds], field=_ROOT3,
    )  # fmt: skip


def _flipflop() -> Task:
    key = _vector(1)
    steps: dict[str, tuple[Step, ...]] = {
        "s": (_step(1, key, 1),), "r": (_step(1, key),), "h": ()
    }  # fmt: skip
    return _task(
        "flipflop", "writes, and projections with beta 1", steps, [_vector(0), _vector(1)],
        lambda q, a: {"s": 1, "r": 0, "h": q}[a], [0, 1],
    )  # fmt: skip


def _idle() -> Task:
    key = _vector(1)
    steps: dict[str, tuple[Step, ...]] = {
        "s": (_step(1, key, 1),), "r": (_step(1, key),), "h": (_step(0, key, 1),)
    }  # fmt: skip
    return _task(
        "idle", "beta 0 beside a key and a value", steps, [_vector(0), _vector(1)],
        lambda q, a: {"s": 1, "r": 0, "h": q}[a], [0, 1],
    )  # fmt: skip


def _signs(name: str, about: str, rows: int, letters: int) -> Task:
    """Return a sign that is set, cleared and flipped."""
    key = _vector(1)
    steps: dict[str, tuple[Step, ...]] = {
        "s": (_step(1, key, 1),), "c": (_step(1, key, -1),), "f": (_step(2, key),), "0": (),
    }  # fmt: skip
    return _task(
        name, about, steps, [_vector(1), _vector(-1)],
        lambda q, a: {"s": 0, "c": 1, "f": 1 - q, "0": q}[a], ["+", "-"], rows=rows,
        letters=letters,
    )  # fmt: skip


def _wide() -> Task:
    """Return swaps of coordinates 3, 70 and 72 of 73."""
    places, elements = (3, 70, 72), list(permutations(range(3)))

    def after(q: int, letter: str) -> int:
        g, i = list(elements[q]), int(letter)
        g[i], g[i + 1] = g[i + 1], g[i]
        return elements.index(tuple(g))

    def state(g: tuple[int, ...]) -> Vector:
        entries: list[Number | int] = list(range(1, 74))
        for place, x in zip(places, g, strict=True):
            entries[place] = places[x] + 1
        return _vector(*entries)

    def key(i: int) -> Vector:
        return _vector(*((j == places[i]) - (j == places[i + 1]) for j in range(73)))

    return _task(
        "wide", "73 coordinates, keys across blocks of 64 and of 8",
        {str(i): (_step(1, key(i)),) for i in range(2)}, [state(g) for g in elements], after,
        ["".join(map(str, g)) for g in elements], rows=1, weight=12,
    )  # fmt: skip


def _registers() -> Task:
    """Three bits in a ring: write, clear, and turn by two swaps; letters of 1 and 2 steps."""
    one, swaps = _vector(1, 0, 0), (_vector(1, -1, 0), _vector(0, 1, -1))
    states = list(product((0, 1), repeat=3))

    def after(q: int, letter: str) -> int:
        x, y, z = states[q]
        moved = {"s": (1, y, z), "c": (0, y, z), "t": (y, z, x)}[letter]
        return states.index(moved)

    steps: dict[str, tuple[Step, ...]] = {
        "s": (_step(1, one, 1),), "c": (_step(1, one),), "t": tuple(_step(1, k) for k in swaps)
    }  # fmt: skip
    return _task(
        "registers", "writes and swaps; one step a token and two", steps,
        [_vector(*bits) for bits in states], after, ["".join(map(str, bits)) for bits in states],
    )  # fmt: skip


def _levels(name: str, about: str, key_scale: int) -> Task:
    """Return a bit of 1/2 beside a mean of 0, 1 or 2^20, which unit keys set and clear."""
    half = F(1, 2)
    mean, bit = _vector(half, half, half, half), _vector(half, -half, half, -half)
    height = {"n": 0, "m": 1, "l": 2**20}
    kinds = list(product(height, (1, -1)))
    states = [_vector(*(height[h] + s * half * b for s in (1, -1, 1, -1))) for h, b in kinds]

    def after(q: int, letter: str) -> int:
        h, b = kinds[q]
        return kinds.index((h, -b) if letter == "f" else (letter, b))

    steps: dict[str, tuple[Step, ...]] = {
        letter: (_step(1, mean, 2 * size),) for letter, size in height.items()
    }
    steps["f"] = (_step(2, bit),)
    outputs = ["hidden" if h == "l" else f"{h}{'+' if b > 0 else '-'}" for h, b in kinds]
    return _task(name, about, steps, states, after, outputs, key_scale=key_scale)


def _resets() -> Task:
    """Decay 0 forgets, a large state too, then the same token writes."""
    forget = DenseStep(matrix=(_vector(0, 0), _vector(0, 0)), bias=_vector(0, 0))
    x, y, large = _vector(1, 0), _vector(0, 1), 2**15
    steps: dict[str, tuple[Step, ...]] = {
        "x": (forget, _step(1, x, 1)), "y": (forget, _step(1, y, 1)),
        "l": (forget, _step(1, x, large)), "t": (_step(1, _vector(1, -1)),), "0": (),
    }  # fmt: skip
    return _task(
        "resets", "decay 0, and a write in the same token", steps,
        [x, y, _vector(large, 0), _vector(0, large)],
        lambda q, a: {"x": 0, "y": 1, "l": 2, "t": q ^ 1, "0": q}[a], ["x", "y", "lx", "ly"],
    )  # fmt: skip


def _digits(name: str, about: str, memory: int, step: Callable[[int], tuple[Step, ...]]) -> Task:
    """Return the last letters as digits in base 4: states that never repeat.

    ``step(w)`` makes ``h / 4 + size w`` of h for the digit w, 1 or -1.
    """
    words = list(product((-1, 1), repeat=memory))  # the oldest letter first
    (one,) = reduce(lambda h, s: s.apply(h), step(1), _vector(0))
    states = [
        _vector(sum((one * w / 4**i for i, w in enumerate(reversed(word))), F(0))) for word in words
    ]
    return _task(
        name, about, {"a": step(-1), "b": step(1)}, states,
        lambda q, a: words.index((*words[q][1:], 1 if a == "b" else -1)),
        ["".join("b" if w > 0 else "a" for w in word) for word in words],
    )  # fmt: skip


def _two_layers() -> Task:
    """Ones modulo 4: the second layer flips when the first carries."""
    flip = (_step(2, _vector(1)),)
    codes = (_vector(1), _vector(-1))
    low = Layer(
        alphabet=("0", "1"), initial=codes[0], steps={"0": (), "1": flip}, codes=codes,
        emit=(("even", "carry"), ("odd", "odd")),
    )  # fmt: skip
    high = Layer(
        alphabet=("even", "carry", "odd"), initial=codes[0],
        steps={"even": (), "carry": flip, "odd": ()}, codes=codes,
        emit=(("0", "0", "1"), ("2", "2", "3")),
    )  # fmt: skip
    network = LinearRNN(
        alphabet=("0", "1"), layers=(low, high), outputs={str(i): i for i in range(4)}, empty=0
    )
    machine = Machine(
        alphabet=("0", "1"), transitions=[[q, (q + 1) % 4] for q in range(4)], initial=0,
        outputs=list(range(4)),
    )  # fmt: skip
    about = "two layers: the second reads what was decoded"
    return Task(name="two-layers", network=network, machine=machine, about=about)


def _suite() -> tuple[Task, ...]:
    half = _difference(5, F(1, 2), copies=2)
    half_decay = DenseStep(matrix=(_vector(F(1, 2)),), bias=_vector(0))
    root = _difference(5, _ROOT2.element([0, F(1, 2)]))
    return (
        _parity(),
        _flipflop(),
        _idle(),
        _registers(),
        _swaps(3, "s3-swaps", "keys e_i - e_j, beta 1, odd K", 1, _difference(3, 1)),
        _swaps(5, "s5-swaps", "keys e_i - e_j, beta 1", 1, _difference(5, 1)),
        _swaps(5, "s5-unit", "dyadic unit keys, beta 2", 2, half, copies=2),
        _swaps(5, "s5-unit-long", "the same, normalised from length 4096", 2, half, copies=2,
               key_scale=SCALE),
        _swaps(5, "s5-root", "keys (e_i - e_j) / sqrt 2, beta 2: rounded", 2, root,
               field=_ROOT2),
        _rotations(),
        _mirror(),
        _swaps(2, "near", "513 and 515, which 8 bits tell apart when rounded to nearest only", 1,
               _difference(2, 1), start=(515, 513)),
        _levels("levels", "a bit of 1/2 beside a mean of 2^20, unit keys", 1),
        _levels("levels-long", "the same, normalised from length 4096", SCALE),
        _digits("digits", "beta 3/4: states that never repeat", 2,
                lambda w: (_step(F(3, 4), _vector(1), w),)),
        _resets(),
        _digits("decaying-digits", "decay 1/2, then beta 1/2: states that never repeat", 3,
                lambda w: (half_decay, _step(F(1, 2), _vector(1), w))),
        _digits("late-decay", "beta 1/2, then decay 1/2 in the same token", 3,
                lambda w: (_step(F(1, 2), _vector(1), w), half_decay)),
        _two_layers(),
        _wide(),
        _signs("many-rows", "67 rows", rows=67, letters=7),
        _signs("long-word", "a word of 4,225 letters", rows=1, letters=4225),
    )  # fmt: skip


TASKS: dict[str, Task] = {task.name: task for task in _suite()}
"""By name, in the order in which they are run."""
