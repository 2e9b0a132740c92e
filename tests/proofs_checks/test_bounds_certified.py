"""Every lower bound on layers has a certificate that shows as many, and that is verified."""

import io
import random
from contextlib import suppress
from types import SimpleNamespace

import pytest

import negeig
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.zoo import get
from negeig.claims import LimitReached
from negeig.proofs_checks import checker
from negeig.proofs_checks.of_results import of_check, of_compilation
from negeig.theory.bounds.limits import limits
from negeig.theory.bounds.lower_bounds import lower_bounds
from support.certificates import LAST, layers_shown, structure


def random_machine(seed):
    rng = random.Random(seed)
    size, letters = rng.randrange(4, 7), rng.choice((2, 2, 3))
    return Machine(
        alphabet="abc"[:letters],
        transitions=[[rng.randrange(size) for _ in range(letters)] for _ in range(size)],
        initial=0,
        outputs=[rng.randrange(2) for _ in range(size)],
    )


def bounds_shown(machine):
    """Check that certificates show the bounds on layers of a task, and return how many."""
    machine, monoid = machine.minimal(), None
    with suppress(LimitReached):
        monoid = transition_monoid(machine)
    bounds = lower_bounds(machine, monoid)
    wanted = sorted(
        (bound.value, not bound.no_reflections) for bound in bounds if bound.quantity == "layers"
    )
    found = of_check(
        SimpleNamespace(
            network=None, machine=machine, claims=(), lower_bounds=bounds,
            limits=limits(machine, monoid),
        )
    )  # fmt: skip
    shown = shown_by(found)
    assert sorted(shown) == wanted, found.missing
    return len(shown)


def shown_by(found):
    """Return how many layers each certificate shows, and whether with reflections."""
    shown = []
    for made in found.made:
        text = "".join(f"{line}\n" for line in made.lines()).encode()
        ((said, _, told),) = checker.check(io.BufferedReader(io.BytesIO(text)), set())
        assert said == "VERIFIED"
        if made.kind == "idempotents":
            shown.append((2, True))
        elif made.kind == "peeling":
            shown.append((layers_shown(made.about, made.evidence), made.evidence["reflections"]))
        if made.kind in ("idempotents", "peeling"):
            layers, reflections = shown[-1]
            beside = "with" if reflections else "without"
            text = f"at least {layers} contractive layer{'' if layers == 1 else 's'}"
            finite = "of finitely many exact states"
            assert dict(told)["evidence"] == f"{text}, {beside} reflections, {finite}"
    return shown


@pytest.mark.parametrize("seed", [5, 8, 16, 39, 97])
def test_bounds_of_some_machines(seed):
    assert bounds_shown(random_machine(seed))


@pytest.mark.parametrize("name", ["parity", "transformations:4", "flipflop-wir", "dyck1:3"])
def test_bounds_of_tasks(name):
    assert bounds_shown(get(name))


@pytest.mark.parametrize("ending", LAST)
def test_bounds_by_orders(ending):
    assert bounds_shown(structure(LAST[ending][0])) >= 3


def test_what_the_last_letter_tells_has_none():
    assert bounds_shown(get("ends-with:a")) == 0


def test_bounds_of_a_compilation():
    made = negeig.compile(zoo="first-symbol")
    assert sorted(shown_by(of_compilation(made))) == [(1, True), (2, True)]


@pytest.mark.exhaustive
def test_bounds_of_random_machines():
    assert sum(bounds_shown(random_machine(seed)) for seed in range(100)) > 100
