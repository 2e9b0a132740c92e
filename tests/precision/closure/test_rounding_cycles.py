"""Letters with eigenvalues in [0, 1] that count for ever: proved, checked slowly, and twins."""

from __future__ import annotations

import json
import random
from fractions import Fraction as F

import pytest

from negeig.precision.closure.rounded_closure import closure
from negeig.precision.closure.rounding_cycles import counter, counts, residues, rounding_cycle
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.numbers.formats import FORMATS
from negeig.theory.networks.network import DeltaStep, DenseStep
from negeig.theory.networks.network_json import to_json
from support.command_line import negeig
from support.paths import ROOT

STORED = json.loads((ROOT / "benchmarks" / "results" / "positive.json").read_text())["rows"]
WIDE = [name for name, f in FORMATS.items() if f.precision >= 4 and f.smallest <= F(1, 2**6)]


def unit(name):
    return F(1, 2 ** (FORMATS[name].precision - 1))


def modulo_three(name):
    """One step of DeltaNet: beta 1, a key of length 1, eigenvalue 0."""
    u = unit(name)
    states = [(3 * u, -u), (11 * u / 4, -5 * u / 4), (5 * u / 2, -3 * u / 2)]
    return DeltaStep(F(1), (F(1, 2),) * 4, F(-1)), [(x, F(-2), y, y) for x, y in states]


def in_a_kernel():
    v = F(1, 2**24)
    step = DeltaStep(F(1), (F(1, 2),) * 4, F(-3, 2))
    return step, [(1 - i * v, F(-4), (5 - i) * v, (-3 - i) * v) for i in range(3)]


def least(name):
    smallest = FORMATS[name].smallest
    return DeltaStep(F(5, 16), (F(7, 4),), F(0)), [(smallest,), (-smallest,)]


def by_hand(step, state, format):
    """One step, every operation rounded to nearest: an evaluation that shares no code."""

    def fl(x):
        return F(format.nearest(x))

    total = fl(step.key[0] * state[0])
    for k, h in zip(step.key[1:], state[1:], strict=True):
        total = fl(total + fl(k * h))
    amount = fl(step.beta * fl(total - step.write))
    return tuple(fl(h - fl(k * amount)) for k, h in zip(step.key, state, strict=True))


@pytest.mark.parametrize("name", WIDE)
def test_one_step_of_deltanet_counts_modulo_three(name):
    step, cycle = modulo_three(name)
    assert step.eigenvalue == 0
    assert sum(k * k for k in step.key) == 1
    assert counts([step], cycle, name).verdict == "proved"
    state = cycle[0]
    for i in range(1, 8):
        state = by_hand(step, state, FORMATS[name])
        assert state == cycle[i % 3]


@pytest.mark.parametrize("name", [n for n, f in FORMATS.items() if f.holds(F(5, 16))])
def test_one_number_counts_modulo_two_at_the_end_of_the_range(name):
    step, cycle = least(name)
    assert step.eigenvalue == F(11, 256)
    found = counts([step], cycle, name)
    assert (found.verdict, found.states) == ("proved", 2)
    assert by_hand(step, cycle[0], FORMATS[name]) == cycle[1]


def test_contraction_changes_nothing_there():
    assert counts([least("fp32")[0]], least("fp32")[1], "fp32:fma?").verdict == "proved"
    step, cycle = modulo_three("fp32")
    assert counts([step], cycle, "fp32:fma?").verdict == "proved"
    step, cycle = in_a_kernel()
    assert counts([step], cycle, "fused-recurrent").verdict == "proved"


# Twins: the model is part of each statement


@pytest.mark.parametrize("model", ["bf16:rtz", "bf16:pairwise", "bf16:acc32", "exact"])
def test_another_model_refutes_it(model):
    step, cycle = modulo_three("bf16")
    found = counts([step], cycle, model)
    assert found.verdict in ("collision", "wrong")


def test_flushing_ends_what_lives_among_subnormal_numbers():
    step, cycle = least("bf16")
    assert counts([step], cycle, "bf16").verdict == "proved"
    assert counts([step], cycle, "bf16:ftz").verdict == "collision"


@pytest.mark.parametrize(
    "step",
    [
        DeltaStep(F(1, 2), (F(1, 2),) * 4, F(-1)),
        DeltaStep(F(1), (F(1, 2),) * 4, F(-1, 2)),
        DeltaStep(F(1), (F(1, 2), F(1, 2), F(1, 2), F(-1, 2)), F(-1)),
    ],
)
def test_a_letter_with_one_number_changed_is_refuted(step):
    assert counts([step], modulo_three("bf16")[1], "bf16").verdict != "proved"


def test_the_cast_model_has_two_words_for_it(capsys, tmp_path):
    """Exact states, seen rounded: the same network fails there, as the theorem says."""
    step, cycle = modulo_three("bf16")
    network, task = tmp_path / "network.json", tmp_path / "task.json"
    network.write_text(json.dumps(to_json(counter([step], cycle))))
    machine = residues(3)
    task.write_text(
        json.dumps(
            {
                "alphabet": ["0", "1"],
                "initial": 0,
                "transitions": machine.transitions.tolist(),
                "outputs": [0, 1, 2],
            }
        )
    )
    code, out, _ = negeig(capsys, "collide", str(network), "--file", str(task), "--format", "bf16")
    assert (code, "no decoder" in out) == (1, True)


# The letters that the search found


def steps_of(letter):
    return [
        DeltaStep(F(s["beta"]), tuple(map(F, s["key"])), F(s["write"]))
        if "beta" in s
        else DenseStep(tuple(tuple(map(F, r)) for r in s["matrix"]), tuple(map(F, s["bias"])))
        for s in letter["steps"]
    ]


def dense_eigenvalues_lie_inside(matrix):
    (a, b), (c, d) = matrix
    trace, det = a + d, a * d - b * c
    return 0 < trace <= 2 and det > 0 and trace * trace >= 4 * det and trace <= 1 + det


@pytest.mark.parametrize("row", STORED, ids=lambda row: f"{row['family']} {row['format']}")
def test_every_stored_letter_is_proved_again(row):
    for period, letter in row["smallest"].items():
        steps, cycle = steps_of(letter), [tuple(map(F, p)) for p in letter["cycle"]]
        assert len(cycle) == int(period)
        for step in steps:
            if isinstance(step, DeltaStep):
                assert 0 <= step.eigenvalue <= 1
                assert not row["family"].startswith("unit") or sum(k * k for k in step.key) == 1
            else:
                assert dense_eigenvalues_lie_inside(step.matrix)
        found = counts(steps, cycle, row["format"])
        assert (found.verdict, found.states) == ("proved", int(period))
        assert rounding_cycle(steps, cycle[0], row["format"]) == tuple(cycle)
        exact = closure(counter(steps, cycle), residues(len(cycle)), "exact", max_states=50)
        assert exact.verdict in ("wrong", "collision")


def test_rounded_once_a_letter_no_single_step_was_found_to_count():
    rows = [r for r in STORED if ":acc32" in r["format"] and ", 1 x" in r["family"]]
    rows = [r for r in rows if not r["family"].startswith("dense")]
    assert len(rows) == 6
    assert all(set(r["periods"]) <= {"0", "1"} for r in rows)


def test_every_format_has_a_letter_of_both_periods():
    for name in {row["format"] for row in STORED if ":" not in row["format"]}:
        own = [row["smallest"] for row in STORED if row["format"] == name]
        assert {p for found in own for p in found} == {"2", "3"}


def test_a_block_is_the_same_each_time(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    import bench_positive as bench

    monkeypatch.setattr(bench, "LETTERS", 300)
    for family in (bench.FAMILIES[0], bench.FAMILIES[4], bench.FAMILIES[6]):
        one, two = (bench.measured(family, "e4m3fn", 3) for _ in range(2))
        assert {**one, "seconds": 0} == {**two, "seconds": 0}
        assert sum(one["periods"].values()) == one["letters"] > 50


# The rest


def test_a_start_that_overflows_has_no_cycle():
    doubling = DenseStep(((F(2),),), (F(0),))
    assert rounding_cycle([doubling], (F(1),), "bf16") == ()
    assert rounding_cycle([doubling], (F(1),), "e2m1fn") == ((F(6),),)  # it saturates


def test_a_tail_is_dropped():
    halving = DenseStep(((F(1, 2),),), (F(0),))
    assert rounding_cycle([halving], (F(1),), "e4m3fn") == ((F(0),),)
    assert parse("e4m3fn").state == FORMATS["e4m3fn"]


@pytest.mark.peers
@pytest.mark.parametrize(("make", "period"), [(in_a_kernel, 3), (lambda: least("fp32"), 2)])
def test_a_compiled_kernel_counts(capsys, tmp_path, make, period):
    """fla's recurrent kernel as compiled for sm_90: no negative eigenvalue, and every length."""
    step, cycle = make()
    network, task = tmp_path / "network.json", tmp_path / "task.json"
    network.write_text(json.dumps(to_json(counter([step], cycle))))
    rows = residues(period).transitions.tolist()
    outputs = list(range(period))
    task.write_text(
        json.dumps({"alphabet": ["0", "1"], "initial": 0, "transitions": rows, "outputs": outputs})
    )
    code, out, _ = negeig(
        capsys, "precision", str(network), "--file", str(task), "--json",
        "--arithmetic", "impl:fla.fused_recurrent_delta_rule@sm_90",
    )  # fmt: skip
    (result,) = json.loads(out)["results"]
    assert (code, result["verdict"], result["states"]) == (0, "proved", period)


# What theorems exclude: random letters in every arithmetic with one outcome


def drawn(rng, arithmetic, low):
    """A lower triangular letter with a diagonal from ``low`` up, a bias and a start, all held."""
    held, dim = parse(arithmetic).parameters, rng.randint(1, 3)

    def number(least, most):
        return F(held.nearest(F(rng.uniform(least, most))))

    rows = [
        [number(-1, 1) if j < i else number(low, 0.95) if i == j else F(0) for j in range(dim)]
        for i in range(dim)
    ]
    bias = tuple(number(-1, 1) for _ in range(dim))
    start = tuple(number(-2, 2) for _ in range(dim))
    return DenseStep(tuple(map(tuple, rows)), bias), start


MODELS = ("bf16", "fp16", "e4m3fn", "e5m2", "e3m2fn", "bf16:acc32", "bf16:rtz", "e4m3fn:ftz")


@pytest.mark.parametrize("name", MODELS)
def test_triangular_letters_come_to_rest_or_turn_signs(name):
    """Entries >= 0 on the diagonal: at rest. Any signs, diagonal: a period of 1 or 2."""
    rng = random.Random(name)
    rested, signs = 0, set()
    for _ in range(25):
        letter, start = drawn(rng, name, 0)
        rested += len(cycle := rounding_cycle([letter], start, name)) == 1
        assert len(cycle) <= 1
        letter, start = drawn(rng, name, -0.95)
        diagonal = tuple(
            tuple(x if i == j else F(0) for j, x in enumerate(row))
            for i, row in enumerate(letter.matrix)
        )
        signs.add(len(rounding_cycle([DenseStep(diagonal, letter.bias)], start, name)))
    assert rested > 20
    assert signs <= {0, 1, 2}


def test_a_diagonal_letter_that_turns_signs_has_period_two():
    assert len(rounding_cycle([DenseStep(((F(-1),),), (F(0),))], (F(1),), "bf16")) == 2
