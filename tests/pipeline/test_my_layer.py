"""``check --layer``: what is answered, held to an independent check, and the twins just outside."""

import json
import random
import shlex
from fractions import Fraction

import pytest

import negeig as package
from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.zoo import get
from negeig.claims import DEFAULT_RESOURCES, InputError
from negeig.pipeline.parts.layer_search import search
from negeig.pipeline.parts.reach import bounds_of
from negeig.theory.architectures.layer_inside import outside
from negeig.theory.architectures.layer_limits import broken, class_of
from negeig.theory.architectures.layer_reading import read_layer
from negeig.theory.bounds.limits import limits
from negeig.theory.networks.network_json import loads
from negeig.theory.networks.one_layer import one_hot
from support.command_line import negeig, valid

EXIT = {"possible": 0, "impossible": 1, "open": 3}


def ask(capsys, spec, *language):
    """Return the answer about one layer, its JSON held to the schema and to the exit code."""
    code, out, _ = negeig(capsys, "check", "--layer", spec, "--no-run", "--json", *language)
    document = valid(out)
    assert document["layers"] == [document["layer"]]
    answer = document["layer"]
    assert code == EXIT[answer["verdict"]]
    assert read_layer(answer["spec"]["text"]) == read_layer(spec)
    return answer


CASES = [
    ("parity", "family=delta,depth=4", "impossible", "T1"),
    ("ends-with:ab", "family=delta,beta=0..1,keys=free,dim=1,format=exact", "possible", "regions"),
    ("ends-with:ab", "family=delta,beta=0..1,keys=free,dim=1,format=fp64", "possible", "margin"),
    ("ends-with:ab", "family=delta,beta=0..1,keys=free,dim=1", "possible", "closure"),
    ("parity", "family=delta,beta=0..2", "possible", "closure"),
    ("parity", "family=delta,beta=0..below2", "open", None),
    ("parity", "family=delta,beta=0..below2,format=exact-orbit", "impossible", "isometry"),
    ("parity", "family=delta,beta=0..2,gate=0..below1", "open", None),
    ("parity", "family=delta,beta=0..2,eps=1e-6", "possible", "closure"),
    ("parity", "family=delta,beta=0..2,eps=0.1", "open", None),
    ("parity", "family=delta,beta=0..2,eps=1e-6,format=exact", "open", None),
    ("parity", "family=diagonal", "impossible", "T1"),
    ("parity", "family=diagonal,gate=-1..1", "possible", "closure"),
    ("parity", "family=rotation,gate=1", "possible", "closure"),
    ("parity", "family=dense,gate=0..1", "possible", "closure"),
    ("parity", "family=dense,spectrum=nonnegative", "impossible", "T1"),
    ("mod:3", "family=diagonal,gate=-1..1,depth=3", "impossible", "T2"),
    ("mod:3", "family=rotation", "possible", "closure"),
    ("mod:3", "family=rotation,gate=0..below1,format=exact-orbit", "impossible", "isometry"),
    ("sym:3", "family=rotation,depth=1", "impossible", "subnormal"),
    ("sym:3", "family=rotation,depth=2,format=exact", "possible", "closure"),
    ("quaternion", "family=rotation,depth=2", "possible", "closure"),
    ("alt:4", "family=rotation,depth=2,dim=2,heads=2,format=exact", "possible", "closure"),
    ("alt:4", "family=rotation,depth=2,dim=2,heads=1,format=exact", "open", None),
    ("dihedral:4", "family=diagonal,gate=-1..1,depth=1", "impossible", "subnormal"),
    ("alt:5", "family=rotation", "impossible", "subnormal"),
    ("mod:3", "family=delta,beta=0..2,depth=1", "impossible", "T2"),
    ("mod:3", "family=delta,beta=0..2,depth=2", "possible", "closure"),
    ("mod:3", "family=delta,beta=0..2,depth=1,steps=2", "possible", "closure"),
    ("mod:3", "family=delta,beta=0..2,steps=2,dim=1", "impossible", "T2"),
    ("mod:3", "family=dense,gate=0..1,dim=2", "possible", "closure"),
    ("mod:4", "family=diagonal,gate=-1..1,depth=1", "impossible", "rounded"),
    ("flipflop", "family=delta", "possible", "closure"),
    ("flipflop", "family=diagonal", "possible", "closure"),
    ("flipflop", "family=diagonal,gate=above0..1,format=exact-orbit", "impossible",
     "invertible-steps"),
    ("first-symbol", "family=dense", "possible", "closure"),
    ("first-symbol", "family=dense,gate=0..1,depth=1,format=exact-orbit", "impossible",
     "idempotents"),
]  # fmt: skip


@pytest.mark.parametrize(("zoo", "spec", "verdict", "theorem"), CASES)
def test_answers(capsys, zoo, spec, verdict, theorem):
    answer = ask(capsys, spec, "--zoo", zoo)
    assert (answer["verdict"], answer["theorem"]) == (verdict, theorem)
    depth, exact = read_layer(spec).depth, read_layer(spec).is_exact
    assert (answer["fails_by"] is not None) == (
        verdict == "impossible" and depth is not None and not exact and theorem != "subnormal"
    )
    assert (answer["model"] is not None) == (verdict == "impossible")
    if verdict == "possible":
        hold_to_the_specification(answer, zoo)
    else:
        assert answer["network"] is None


def hold_to_the_specification(answer, zoo):
    """Check the network of an answer again: words, proofs, and the ranges by plain fractions."""
    network, spec = loads(json.dumps(answer["network"])), answer["spec"]
    machine = get(zoo).minimal()
    rng = random.Random(7)
    if network.field is None:
        for _ in range(20):
            word = [rng.choice(machine.alphabet) for _ in range(rng.randrange(12))]
            assert network.run(word) == tuple(machine.outputs[q] for q in states(machine, word))
    arithmetics = [spec["state"]] if not spec["state"].startswith("exact") else ["exact"]
    results = package.prove(network, machine, arithmetics).results
    assert [found.verdict for _, found in results] == ["proved"]
    assert set(answer["proved_in"]) >= {spec["state"]} or "exact" in arithmetics
    assert spec["depth"] == "any" or len(network.layers) <= spec["depth"]
    if spec["family"] != "delta":
        return
    low, high = (Fraction(part) for part in spec["beta"].split(".."))
    for layer in answer["network"]["layers"]:
        assert layer["dim"] <= spec["heads"] * spec["dim"]
        for steps in layer["steps"].values():
            assert len(steps) <= spec["heads"] * spec["steps"]
            for step in steps:
                square = sum(Fraction(k) ** 2 for k in step["key"])
                assert low <= Fraction(step["beta"]) * square <= high
                assert square == 1


def states(machine, word):
    found = [machine.initial]
    for letter in word:
        found.append(machine.transitions[found[-1]][machine.alphabet.index(letter)])
    return found


RANGES = [
    "family=delta,beta=0..1", "family=delta,beta=0..2", "family=delta,beta=0..below2",
    "family=delta,beta=0..1,steps=2", "family=delta,beta=0..2,steps=2,dim=2",
    "family=delta,beta=1..2,steps=3,heads=2", "family=delta,beta=1/2..2,gate=-1..1",
    "family=diagonal", "family=diagonal,gate=-1..1", "family=diagonal,gate=above0..1",
    "family=rotation,gate=1", "family=dense,gate=0..1,dim=3", "family=dense,dim=4",
]  # fmt: skip


@pytest.mark.parametrize("zoo", ["parity", "mod:3", "mod:4", "flipflop", "first-symbol"])
def test_nothing_impossible_has_a_network(zoo):
    """Whatever a theorem excludes, no network that is proved inside contradicts it."""
    machine = get(zoo).minimal()
    monoid = transition_monoid(machine)
    rows, bounds = limits(machine, monoid), bounds_of(machine, DEFAULT_RESOURCES, monoid)
    excluded, able = [], []
    for text in RANGES:
        free = read_layer(text, {"format": "exact-orbit"})
        _, networks = search(free, machine, bounds, DEFAULT_RESOURCES)
        proved = [n for n in networks if n.is_proved(free)]
        for depth in (1, 2, 3):
            spec = read_layer(free, {"depth": depth})
            class_ = class_of(spec)
            theorems = [r for r in rows if r.class_ == class_ and r.verdict == "impossible"]
            if theorems or broken(spec, bounds):
                excluded.append((text, depth))
            if any(not outside(spec, n.network) for n in proved):
                able.append((text, depth))
    assert not set(excluded) & set(able)
    assert len(excluded) > 3
    assert len(able) > 3


def test_the_frontier_of_three_objects(capsys):
    rows = ask(capsys, "family=delta,beta=0..2", "--zoo", "sym:3")["frontier"]
    assert [(r["steps"], r["layers"], r["least"]) for r in rows] == [(1, 2, 2), (2, 1, 1)]
    assert rows[0]["theorem"] == "period-steps"
    for row in rows:
        assert row["proved_in"] == ["exact", "bf16"]
        words = shlex.split(row["command"])[1:]
        code, out, _ = negeig(capsys, *words, "--json")
        assert code == 0
        built = loads(out)
        allowed = read_layer("family=delta,beta=0..2", {"steps": row["steps"]})
        assert outside(allowed, built) == ()
        assert len(built.layers) == row["layers"]


@pytest.mark.parametrize(
    ("zoo", "layer", "least"),
    [
        ("dyck1:2", "beta=0..2,eps=1e-6", 1),  # vanishes where the layer runs, which leaves -1
        ("dyck1:2", "beta=0..below2", 3),
        ("starts-with:a", "beta=0..2,eps=1e-6", 2),
        ("mod:3", "beta=0..2,eps=1e-6", 1),
    ],
)
def test_no_network_of_the_frontier_is_below_the_bound_beside_it(capsys, zoo, layer, least):
    rows = ask(capsys, f"family=delta,{layer},steps=4,depth=3", "--zoo", zoo)["frontier"]
    assert all(row["layers"] is None or row["layers"] >= row["least"] for row in rows), rows
    assert min(row["least"] for row in rows) == least


def test_depth_and_steps_change_what_five_objects_take(capsys):
    base = "family=delta,beta=0..2,depth=1,steps="
    one = ask(capsys, base + "1", "--zoo", "sym:5")
    assert (one["verdict"], one["theorem"], one["model"]) == ("impossible", "T2", "cast")
    rows = {r["steps"]: (r["layers"], r["least"]) for r in one["frontier"]}
    assert rows[4] == (1, 1)
    assert rows[3][0] > rows[3][1] == 2  # known is not least
    three = ask(capsys, base + "3", "--zoo", "sym:5")
    assert three["verdict"] == "open"
    assert "at least 4 steps a token" in three["reason"]
    assert ask(capsys, base + "4", "--zoo", "sym:5")["verdict"] == "possible"


def test_options_count_instead_of_the_specification(capsys):
    def verdict(*options):
        code, out, _ = negeig(capsys, "check", "--no-run", "--json", *options)
        (answer,) = valid(out)["layers"]
        assert code == EXIT[answer["verdict"]]
        return answer["verdict"]

    mine = ("--layer", "family=delta,beta=0..2,depth=2", "--zoo", "mod:3")
    assert verdict(*mine) == "possible"
    assert verdict(*mine, "--depth", "1") == "impossible"
    arch = ("--arch", "deltanet-negative", "--zoo", "mod:3")
    assert verdict(*arch, "--depth", "2") == "possible"
    assert verdict(*arch, "--depth", "1") == "impossible"
    assert verdict(*arch, "--depth", "2", "--dim", "2") == "open"
    assert verdict(*arch, "--depth", "2", "--format", "exact") == "open"
    small = ("--layer", "family=delta,beta=0..2,dim=1", "--zoo", "sym:2:all")
    assert verdict(*small) == verdict(*small, "--heads", "3") == "possible"


def test_a_network_that_a_format_does_not_prove_is_named(capsys):
    answer = ask(capsys, "family=rotation,depth=2", "--zoo", "sym:3")
    assert answer["verdict"] == "open"
    told = "the clocks network is inside once rounded to bf16, but not proved in bf16"
    assert told in answer["reason"]
    assert "the limit is 20,000; raise it with --effort" in answer["reason"]
    assert "--max-closure" not in answer["reason"]

    def limited(states):
        given = ("check", "--layer", "family=rotation,depth=2", "--zoo", "sym:3", "--no-run")
        code, out, _ = negeig(capsys, *given, "--json", "--max-closure", states)
        assert code == 3
        return valid(out)["layer"]["reason"]

    assert "the limit is 500; raise it with --max-closure" in limited("500")


def test_no_depth_helps_only_where_the_theorem_says_so(capsys):
    def explained(spec):
        out = negeig(capsys, "check", "--no-run", "--zoo", "mod:3", "--layer", spec)[1]
        return next(line.strip() for line in out.splitlines() if "negeig explain" in line)

    every = "family=diagonal,gate=-1..1,depth=3"
    assert explained(every) == "negeig explain T2 (any depth, states cast to a format)"
    one = "family=delta,beta=0..2,depth=1"  # two layers can
    assert [ask(capsys, s, "--zoo", "mod:3")["any_depth"] for s in (every, one)] == [True, False]
    assert explained(one) == "negeig explain T2 (states cast to a format)"


def test_what_a_bound_assumes_is_said_of_the_layer_in_question(capsys):
    reason = ask(capsys, "family=rotation,gate=0..below1,depth=2", "--zoo", "parity")["reason"]
    assert "with finitely many exact states it is impossible" in reason
    assert "(assuming matrices of norm at most 1)" in reason
    reason = ask(capsys, "family=delta,beta=0..below2", "--zoo", "parity")["reason"]
    assert "(assuming delta steps with eigenvalues in [-1, 1])" in reason


@pytest.mark.parametrize(("zoo", "proved_in"), [("mod:3", ["bf16"]), ("mod:4", ["exact", "bf16"])])
def test_what_is_proved_is_proved_of_the_numbers_shown(capsys, zoo, proved_in):
    """221/256 for half the root of 3 shortens every turn: exactly, it loses count in the end."""
    answer = ask(capsys, "family=rotation", "--zoo", zoo)
    assert answer["proved_in"] == answer["frontier"][0]["proved_in"] == proved_in
    network = loads(json.dumps(answer["network"]))
    machine = get(zoo).minimal()
    claim = package.prove(network, machine, ["exact"]).results[0][1]
    assert (claim.verdict == "proved") == ("exact" in proved_in)


def test_open_ends_that_alone_keep_a_network_out_are_named(capsys):
    hint = "with its open ends reached the scalar network is inside"
    assert hint in ask(capsys, "arch=mamba,depth=4", "--zoo", "flipflop")["reason"]
    assert ask(capsys, "arch=mamba,depth=4,gate=0..1", "--zoo", "flipflop")["verdict"] == "possible"
    beyond = ask(capsys, "family=delta,beta=0..below1.5", "--zoo", "parity")
    assert "open ends reached" not in beyond["reason"]


def test_lengths_follow_the_sizes(capsys):
    def exponent(*options):
        given = (
            "check",
            "--layer",
            "family=delta,depth=2",
            "--zoo",
            "parity",
            "--no-run",
            "--json",
        )
        return valid(negeig(capsys, *given, *options)[1])["layer"]["fails_by"]["power_of_two"]

    first = exponent()
    assert exponent("--depth", "4") > first < exponent("--heads", "8")
    assert exponent("--dim", "16") < first > exponent("--format", "e4m3fn")


def test_a_layer_beside_architectures_is_a_table(capsys):
    given = ("check", "--layer", "family=delta,beta=0..2", "--arch", "mamba2,olmo_hybrid", "(11)*")
    code, out, _ = negeig(capsys, *given, "--no-run")
    assert code == 1
    rows = [line.split() for line in out.splitlines()]
    assert ["asked", "my", "layer", "possible", "closure"] in rows
    assert ["Mamba-2", "impossible", "T1"] in rows
    document = valid(negeig(capsys, *given, "--no-run", "--json")[1])
    assert (document["layer"]["name"], len(document["answers"])) == ("my layer", 2)


def test_a_model_has_as_many_layers_as_it_has_and_says_which(capsys):
    def answer(*options):
        given = ("check", "(11)*", "--no-run", "--json", "--arch", "qwen3_next", *options)
        return valid(negeig(capsys, *given)[1])["layer"]

    found = answer("--heads", "32")
    assert (found["spec"]["depth"], found["spec"]["heads"]) == (36, 32)
    assert "its 12 attention layers are outside the theorems" in found["reason"]
    assert found["fails_by"]["layers"] == 36
    assert answer("--depth", "2")["fails_by"]["layers"] == 2


def test_what_a_person_sees(capsys):
    given = ("check", "--no-run", "--zoo", "parity", "--layer")
    out = negeig(capsys, *given, "arch=mamba2,depth=64,heads=8")[1]
    assert "fails by     64 layers of 8 heads of dimension 64, states cast to bf16, are" in out
    assert "negeig explain T1 (any depth, states cast to a format)" in out
    assert "and by" in out
    assert "every operation rounded" in out
    out = negeig(capsys, *given, "family=delta,beta=0..2")[1]
    assert "frontier     steps  layers  at least  proved in" in out


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        (["--layer", "family=delta,beta=2..0"], ["the range beta=2..0 is empty"]),
        (["--layer", "family=rnn"], ["unknown family 'rnn'; the families are"]),
        (["--layer", "family=delta,format=bf17"], ["bf17"]),
        (["--layer", "family=delta,state=bf17"], ["state", "bf17"]),
        (["--layer", "none.json"], ["none.json", "cannot be read"]),
        (["--depth", "2"], ["depth: sizes of layers", "--layer", "--arch"]),
        (["--layer", "arch=rwkv7"], ["of none of the families", "without --depth and"]),
        (["--layer", "arch=path"], ["outside what the theorems are about"]),
        (["--layer", "family=delta", "--depth", "0"], ["--depth"]),
    ],
)
def test_bad_input(capsys, options, parts):
    code, out, err = negeig(capsys, "check", "(11)*", *options)
    assert (code, out) == (2, "")
    for part in parts:
        assert part in err


def test_from_python():
    for layer in ("family=delta,beta=0..2", {"family": "delta", "beta": [0, 2]},
                  read_layer("family=delta,beta=0..2")):  # fmt: skip
        (answer,) = package.check("(11)*", layer=layer, backends=()).layers
        assert answer.verdict == "possible"
        assert "bf16" in answer.inside.proved_in
    result = package.check("(11)*", layer="family=delta", depth=3, backends=())
    assert (result.verdict, result.layers[0].fails_by.layers) == ("refuted", 3)
    with pytest.raises(InputError):
        package.check("(11)*", layer={"family": "delta", "dim": 1.5})


def test_an_epsilon_that_rounding_makes_vanish_is_no_proof_in_exact_arithmetic(capsys):
    answer = ask(capsys, "family=delta,beta=0..2,eps=1e-6", "--zoo", "parity")
    assert answer["proved_in"] == ["bf16"]
    assert "times 256" in answer["reason"]
    assert ask(capsys, "family=delta,beta=0..2", "--zoo", "parity")["proved_in"] == [
        "exact",
        "bf16",
    ]


def test_one_hot_networks_are_the_machine():
    machine = get("dihedral:3").minimal()
    made = one_hot(machine)
    for word in (("r", "s", "r"), ("s", "s"), ()):
        assert made.run(word) == tuple(machine.outputs[q] for q in states(machine, word))
    ((_, found),) = package.prove(made, machine, ["bf16"]).results
    assert found.verdict == "proved"
