"""Which theorems are about a layer, and by what length it fails: classes, sizes, models."""

import itertools
from fractions import Fraction

import numpy as np
import pytest

from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.zoo import get
from negeig.precision.numbers.formats import FORMATS
from negeig.theory.architectures.layer_limits import (
    broken,
    class_of,
    failure,
    least_layers,
    rounded_failure,
)
from negeig.theory.architectures.layer_reading import read_layer
from negeig.theory.bounds.limits import limits
from negeig.theory.bounds.lower_bounds import lower_bounds
from negeig.theory.theorems import ids

BF16 = FORMATS["bf16"].finite_values

CLASSES = {
    "family=delta,beta=0..1": "nonnegative-symmetric",
    "family=delta,beta=0,steps=any": "nonnegative-diagonal",
    "family=delta,beta=0,steps=3,gate=-1..1": "real-diagonal",
    "family=delta,beta=0..1.01": None,
    "family=delta,beta=0..1.01,depth=1": "real-spectrum",
    "family=delta,beta=0..2,depth=1": "real-spectrum",
    "family=delta,beta=0..2,depth=1,steps=2": None,
    "family=delta,beta=0..2,depth=2": None,
    "family=delta,beta=0..1,steps=2": "nonnegative-spectrum",
    "family=delta,beta=0..1,steps=3": None,
    "family=delta,beta=0..1,steps=any": None,
    "family=delta,beta=0..1,gate=0..1": "nonnegative-symmetric",
    "family=delta,beta=0..1,gate=0..1,gates=channel": "nonnegative-spectrum",
    "family=delta,beta=0..1,gate=0..1,gates=channel,steps=2": None,
    "family=delta,beta=0..1,gates=channel,steps=2": "nonnegative-spectrum",
    "family=delta,beta=0..1,gate=-1..1": None,
    "family=delta,beta=0..1,gate=-1..1,depth=1": "real-spectrum",
    "family=delta,beta=0..1,gate=-1..1,gates=channel,depth=1": None,
    "family=delta,beta=0..1,keys=free": None,
    "family=delta,beta=0..1,keys=free,depth=1": "real-spectrum",
    "family=delta,beta=0..2,steps=7,dim=1": "real-diagonal",
    "family=delta,beta=0..1,steps=7,dim=1": "nonnegative-diagonal",
    "family=diagonal": "nonnegative-diagonal",
    "family=diagonal,gate=-0.1..1": "real-diagonal",
    "family=rotation": "complex-diagonal",
    "family=dense": None,
    "family=dense,dim=1": "real-diagonal",
    "family=dense,spectrum=nonnegative": "nonnegative-spectrum",
    "family=dense,spectrum=real": None,
    "family=dense,spectrum=real,depth=1": "real-spectrum",
}


@pytest.mark.parametrize("text", CLASSES)
def test_the_class_of_a_layer(text):
    assert class_of(read_layer(text)) == CLASSES[text]


@pytest.mark.parametrize("text", [t for t in CLASSES if "=delta" in t and "free" not in t])
def test_matrices_that_are_drawn_have_the_spectrum_of_the_class(text):
    """With twins: where there is no class some draw leaves the next smaller one."""
    spec = read_layer(text + ("" if "dim" in text else ",dim=3"))
    rng = np.random.default_rng(0)

    def number(found):
        low, high = float(found.least.value), float(found.most.value)
        return rng.choice([low, high, rng.uniform(low, high)])

    def matrix():
        product = np.eye(spec.dim)
        for _ in range(spec.steps or 3):
            key = rng.standard_normal(spec.dim)
            key /= np.linalg.norm(key)
            product = product @ (np.eye(spec.dim) - number(spec.beta) * np.outer(key, key))
        gates = [number(spec.gate) for _ in range(spec.dim)]
        return product @ np.diag(gates if spec.gates == "channel" else gates[:1] * spec.dim)

    values = np.concatenate([np.linalg.eigvals(matrix()) for _ in range(3000)])
    is_real = bool(np.abs(values.imag).max() < 1e-6)
    is_nonnegative = is_real and bool(values.real.min() > -1e-6)
    if class_of(spec) in ("nonnegative-spectrum", "nonnegative-symmetric", "nonnegative-diagonal"):
        assert is_nonnegative
    elif class_of(spec) in ("real-spectrum", "real-diagonal"):
        assert is_real
        assert not is_nonnegative
    elif (spec.steps or 3) > 1 and spec.beta.most.value > 1:
        assert not is_real


def rows(zoo):
    machine = get(zoo).minimal()
    return machine, {row.class_: row for row in limits(machine, transition_monoid(machine))}


def test_lengths_grow_with_every_size_and_agree_with_the_limits():
    _machine, by_class = rows("parity")
    row = by_class["nonnegative-spectrum"]
    base = "family=delta,depth=1"
    first = failure(read_layer(base), row, BF16)
    assert first.letters == row.bound_detail.letters
    for more in ("depth=2", "heads=2", "dim=65", "columns=2"):
        key, value = more.split("=")
        assert failure(read_layer(base, {key: int(value)}), row, BF16).letters > first.letters
    assert failure(read_layer(base), row, FORMATS["e4m3fn"].finite_values).letters < first.letters
    assert failure(read_layer("family=delta"), row, BF16) is None
    assert failure(read_layer(base + ",format=exact"), row, BF16) is None


def test_heads_cost_less_than_one_head_of_their_dimension():
    _, by_class = rows("parity")
    row = by_class["nonnegative-spectrum"]
    heads = failure(read_layer("family=delta,depth=1,heads=8,dim=8"), row, BF16)
    whole = failure(read_layer("family=delta,depth=1,dim=64"), row, BF16)
    assert heads.letters < whole.letters
    diagonal = failure(
        read_layer("family=diagonal,depth=1"), by_class["nonnegative-diagonal"], BF16
    )
    assert diagonal.letters < whole.letters


def test_a_stack_is_bounded_by_the_product_of_its_layers():
    _, by_class = rows("parity")
    row = by_class["nonnegative-diagonal"]
    each = 1 + 64 * (BF16 - 1)
    for depth in (2, 3, 5):
        found = failure(read_layer(f"family=diagonal,depth={depth}"), row, BF16)
        assert found.changes == (each + 1) ** depth - 1
        assert found.letters == found.changes + 2


def test_no_diagonal_layer_of_two_numbers_beats_the_length():
    """Exhaustive: parity, entries a in halves, writes, three values of a cast; one coordinate."""
    _machine, by_class = rows("parity")
    most = failure(read_layer("family=diagonal,depth=1,dim=1"), by_class["nonnegative-diagonal"], 3)
    numbers = [Fraction(n, 2) for n in range(3)]
    for a, w, h in itertools.product(numbers[:3], (-1, 0, 1), (-2, 0, 1)):
        state, seen, k = Fraction(h), None, 0
        while k <= most.letters:
            state, k = a * state + w, k + 1
            cast = (state > Fraction(-1, 2)) + (state > Fraction(1, 2))
            if cast == seen:
                break
            seen = cast
        assert cast == seen
        assert k <= most.letters


def test_where_operations_round_a_period_takes_layers():
    machine, by_class = rows("mod:8")
    row = by_class["rounded-real-diagonal"]
    spec = "family=diagonal,gate=-1..1,depth="
    for depth in (1, 2):
        witness, found = rounded_failure(read_layer(f"{spec}{depth}"), machine, row, BF16)
        assert witness.period == 8
        assert found.letters >= 2**depth * depth * (BF16 + 2)
    assert rounded_failure(read_layer(f"{spec}3"), machine, row, BF16) is None
    assert rounded_failure(read_layer(f"{spec}1,format=exact"), machine, row, BF16) is None
    assert rounded_failure(read_layer("family=delta,dim=1,depth=1"), machine, row, BF16) is None


def test_entries_of_one_sign_rest_sooner():
    machine, by_class = rows("parity")
    row = by_class["rounded-nonnegative-diagonal"]
    for depth in (1, 4):
        spec = read_layer(f"family=diagonal,depth={depth}")
        assert rounded_failure(spec, machine, row, BF16)[1].letters == depth * (BF16 + 2) + 1


def demands(zoo, text):
    machine = get(zoo).minimal()
    return [b.theorem for b in broken(read_layer(text), bounds(machine))]


def bounds(machine):
    return lower_bounds(machine, transition_monoid(machine))


@pytest.mark.parametrize(
    ("zoo", "text", "expected"),
    [
        ("parity", "family=delta,beta=0..2", []),
        ("parity", "family=delta,beta=0..below2", [ids.ISOMETRY]),
        ("parity", "family=delta,beta=0..2,gate=0..below1", [ids.ISOMETRY]),
        ("parity", "family=delta,beta=0..1,gate=-1..1", []),
        ("parity", "family=delta,beta=0..2,eps=1e-6,format=exact,state=exact", [ids.ISOMETRY]),
        ("parity", "family=delta,beta=0..2,eps=1/8", [ids.ISOMETRY]),
        ("parity", "family=delta,beta=0..2,eps=1e-6", []),  # it vanishes beside long keys
        ("parity", "family=diagonal,gate=above-1..1", [ids.ISOMETRY]),
        ("parity", "family=diagonal,gate=-1..1", []),
        ("parity", "family=rotation,gate=0..below1", [ids.ISOMETRY]),
        ("parity", "family=rotation", []),
        ("parity", "family=dense,gate=0..below1", [ids.ISOMETRY]),
        ("parity", "family=dense,gate=0..1", []),
        ("parity", "family=delta,beta=0..below2,keys=free", []),
        ("flipflop", "family=delta,beta=1/2..below1,steps=2", [ids.INVERTIBLE_STEPS]),
        ("flipflop", "family=delta,beta=1/2..1", []),
        ("flipflop", "family=delta,beta=1/2..1/2,gate=0..1", []),
        ("flipflop", "family=diagonal,gate=above0..1", [ids.INVERTIBLE_STEPS]),
        ("flipflop", "family=rotation,gate=above0..1", [ids.INVERTIBLE_STEPS]),
        ("sym:3", "family=delta,beta=0..2,depth=1", [ids.PERIOD_STEPS]),
        ("sym:3", "family=delta,beta=0..2,depth=1,heads=4", [ids.PERIOD_STEPS]),
        ("sym:3", "family=delta,beta=0..2,depth=2", []),
        ("sym:3", "family=delta,beta=0..2,depth=1,gate=0..1", []),
        ("sym:5", "family=delta,beta=0..2,depth=1,steps=3", [ids.FOUR_STEPS]),
        ("sym:5", "family=delta,beta=0..2,depth=1,steps=3,heads=2", []),
        ("sym:5", "family=delta,beta=0..2,depth=1,steps=4", []),
        ("sym:5", "family=dense,dim=2", [ids.SIMPLE_DIMENSION]),
        ("sym:5", "family=dense,dim=2,heads=3", [ids.SIMPLE_DIMENSION]),
        ("sym:5", "family=dense,dim=3,depth=1", [ids.GROUP_DIMENSION]),
        ("sym:5", "family=dense,dim=2,depth=1,heads=2", [ids.SIMPLE_DIMENSION]),
        ("first-symbol", "family=delta,beta=0..2,depth=1,steps=5", [ids.IDEMPOTENTS]),
        ("first-symbol", "family=dense,gate=0..1,depth=1", [ids.IDEMPOTENTS]),
        ("first-symbol", "family=dense,gate=0..2,depth=1", []),
        ("first-symbol", "family=delta,beta=0..3,depth=1,steps=5", []),
    ],
)  # fmt: skip
def test_bounds_that_layers_break(zoo, text, expected):
    assert demands(zoo, text) == expected


def test_least_layers_by_steps():
    spec = read_layer("family=delta,beta=0..2")
    for zoo, least in (("sym:3", [2, 1]), ("sym:5", [2, 2, 2, 1]), ("parity", [1])):
        found = bounds(get(zoo).minimal())
        assert [least_layers(spec, found, s + 1).value for s in range(len(least))] == least
