"""What follows from the catalogue for tasks: rows of verdicts, and the architecture asked about."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from negeig import api
from negeig.automata import zoo
from negeig.automata.monoids.monoid import transition_monoid
from negeig.theory import architectures
from negeig.theory.architectures import find
from negeig.theory.architectures.verdicts import contained, verdicts
from negeig.theory.bounds.limits import limits
from support.candidates import candidates
from support.command_line import negeig, valid
from support.exact_matrices import exact, unit

BY_ID = {a.id: a for a in architectures.entries()}


def architecture_rows(name):
    machine = zoo.get(name).minimal()
    found = candidates(machine)
    networks = [found[0].network] if isinstance(found, list) else []
    rows = verdicts(limits(machine, transition_monoid(machine), networks=networks), networks)
    return {find(row.name).id: row for row in rows}


def test_architectures_on_parity():
    rows = architecture_rows("parity")
    assert len(rows) == len(architectures.entries())
    classes = ("nonnegative-diagonal", "nonnegative-symmetric", "nonnegative-spectrum")
    impossible = {name for name, row in rows.items() if row.verdict == "impossible"}
    assert impossible == {a.id for a in architectures.entries() if a.inside in classes}
    assert {"linear-attention", "gla", "mamba", "mamba-2", "deltanet", "kda"} <= impossible
    assert rows["deltanet-negative"].to_json() == {
        "name": "DeltaNet (beta <= 2)",
        "verdict": "possible",
        "theorem": "closure",
        "layers": None,
    }
    # A product of three projections may have complex eigenvalues.
    assert rows["deltaproduct"].verdict == "open"


@pytest.mark.exhaustive
def test_architectures_on_star_free_and_group_tasks():
    rows = architecture_rows("contains:ab")
    assert (rows["mamba"].verdict, rows["mamba"].theorem) == ("possible", "star-free")
    assert rows["retnet"].verdict == "open"
    rows = architecture_rows("sym:5")
    assert rows["s4d"].theorem == "subnormal"
    assert rows["deltanet-negative"].verdict == "open"  # four steps a token are at hand
    assert rows["deltaproduct-negative"].verdict == "possible"
    rows = architecture_rows("sym:5:swaps")
    assert rows["deltanet-negative"].verdict == "possible"
    rows = architecture_rows("modarith:3")
    assert rows["deltaproduct-negative"].theorem == "closure"  # the cascade
    assert rows["deltaproduct-2-negative"].verdict == "open"
    undecided = limits(zoo.get("contains:ab").minimal(), None)
    by_name = {row.name: row.verdict for row in verdicts(undecided)}
    assert by_name["Mamba"] == "open"
    assert by_name["DeltaProduct (any steps, beta <= 2)"] == "possible"


@pytest.mark.parametrize("name", ["parity", "mod:3", "sym:5", "contains:ab", "flipflop"])
def test_a_wider_range_never_does_less(name):
    """What the smaller range can do, the larger one can."""
    rows = architecture_rows(name)
    for a in architectures.entries():
        if a.wider is not None and rows[a.id].verdict == "possible":
            assert rows[a.wider].verdict == "possible", a.id


def test_what_is_possible_by_a_theorem_is_possible_with_a_wider_range():
    """Mamba does what is star-free; with the range [-1, 1] too, and nothing else is changed."""
    rows = architecture_rows("contains:ab")
    wider = rows["mamba-negative"]
    assert (rows["mamba"].verdict, rows["mamba"].theorem) == ("possible", "star-free")
    assert (wider.name, wider.verdict, wider.theorem) == (
        "Mamba (range [-1, 1])",
        "possible",
        "star-free",
    )
    assert rows["rwkv-7"].verdict == "open"
    rows = architecture_rows("parity")
    assert (rows["mamba-negative"].verdict, rows["mamba-negative"].theorem) == (
        "possible",
        "closure",  # the network at hand is diagonal with the eigenvalue -1
    )
    assert rows["mamba"].verdict == "impossible"


def test_matrices_of_a_smaller_range_are_matrices_of_the_wider_one():
    """Every kind of matrix that has a wider one: the parameters that give the same matrix."""
    assert {a.id for a in architectures.entries() if a.wider is not None} == {
        "mamba", "rwkv-7", "deltanet", "gated-deltanet", "deltaproduct-2", "deltaproduct", "kda",
        "hgrn", "gated-deltaproduct-2", "gated-deltaproduct", "gated-deltanet-2",
    }  # fmt: skip
    for a in architectures.entries():
        if a.low is not None and a.wider is not None:
            # The same factors: beta in [0, 1] is in [0, 2].
            wider = BY_ID[a.wider]
            assert a.matrix.replace("beta in [0, 1]", "beta in [0, 2]") == wider.matrix
            assert (a.low, wider.low, a.steps) == (0, -1, wider.steps)
            assert (a.gate, a.keys) == (wider.gate, wider.keys)
    # diag(w) - k (a * k)^T = diag(w) - 2 k (a/2 * k)^T, with a/2 in (0, 1) where a is.
    rng = random.Random(5)
    key, w, a = unit(rng, 3), Fraction(3, 4), Fraction(5, 8)
    one, two = (
        exact([[w * (i == j) - c * key[i] * gate * key[j] for j in range(3)] for i in range(3)])
        for c, gate in ((1, a), (2, a / 2))
    )
    assert one == two
    # exp(-x) = 2 exp(-y) - 1 with exp(-y) = (1 + exp(-x)) / 2 in (1/2, 1), so y > 0.
    assert all(0 < (1 + Fraction(i, 10)) / 2 < 1 for i in range(1, 10))


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("mamba-negative", None),
        ("rwkv-7", "-0.46"),
        ("rwkv-7-wide", "-1.46"),
        ("lru", "-1"),
        ("hgrn", None),
        ("hgrn-complex", "-1"),
        ("mamba-3", "-1"),
        ("mamba", None),
        ("deltanet-negative", None),
        ("gated-deltanet-negative", None),
        ("pd-ssm", None),
        ("linear-attention", None),
    ],
)
def test_negative_ends_that_are_not_reached(name, end):
    assert BY_ID[name].negative_end == (None if end is None else Fraction(end))


@pytest.mark.parametrize(
    ("arch", "language", "parts"),
    [
        ("rwkv-7", "(11)*", ["the eigenvalue -1", "does not reach: real, above -0.46"]),
        ("retnet", "(a|b|c)*ac*", ["no construction is known"]),
        (
            "deltaproduct",
            "(11)*",
            [
                "open in the cast model; with finitely many exact states it is impossible: letter",
                "period 2",
            ],
        ),
    ],
)
def test_an_open_row_says_why_it_is_open(arch, language, parts):
    asked = api.check(language, architecture=arch, backends=()).requested
    assert asked.verdict == "open"
    for part in parts:
        assert part in asked.reason
    assert "assuming" not in asked.reason


@pytest.mark.parametrize(
    ("arch", "language", "code", "verdict", "theorem"),
    [
        ("mamba", "(11)*", 1, "impossible", "T1"),
        ("deltanet-negative", "(11)*", 0, "possible", "closure"),
        ("retnet", "(11)*", 3, "open", None),
        ("deltanet-negative", "(111)*", 0, "possible", "closure"),
        ("deltanet", "(111)*", 1, "impossible", "T1"),
        ("pd-ssm", "a(a|b)*", 0, "possible", "one-hot"),
        ("DeltaNet (beta <= 1)", "a(a|b)*", 0, "possible", "regions"),
    ],
)
def test_check_an_architecture(capsys, arch, language, code, verdict, theorem):
    found, out, _ = negeig(capsys, "check", "--arch", arch, language, "--no-run", "--json")
    assert found == code
    asked = valid(out)["requested"]
    assert (asked["id"], asked["verdict"]) == (find(arch).id, verdict)
    assert asked["theorem"] == theorem
    assert asked["reason"]
    found, out, _ = negeig(capsys, "check", "--arch", arch, language, "--no-run")
    assert found == code
    assert any(line.startswith(verdict) for line in out.splitlines())


def test_a_delta_rule_is_searched_for_in_several_layers():
    """One step a token does not count modulo 3 in one layer; in two it does."""
    result = api.check("(111)*", architecture="deltanet-negative", backends=())
    assert result.construction.cost[1] == 2
    assert result.requested.verdict == "possible"
    assert "two-reflections" in result.requested.reason


@pytest.mark.parametrize("as_json", [False, True])
def test_an_unknown_architecture_is_bad_input(capsys, as_json):
    arguments = ["check", "--arch", "mambo", "(11)*", *(["--json"] if as_json else [])]
    code, out, err = negeig(capsys, *arguments)
    assert code == 2
    assert "did you mean mamba" in (valid(out)["message"] if as_json else err)


@pytest.mark.parametrize("architecture", architectures.entries(), ids=lambda a: a.id)
def test_explain_an_architecture(capsys, architecture):
    code, out, _ = negeig(capsys, "explain", architecture.id, "--json")
    assert code == 0
    assert valid(out)["architecture"] == architecture.to_json()
    code, out, _ = negeig(capsys, "explain", architecture.name)
    assert code == 0
    assert out.startswith(f"{architecture.id}: {architecture.name}\n")
    assert architecture.source.split(",")[0] in " ".join(out.split())


INSIDE = {
    "nonnegative-diagonal": {
        "nonnegative-symmetric",
        "nonnegative-spectrum",
        "real-diagonal",
        "complex-diagonal",
    },
    "nonnegative-symmetric": {"nonnegative-spectrum"},
    "real-diagonal": {"complex-diagonal"},
}


@pytest.mark.parametrize("architecture", architectures.entries(), ids=lambda a: a.id)
def test_what_is_contained_is_in_every_class_of_what_contains_it(architecture):
    """Otherwise a limit would exclude what an architecture inside can do."""
    a = architecture
    for inner in map(find, contained(a.id)):
        assert a.id not in contained(inner.id)
        if a.inside is not None:
            assert inner.inside is not None
            assert a.inside in {inner.inside, *INSIDE.get(inner.inside, ())}
        if a.least is not None and inner.least is not None:
            assert inner.least.value >= a.least.value
        if a.norm_squared is not None:
            assert inner.norm_squared is not None
            assert inner.norm_squared <= a.norm_squared


def test_theorems_on_contractions_are_about_contractions():
    for a in architectures.entries():
        if a.low is not None:  # which budgets and lower bounds are asked about
            assert a.norm_squared == 1, a.id


@pytest.mark.parametrize("name", ["parity", "contains:ab", "flipflop", "mod:3"])
def test_no_architecture_does_less_than_one_inside_it(name):
    rows = architecture_rows(name)
    for a in architectures.entries():
        for inner in contained(a.id):
            if rows[inner].verdict == "possible":
                assert rows[a.id].verdict == "possible", (a.id, inner)
            if rows[a.id].verdict == "impossible":
                assert rows[inner].verdict == "impossible", (a.id, inner)


def test_gateloop_can_do_what_gla_can():
    asked = api.check("a(a|b)*", architecture="gateloop", backends=()).requested
    assert (asked.verdict, asked.theorem) == ("possible", "regions")
    assert asked.reason.startswith("the diagonal network")
    twin = api.check("a(a|b)*", architecture="lru", backends=()).requested
    assert twin.verdict == "open"  # one matrix for all letters


def test_containment_reaches_through():
    assert contained("gated-deltanet-2-negative")[:2] == ("kda-negative", "gated-deltanet-2")
    assert {"kda", "gated-deltanet", "deltanet-negative", "deltanet"} <= set(
        contained("gated-deltanet-2-negative")
    )
    assert contained("deltanet") == ()
