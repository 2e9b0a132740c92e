"""Coq: intervals of states that letters carry into each other, and what is no proof of them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

import negeig
from negeig.automata.machines.machine import Machine
from negeig.claims import InputError
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.numbers.formats import BF16
from negeig.precision.numbers.operations import Operations
from negeig.proofs_checks import coq
from negeig.proofs_checks.coq_regions import (
    RegionTable,
    error_of,
    letter_form,
    region_table,
    region_theorem,
)
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN
from support.command_line import negeig as negeig_command
from support.command_line import valid
from support.coq_once import compiled_once, regions_file
from support.region_networks import altered, last_letters, registers

SEED = 17

MACHINE = negeig.language("(a|b)*abb").machine
NETWORK = last_letters(MACHINE, 3)

EXACT = region_table(NETWORK, MACHINE)
BF16_TABLE = region_table(NETWORK, MACHINE, "bf16")


@pytest.fixture(scope="module")
def development(tmp_path_factory: pytest.TempPathFactory) -> Iterator[coq.Development]:
    with compiled_once(tmp_path_factory.mktemp("coq")), coq.Development(coq.REGIONS) as made:
        yield made


def dense(slope: Fraction) -> LinearRNN:
    """The last letter: h <- slope h + (1 - slope) w, as a matrix and a bias."""
    one, zero = Fraction(1), Fraction(0)
    write = {"a": -one, "b": one}
    layer = Layer(
        alphabet=("a", "b"), initial=(-one,), codes=((-one,), (one,)),
        steps={a: (DenseStep(((slope,),), ((one - slope) * w,)), DenseStep(((one,),), (zero,)))
               for a, w in write.items()},
        emit=(("no",) * 2, ("yes",) * 2),
    )  # fmt: skip
    return LinearRNN(alphabet=("a", "b"), layers=(layer,), outputs={"no": 0, "yes": 1}, empty=0)


LAST = Machine(alphabet="ab", transitions=[[0, 1], [0, 1]], initial=0, outputs=[0, 1])

CASES = {
    "exact": EXACT,
    "every operation": BF16_TABLE,
    "after each letter": region_table(NETWORK, MACHINE, "fp16:acc32"),
    "after each step": region_table(dense(Fraction(-1, 4)), LAST, "bf16:acc32-step"),
    "on a grid": region_table(dense(Fraction(1, 4)), LAST, "grid:2^-6"),
    "fma": region_table(NETWORK, MACHINE, "fp32:fma"),
    "no infinity": region_table(dense(Fraction(-1, 4)), LAST, "e4m3fn"),
}


@pytest.mark.provers
@pytest.mark.parametrize("name", CASES)
def test_intervals_are_a_theorem(name: str, development: coq.Development) -> None:
    done = development.check(region_theorem(CASES[name]))
    assert done.accepted, done.output
    assert done.output.strip() == "Closed under the global context"


def other_end(table: RegionTable, factor: Fraction) -> RegionTable:
    """Draw the first interval together, or apart, around its middle."""
    (low, high), *rest = table.intervals
    middle, half = (low + high) / 2, (high - low) / 2
    return replace(table, intervals=((middle - factor * half, middle + factor * half), *rest))


def shrunk(table: RegionTable) -> RegionTable:
    return other_end(table, Fraction(63, 64))


def too_wide(table: RegionTable) -> RegionTable:
    """Wider than where its letters have room."""
    return other_end(table, Fraction(8))


def other_code(table: RegionTable) -> RegionTable:
    return replace(table, decoded=(table.decoded[-1], *table.decoded[1:]))


def other_target(table: RegionTable) -> RegionTable:
    return replace(table, targets=((0, *table.targets[0][1:]), *table.targets[1:-1], (0, 0)))


def other_machine_state(table: RegionTable) -> RegionTable:
    return replace(table, machine_states=(1, *table.machine_states[1:]))


def other_start(table: RegionTable) -> RegionTable:
    (layer,) = table.network.layers
    beyond = altered(table.network, initial=(layer.initial[0] + 1,))
    return replace(table, network=beyond)


def other_output(table: RegionTable) -> RegionTable:
    flipped = replace(table.network, outputs={a: 1 - b for a, b in table.network.outputs.items()})
    return replace(table, network=flipped)


def other_weight(table: RegionTable) -> RegionTable:
    """The same intervals, but old letters stay longer."""
    (layer,) = table.network.layers
    steps = {
        a: tuple(replace(step, beta=Fraction(5, 8)) for step in own if isinstance(step, DeltaStep))
        for a, own in layer.steps.items()
    }
    return replace(table, network=altered(table.network, steps=steps))


TAMPERINGS = (
    shrunk, too_wide, other_code, other_target, other_machine_state, other_start, other_output,
    other_weight,
)  # fmt: skip


@pytest.mark.provers
@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__)
def test_a_tampered_region_does_not_compile(tamper, development: coq.Development) -> None:  # type: ignore[no-untyped-def]
    done = development.check(region_theorem(tamper(EXACT)))
    assert not done.accepted
    assert '"eq_refl" has type' in done.output


@pytest.mark.provers
def test_what_holds_exactly_need_not_hold_rounded(development: coq.Development) -> None:
    """Exact intervals have no room for errors: the same ones are refused in bf16."""
    stored = replace(EXACT, stored=BF16_TABLE.stored, arithmetic=BF16_TABLE.arithmetic)
    done = development.check(region_theorem(stored))
    assert not done.accepted
    assert '"eq_refl" has type' in done.output


@pytest.mark.provers
@pytest.mark.usefixtures("development")
def test_the_command_line_takes_regions(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = regions_file(capsys, tmp_path)
    lines = Path(path).read_text().splitlines()
    kinds = [json.loads(line)["kind"] for line in lines if line.startswith("{")]
    assert kinds == ["regions", "closure"]
    code, out, _ = negeig_command(capsys, "verify", path, "--coq", "--json")
    found = [row["verdict"] for row in valid(out)["others"]]
    assert (code, found) == (0, ["VERIFIED", "VERIFIED"])


def test_the_bound_on_a_letter_holds_for_random_states() -> None:
    """What the arithmetic computes is as near to the exact image as the bound says."""
    draw, operations = Random(SEED), Operations(parse("bf16"))
    off = Fraction(0)
    for _ in range(2_000):
        beta, key, write = (Fraction(draw.randint(-255, 255), 128) for _ in range(3))
        step = DeltaStep(beta, (key,), write)
        form = letter_form((step,), Fraction(-2), Fraction(2), parse("bf16"))
        h = draw.randint(-256, 256) / 128
        s = operations.multiply(float(key), h)
        u = operations.add(s, -float(write)) if write else s
        t = operations.multiply(float(beta), u)
        found = operations.add(h, operations.multiply(-float(key), t))
        error = abs(Fraction(found) - (form.slope * Fraction(h) + form.shift))
        assert error <= form.off, f"seed {SEED}: {step}, {h}"
        off = max(off, error / form.off)
    assert off > Fraction(1, 4), "the bound says next to nothing"


def test_no_number_is_rounded_by_more_than_the_bound() -> None:
    """All sums of two positive numbers of four bits, in e5m2's format: every tie, every binade."""
    operations = Operations(parse("e5m2"))
    target = parse("e5m2").operations
    assert target is not None
    for a in range(1, 64):
        for b in range(1, 64):
            exact = Fraction(a * b, 256)
            error = abs(Fraction(operations.multiply(a / 16, b / 16)) - exact)
            held = all(target.holds(Fraction(x, 16)) for x in (a, b))
            assert not held or error <= error_of(target, exact)


def test_what_may_overflow_has_no_bound() -> None:
    largest = Fraction(2) ** BF16.emax
    assert error_of(BF16, largest) == Fraction(2) ** (BF16.emax - BF16.precision - 1)
    with pytest.raises(InputError, match="may overflow bf16"):
        error_of(BF16, largest * Fraction(9, 8))


def test_a_margin_that_is_too_small_is_said() -> None:
    with pytest.raises(InputError, match=r"may be off by 0\.\d+, and its interval has room for"):
        region_table(NETWORK, MACHINE, "e5m2")


def test_what_has_no_form_is_said() -> None:
    network, machine = registers(2)
    with pytest.raises(InputError, match="one layer of one coordinate"):
        region_table(network, machine)
    with pytest.raises(InputError, match=r"rtz is not defined in the Coq"):
        region_table(NETWORK, MACHINE, "bf16:rtz")
    slow = dense(Fraction(3, 4))
    with pytest.raises(InputError, match="no intervals were found"):
        region_table(slow, LAST)
