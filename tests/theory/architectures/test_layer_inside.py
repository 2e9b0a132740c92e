"""Which networks are made of the layers of a specification: each rule with a twin just outside."""

from dataclasses import replace
from fractions import Fraction

import pytest

from negeig.automata.zoo import get
from negeig.theory.architectures.layer_inside import outside, steps_in
from negeig.theory.architectures.layer_reading import read_layer
from negeig.theory.constructions.direct import permutation
from negeig.theory.constructions.groups import rotations
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN

F = Fraction


def network(*letters, dim=2, layers=1):
    """A stack of one layer, again and again, whose letters take these steps."""
    alphabet = tuple("abcdefgh"[: len(letters)])
    origin = tuple(F(0) for _ in range(dim))
    layer = Layer(
        alphabet=alphabet,
        initial=origin,
        steps=dict(zip(alphabet, letters, strict=True)),
        codes=(origin,),
        emit=(alphabet,),
    )
    outputs = dict.fromkeys(alphabet, 0)
    return LinearRNN(alphabet=alphabet, layers=(layer,) * layers, outputs=outputs, empty=0)


def step(beta, *key):
    return DeltaStep(F(beta), tuple(map(F, key)), F(0))


def dense(*rows):
    matrix = tuple(tuple(map(F, row)) for row in rows)
    return (DenseStep(matrix, tuple(F(0) for _ in rows)),)


def inside(spec, made):
    return not outside(read_layer(spec), made)


X = step(2, 1, 0)
Y = step(2, 0, 1)
SWAP = step(1, 1, -1)
HALF = step("1/2", 1, 0)

TWINS = {
    "layers": ("family=delta,beta=0..2,depth=", "3", "2", network((X,), layers=3)),
    "steps": ("family=delta,beta=0..2,format=exact,steps=", "2", "1", network((X, SWAP))),
    "beta": ("family=delta,beta=0..", "2", "below2", network((X,))),
    "beta, an end between": ("family=delta,beta=0..", "1/2", "below1/2", network((HALF,))),
    "beta, lower end": ("family=delta,steps=1,beta=", "1/2..1", "above1/2..1", network((HALF,))),
    "keys": ("family=delta,beta=0..2,keys=", "free", "unit", network((SWAP,))),
    "keys in exact arithmetic": ("family=delta,beta=0..2,format=", "exact", "bf16",
                                 network((SWAP,))),
    "dim": ("family=delta,beta=0..2,format=exact,dim=", "2", "1", network((SWAP,))),
    "heads": ("family=delta,beta=0..2,dim=1,heads=", "2", "1", network((X, Y))),
    "heads share steps": ("family=delta,beta=0..2,dim=2,heads=", "2", "1", network((X, Y))),
    "gate": ("family=delta,beta=0..2,gate=0..", "1", "below1", network((X,))),
    "epsilon": ("family=delta,beta=0..2,eps=", "1/256", "1/255", network((X,))),
    "epsilon in exact arithmetic": ("family=delta,beta=0..2,eps=1e-6,format=", "bf16", "exact",
                                    network((X,))),
    "epsilon, a shorter key": ("family=delta,format=exact,eps=1e-6,beta=0..", "2", "1/2",
                               network((HALF,))),
    "idle with beta 0": ("family=delta,steps=1,dim=1,heads=2,beta=", "0..2", "1/2..2",
                         network((X, Y), ())),
    "idle in a spare coordinate": ("family=delta,steps=1,heads=2,beta=1/2..2,dim=", "2", "1",
                                   network((X, Y), ())),
    "idle with a short key": ("family=delta,steps=1,dim=1,heads=2,beta=1/2..2,eps=", "1e-6", "0",
                              network((X, Y), ())),
    "diagonal": ("family=", "dense", "diagonal", network(dense((1, 1), (0, 1)))),
    "gate of a channel": ("family=diagonal,gate=", "-1/2..1", "above-1/2..1",
                          network(dense((1, 0), (0, "-1/2")))),
    "what is left alone has the gate 1": ("family=diagonal,gate=0..", "1", "below1",
                                          network((step(1, 1, 0),))),
    "gates": ("family=diagonal,gate=-1..1,gates=", "channel", "head", network((X,))),
    "gates of several heads": ("family=diagonal,gate=-1..1,gates=head,heads=", "2", "1",
                               network((X,))),
    "rotation": ("family=", "rotation", "diagonal", network(dense((0, -1), (1, 0)))),
    "no rotation": ("family=", "dense", "rotation", network(dense((0, 1), (1, 0)))),
    "modulus, an open end": ("family=rotation,gate=0..", "1", "below1",
                             network(dense(("3/5", "-4/5"), ("4/5", "3/5")))),
    "pairs": ("family=rotation,dim=", "4", "2", network((X,))),
    "norm": ("family=dense,gate=0..", "2", "below2", network(dense((0, 2), (0, 0)))),
    "norm of a shear": ("family=dense,gate=0..", "13/8", "8/5", network(dense((1, 1), (0, 1)))),
    "spectrum": ("family=dense,spectrum=", "real", "nonnegative", network((X,))),
    "real spectrum": ("family=dense,gate=", "free", "free,spectrum=real",
                      network(dense((0, -1), (1, 0)))),
}  # fmt: skip


@pytest.mark.parametrize("name", TWINS)
def test_twins(name):
    start, within, beyond, made = TWINS[name]
    assert outside(read_layer(start + within), made) == ()
    assert outside(read_layer(start + beyond), made)


def test_heads_are_blocks_and_their_dimensions_add_up():
    flips = network((X,), (Y,))
    assert inside("family=delta,beta=0..2,dim=2", flips)
    assert inside("family=delta,beta=0..2,dim=1,heads=2", flips)
    assert not inside("family=delta,beta=0..2,dim=1,heads=1", flips)
    joined = network((SWAP,), dim=2)
    assert not inside("family=delta,beta=0..2,keys=free,dim=1,heads=9", joined)


def test_steps_are_counted_head_by_head():
    three = network((step(2, 1, 0, 0), step(2, 0, 1, 0), step(2, 0, 0, 1)), dim=3)
    for heads, steps in ((1, 3), (2, 2), (3, 1), (5, 1)):
        spec = read_layer(f"family=delta,beta=0..2,heads={heads}")
        assert steps_in(spec, three) == steps
        assert not outside(replace(spec, steps=steps), three)
        assert steps == 1 or outside(replace(spec, steps=steps - 1), three)


def test_moduli_are_of_real_entries_too():
    turn = network(dense((1, "-3/4"), ("3/4", 1)))
    assert inside("family=rotation,gate=0..1,dim=2", network(dense((0, -1), (1, 0))))
    assert not inside("family=rotation,gate=0..1", turn)
    flip = network((X,))
    assert inside("family=rotation,gate=1,dim=4", flip)
    assert not inside("family=rotation,gate=0..below1,dim=4", flip)


def test_a_network_without_layers_is_inside_everything():
    none = LinearRNN(alphabet=("a",), layers=(), outputs={"a": 0}, empty=0)
    for text in ("family=delta,beta=1..1,depth=1", "family=dense,gate=0..below1", "arch=mamba2"):
        assert inside(text, none)


def test_turns_of_a_clock_and_permutations():
    turns = rotations.construct(get("mod:3").minimal())[0].network
    assert inside("family=rotation,gate=1,dim=2,format=exact", turns)
    assert not inside("family=diagonal,gate=-1..1,format=exact", turns)
    assert inside("family=dense,gate=0..1,format=exact", turns)
    assert not inside("family=dense,gate=0..below1,format=exact", turns)
    cycle = permutation.construct(get("mod:3").minimal())[0].network
    assert inside("family=delta,beta=0..2,steps=2,format=exact", cycle)
    assert not inside("family=rotation,format=exact", cycle)


def test_the_square_of_a_key_must_be_exact_where_an_epsilon_vanishes():
    fine, long = step(2, "3/5", "4/5"), step(2, 1, 0)
    assert inside("family=delta,beta=0..2", network((fine,)))  # a format will not hold it
    assert not inside("family=delta,beta=0..2,eps=1e-6", network((fine,)))
    assert inside("family=delta,beta=0..2,eps=1e-6", network((long,)))
