"""A network over a number field, and equality of networks."""

from fractions import Fraction

from negeig.theory.exact.numbers import NumberField
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN

ROOT3 = "1.73205080756887729352744634151"


def rotation():
    """Counting modulo 3 by rotations of the plane, in Q(sqrt 3), then a layer of dense steps."""
    field = NumberField((-3, 0, 1), ROOT3)
    half, zero, one = Fraction(1, 2), Fraction(0), Fraction(1)
    root3 = field.element([0, 1])
    first = DeltaStep(Fraction(2), (zero, one), zero)
    second = DeltaStep(Fraction(2), (root3 / 2, -half), zero)
    codes = ((one, zero), (-half, root3 / 2), (-half, -root3 / 2))
    turn = Layer(
        alphabet=("0", "1"),
        initial=codes[0],
        steps={"0": (), "1": (first, second)},
        codes=codes,
        emit=(("x", "x"), ("y", "y"), ("z", "z")),
        names=("width", "größe"),
    )
    keep = Layer(
        alphabet=("x", "y", "z"),
        initial=(zero,),
        steps={
            a: (DenseStep(((zero,),), (Fraction(i, 3),)),) for i, a in enumerate(("x", "y", "z"))
        },
        codes=tuple((Fraction(i, 3),) for i in range(3)),
        emit=tuple((out,) * 3 for out in ("é", "no", "n o")),
    )
    return LinearRNN(
        alphabet=("0", "1"),
        layers=(turn, keep),
        outputs={"é": [1, {"a": None}], "no": 0, "n o": "0"},
        empty=1.5,
        field=field,
    )


def assert_equal(one, two):
    assert one.alphabet == two.alphabet
    assert one.field == two.field
    assert dict(one.outputs) == dict(two.outputs)
    assert one.empty == two.empty
    assert len(one.layers) == len(two.layers)
    for a, b in zip(one.layers, two.layers, strict=True):
        assert a.alphabet == b.alphabet
        assert (a.initial, a.codes, a.emit) == (b.initial, b.codes, b.emit)
        assert a.names == b.names
        assert dict(a.steps) == dict(b.steps)
