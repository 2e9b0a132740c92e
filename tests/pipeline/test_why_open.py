"""Why a layer is open: what is missing of the nearest network, and what one change would do."""

import pytest

import negeig
from negeig.automata.zoo import get
from negeig.claims import DEFAULT_RESOURCES
from negeig.pipeline.choosing import choose
from negeig.pipeline.parts.layer_open import one_change_away, why_open
from negeig.pipeline.parts.layer_search import search
from negeig.pipeline.parts.reach import bounds_of
from negeig.theory.architectures import entries
from negeig.theory.architectures.layer_inside import outside
from negeig.theory.architectures.layer_reading import read_layer


def asked(spec, zoo):
    return negeig.check(zoo=zoo, layer=spec, backends=()).layers[0]


NAMES = {"flipflop": ["mamba-2"], "parity": [entry.id for entry in entries() if entry.layer]}


@pytest.mark.parametrize("zoo", NAMES)
def test_with_and_without_a_depth_the_answers_agree_or_say_why_not(zoo):
    alone = negeig.check(zoo=zoo, architecture=NAMES[zoo], backends=()).answers
    deep = negeig.check(zoo=zoo, architecture=NAMES[zoo], backends=(), depth=4).layers
    differ = [(a, d) for a, d in zip(alone, deep, strict=True) if a.verdict != d.verdict]
    assert {a.verdict for a, _ in differ} == {"possible"}
    assert [a.id for a, _ in differ if "--depth" not in a.reason] == []
    assert [d.name for _, d in differ if "without --depth" not in d.reason] == []


CHANGES = [
    ("parity", "family=delta,beta=0..below2", "with its open ends reached"),
    ("parity", "family=delta,beta=0..2,eps=1e-6,format=exact", "with eps=0"),
    ("parity", "family=delta,beta=0..1.5", "with keys=free"),
]


@pytest.mark.parametrize(("zoo", "spec", "change"), CHANGES)
def test_the_change_that_lets_a_network_in_is_named(zoo, spec, change):
    reason = asked(spec, zoo).reason
    assert f"{change} the scalar network is inside" in reason


@pytest.mark.parametrize(("zoo", "spec", "change"), CHANGES)
def test_a_change_that_is_named_does_let_it_in(zoo, spec, change):
    layer = read_layer(spec)
    machine = get(zoo).minimal()
    found, _ = search(layer, machine, bounds_of(machine, DEFAULT_RESOURCES), DEFAULT_RESOURCES)
    networks = [point.construction.network for point in found.front]
    changed = dict(one_change_away(layer))[change]
    assert all(outside(layer, network) for network in networks)
    assert any(not outside(changed, network) for network in networks)


def test_the_nearest_network_is_the_one_that_the_least_is_missing_of():
    """The cheapest takes two steps besides, and no beta or key of theirs would do."""
    layer = read_layer("family=delta,beta=-1..0,keys=free,steps=1,depth=2,format=exact")
    found = choose(get("mod:3").minimal())
    first, *others = (outside(layer, point.construction.network) for point in found.front)
    nearest = "a step has beta |k|^2 = 2: no key gives that with beta=-1..0"
    assert first == (nearest, "a head takes 2 steps a token, the specification says 1")
    assert (nearest,) in others
    outside_it, *_, tried = why_open(layer, (), found, (), None)
    assert outside_it == f"the two-reflections network is outside: {nearest}"
    assert tried.startswith("tried at")


def test_an_epsilon_is_said_to_shorten_keys_only_where_it_does():
    def reason(spec):
        return asked(spec, "parity").reason

    exact = reason("family=delta,beta=0..2,eps=1e-6,format=exact")
    assert "not in [0, 2): eps=1/1000000 makes every key shorter than 1" in exact
    rounded = reason("family=delta,beta=0..2,eps=0.1")
    assert "2, and eps=1/10 makes keys shorter: it does not vanish beside 256^2" in rounded
    beyond = reason("family=delta,beta=0..1.5,eps=1e-6")
    assert "2, not in [0, 3/2];" in beyond
