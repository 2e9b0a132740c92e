"""The compiler: golden costs, every small machine, random machines, the zoo, and its files."""

from __future__ import annotations

import json
import random

import pytest

from negeig import api
from negeig.automata import zoo
from negeig.automata.decomposition.subduction import height
from negeig.automata.zoo import entries
from negeig.claims import InputError, Verdict
from negeig.kernels.tensor_file import read as read_tensors
from negeig.pipeline import compile as compile_module
from negeig.pipeline.parts.front import Point
from negeig.pipeline.parts.outputs import write_network
from negeig.pipeline.parts.proving import is_held
from negeig.report.terminal.compile import compilation_text
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.constructions.budget import Budget
from negeig.theory.constructions.route import published_bound
from negeig.theory.networks.network_json import dumps, loads
from support.command_line import negeig, valid
from support.fronts import check_bounds, check_points
from support.machines import drawn
from support.structures import small_structures, up_to_exchanged_letters


def compiled(name, **budget):
    return api.compile(zoo=name, budget=Budget(**budget))


def proofs(made):
    return [(claim.id, claim.verdict) for claim in made.claims]


EXACT = [("exact", Verdict.PROVED)]
EXACT_AND_BF16 = [*EXACT, ("bf16", Verdict.PROVED)]


# Golden costs: layers, steps a token, dimension


@pytest.mark.parametrize(
    ("name", "cost"),
    [
        ("parity", (1, 1, 1)),
        *((f"mod:{m}", (1, 2, 2)) for m in range(3, 10)),
        ("sym:4:swaps", (1, 1, 3)),
        ("sym:5:swaps", (1, 1, 4)),
        ("alt:4", (1, 2, 3)),
        ("alt:5", (1, 2, 3)),
        ("quaternion", (1, 3, 4)),
        ("dyck1:1", (1, 2, 2)),
        ("dyck1:4", (1, 5, 5)),
        ("flipflop", (1, 1, 1)),
        ("starts-with:a", (2, 1, 1)),
    ],
)
def test_golden_costs(name, cost):
    made = compiled(name)
    assert made.construction.cost == cost
    assert proofs(made) == EXACT
    assert exact_closure(made.network, zoo.get(name).minimal()).verdict == "proved"


@pytest.mark.parametrize(
    ("name", "cost"),
    [
        *((f"mod:{m}", None) for m in range(3, 10)),
        ("sym:5:swaps", (1, 1, 5)),
        ("alt:5", (1, 4, 5)),
        ("starts-with:a", (2, 1, 1)),
    ],
)
def test_golden_costs_in_bf16(name, cost):
    made = compiled(name, format="bf16")
    assert proofs(made) == EXACT_AND_BF16
    assert cost is None or made.construction.cost == cost


def test_alternating_words_take_one_layer():
    made = api.compile("(ab)*")
    assert made.construction.cost[0] == 1
    assert made.network.run("abab") == (1, 0, 1, 0, 1)


def test_one_layer_is_impossible_where_two_are_needed():
    made = compiled("starts-with:a")
    bound = max((b for b in made.bounds if b.quantity == "layers"), key=lambda b: b.value)
    assert (bound.value, bound.theorem) == (2, "idempotents")
    assert "idempotent" in bound.reason
    assert bound.to_json() in made.about()["lower_bounds"]


# Everything small, some at random, the whole zoo


def check_front(made):
    assert made.construction in [point.construction for point in made.front]
    assert min(point.cost for point in made.front) == made.construction.cost
    check_points(made.front)
    check_bounds(made.front, made.bounds)


@pytest.mark.long
def test_every_small_structure_is_compiled():
    """All 1,054 languages of at most 3 states over two letters have one of these structures.

    Or have it with their letters exchanged.
    """
    layers = []
    for machine in up_to_exchanged_letters(small_structures()):
        made = api.compile(machine=machine)
        assert proofs(made) == EXACT
        check_front(made)
        layers.append(made.construction.cost[0])
        assert layers[-1] <= height(machine)
    assert len(layers) == 122
    assert set(layers) == {0, 1, 2}


SEEDS = range(30)


def random_machine(seed):
    """A minimal machine of 4 to 8 states, 2 or 3 letters; as in benchmarks/bench_compile.py."""
    source = random.Random(seed)
    states, letters = source.randint(4, 8), source.randint(2, 3)
    while True:
        machine = drawn(source, states, letters, outputs=2)
        if machine.minimal().size == states:
            return machine.minimal()


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", SEEDS)
def test_random_machines_are_compiled(seed):
    """Layers between the lower bound and the height of the plain cascade; none is missing."""
    machine = random_machine(seed)
    made = api.compile(machine=machine)
    assert proofs(made) == EXACT
    bounds = [b for b in made.bounds if b.quantity == "layers" and not b.no_reflections]
    least = max(bound.value for bound in bounds)
    assert least <= made.construction.cost[0] <= height(machine)
    check_front(made)
    published = made.about()["published_bound"]
    assert published["layers"] >= made.construction.cost[0]


LARGE = {
    *("modarith:5", "modarith:3:precedence", "modarith:5:precedence", "quaternion", "dyck2:3"),
    *("sym:5:all", "alt:5:all", "cyclic:60:all", "adder", "flipflop-wir"),
    *("product:alt:4,cyclic:5:all", "product:sym:3,cyclic:10:all"),
}
"""Examples of the zoo that take seconds: tests/proofs_checks/test_checker_everything.py has all."""
EXAMPLES = [e for entry in entries() for e in entry.examples if e not in LARGE]


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_zoo_is_compiled(name):
    machine = zoo.get(name).minimal()
    made = api.compile(zoo=name)
    assert proofs(made) == EXACT
    check_front(made)
    about = made.about()
    assert about["published_bound"] == published_bound(machine)
    assert about["cost"] == dict(
        zip(("layers", "steps", "dim"), made.construction.cost, strict=True)
    )
    promised = published_bound(machine)["layers"]
    assert promised is None or made.construction.cost[0] <= max(promised, 1)


def test_a_point_is_beaten_by_one_that_is_better_somewhere_and_worse_nowhere():
    first, *others = compiled("sym:5").front
    assert others
    better = Point(first.construction, representable=True, claims=first.claims)
    worse = Point(first.construction, representable=False, claims=first.claims)
    assert better.beats(worse)
    assert not worse.beats(better)
    assert not better.beats(better)


def test_a_broken_route_is_never_the_winner(monkeypatch):
    """A route that proposes a wrong network at no cost: refused by the proof, and it says so."""
    from negeig.theory.constructions.direct import scalar

    wrong = scalar.construct(zoo.get("parity").minimal())
    monkeypatch.setitem(vars(scalar.ROUTE), "construct", lambda machine: wrong)
    made = api.compile(zoo="mod:3")
    assert made.route != "scalar"
    assert [other.route for other, _ in made.rejected] == ["scalar"]
    assert "refuted" in made.rejected[0][1]


# What is written


NAMES = ["parity", "mod:5", "sym:4", "starts-with:a", "transformations:3"]


@pytest.mark.parametrize("name", NAMES)
def test_json_validates_and_is_read_back(capsys, tmp_path, name):
    path = tmp_path / "network.json"
    code, out, _ = negeig(capsys, "compile", "--zoo", name, "--json", "-o", str(path))
    assert code == 0
    document = valid(out)
    about = document["about"]
    assert list(about) == [
        *("route", "idea", "source", "cost", "budget", "claims", "front", "lower_bounds"),
        *("depth", "published_bound", "rejected", "routes", "limits", "stopped"),
    ]
    written = valid(path.read_text())
    for each in (about, written["about"]):
        for claim in each["claims"]:
            del claim["seconds"]
    assert written == document
    network = loads(path.read_text())
    assert exact_closure(network, zoo.get(name).minimal()).verdict == "proved"
    assert dumps(network, about=document["about"]) == dumps(
        loads(dumps(network)), about=document["about"]
    )


@pytest.mark.parametrize("name", ["parity", "sym:4:swaps", "starts-with:a"])
def test_tensors_are_read_back(capsys, tmp_path, name):
    """Both files at once; the tensors hold the same network, exactly."""
    tensors, text = tmp_path / "w.safetensors", tmp_path / "n.json"
    arguments = ["compile", "--zoo", name, "--format", "bf16", "--dtype", "bfloat16"]
    code, out, err = negeig(capsys, *arguments, "-o", str(tensors), "-o", str(text))
    assert (code, out) == (0, "")
    assert err.splitlines() == [
        f"negeig: wrote {tensors}: the network as tensors, bfloat16",
        f"negeig: wrote {text}: the network as JSON",
    ]
    from negeig.kernels.tensors import load

    stored = load(str(tensors))
    machine, network = zoo.get(name).minimal(), loads(text.read_text())
    for seed in range(5):
        word = random.Random(seed).choices(machine.alphabet, k=50)
        assert stored.run(word) == network.run(word) == machine.run(word)
    _, _, metadata = read_tensors(str(tensors))
    about = next(json.loads(text)["about"] for text in metadata.values() if '"about"' in text)
    assert [claim["id"] for claim in about["claims"]] == ["exact", "bf16"]


def test_tensors_are_of_a_network_that_their_type_holds(capsys, tmp_path):
    """Irrational networks are cheaper, and are written only where rounding was asked for."""
    from negeig.kernels.tensors import load

    path = tmp_path / "w.safetensors"
    arguments = ["compile", "--zoo", "mod:5", "-o", str(path)]
    assert negeig(capsys, *arguments)[0] == 0
    held = load(str(path))
    assert is_held(held, "fp32")
    assert held.layers[0].dim == 5
    assert negeig(capsys, *arguments, "--round-parameters")[0] == 0
    rounded = load(str(path))
    assert not is_held(rounded, "fp32")
    assert rounded.layers[0].dim == 2
    path.unlink()
    code, _, err = negeig(capsys, *arguments, "--route", "rotations")
    assert code == 3
    assert "fp32 has to hold every parameter" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["n.json", "w.safetensors"])
def test_a_file_that_cannot_be_written_loses_nothing(capsys, tmp_path, name):
    """The folder is missing, or it is a folder itself: exit code 2; what was there stays."""
    code, _, err = negeig(capsys, "compile", "(11)*", "-o", str(tmp_path / "no" / name))
    assert code == 2
    assert "cannot be written" in err
    (tmp_path / name).mkdir()
    kept = tmp_path / name / "kept"
    kept.write_text("mine")
    assert negeig(capsys, "compile", "(11)*", "-o", str(tmp_path / name))[0] == 2
    assert [p.name for p in tmp_path.iterdir()] == [name]
    assert kept.read_text() == "mine"


def test_an_old_file_stays_when_compiling_fails(capsys, tmp_path):
    path = tmp_path / "network.json"
    path.write_text("old")
    code, *_ = negeig(
        capsys, "compile", "--zoo", "mod:3", "--layers", "1", "--steps", "1", "-o", str(path)
    )
    assert code == 1
    assert path.read_text() == "old"


def test_a_format_that_is_unknown_is_refused_from_python():
    with pytest.raises(InputError, match="unknown number format 'bf17'"):
        api.compile("(11)*", budget=Budget(format="bf17"))


def test_the_report_has_the_network_the_front_and_the_gap():
    text = compilation_text(compiled("sym:5"), verbose=True)
    lines = text.splitlines()
    assert lines[0] == "sym:5   2 letters, 120 states   YES, proved for every length in exact"
    assert lines[2].startswith("network      one layer, dimension 4, four steps a token ")
    assert "proved       exact: closed at 120 states" in text
    assert "route        symmetric" in lines
    front = lines.index(next(x for x in lines if x.startswith("trade-offs")))
    assert "fits bf16" in lines[front]
    assert lines[front + 1].split()[:3] == ["1", "4", "4"]
    assert "shown above" not in text  # the first one is
    assert "steps a token 4 in one layer, here 4" in text
    assert "dimension 4 in one layer, here 4" in text
    assert "-1 among the eigenvalues, here -1" in text


def test_bounds_on_one_layer_say_so():
    """Two layers take one step a token, as the front shows: the bound speaks of one layer."""
    text = " ".join(compilation_text(compiled("cyclic:3"), verbose=True).split())
    assert "2 1 2 -1 no two-reflections" in text
    assert "steps a token 2 in one layer, here 2: letter 'g'" in text
    assert "layers 1, here 1: " in text
    assert "layers 1, here 1" not in compilation_text(compiled("cyclic:3"))
    text = " ".join(compilation_text(compiled("alt:5"), verbose=True).split())
    assert "dimension 3, here 3: the simple group A5" in text


def test_rounded_networks_are_said_to_be_rounded():
    for name, count in (("mod:3", "1 parameter is"), ("mod:5", "2 parameters are")):
        made = compiled(name, format="bf16", routes=("rotations",))
        text = " ".join(compilation_text(made, verbose=True).split())
        assert f"{count} rounded to bf16; the proof in bf16 is about the rounded network" in text
        assert f"; {count[:-3].strip()} rounded to nearest even" in text
    whole = compiled("sym:3:swaps", format="bf16", routes=("permutation",))
    for exact in (compiled("mod:3"), whole):
        assert exact.rounded == 0
        assert "rounded" not in compilation_text(exact)


TENSORS = "give -o with a name that ends in .safetensors"


@pytest.mark.parametrize(
    ("options", "messages"),
    [
        (["--dtype", "float16"], ["--dtype is about tensors", TENSORS]),
        (["--round-parameters"], ["--round-parameters is about tensors"]),
        (["--dtype", "float32", "-o", "n.json"], ["--dtype is about tensors"]),
        (
            ["--dtype", "float17", "--round-parameters"],
            ["3 problems", "'float17'", "float64, float32, bfloat16, float16"],
        ),
        (["--dtype", "float17", "-o", "w.safetensors"], ["unknown dtype 'float17'"]),
        (["-o", "new/"], ["'new/' names a folder"]),
        (["-o", "new.safetensors/"], ["names a folder"]),
        (["-o", "old"], ["'old' names a folder"]),
        (["-o", ""], ["name of the file to write is empty"]),
        (["-o", "n.json", "-o", ""], ["name of the file to write is empty"]),
        (["-o", "-", "--json"], ["--json and -o -"]),
    ],
)
def test_outputs_that_cannot_be_are_refused_before_any_work(
    capsys, tmp_path, monkeypatch, options, messages
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old").mkdir()
    monkeypatch.setattr(compile_module, "compile", None)
    code, out, err = negeig(capsys, "compile", "(11)*", *options)
    assert code == 2
    for message in messages:
        assert message in (err or valid(out)["message"])
    assert [path.name for path in tmp_path.iterdir()] == ["old"]
    assert list((tmp_path / "old").iterdir()) == []


def test_a_compilation_is_not_written_to_a_folder(tmp_path):
    made = api.compile("(11)*")
    for path in (f"{tmp_path}/new/", f"{tmp_path}/new.safetensors/", str(tmp_path), ""):
        with pytest.raises(InputError, match=r"folder|empty"):
            write_network(path, made)
    assert list(tmp_path.iterdir()) == []


def test_extensions_are_recognised_whatever_the_case(capsys, tmp_path):
    from negeig.kernels.tensors import load

    path = tmp_path / "W.SafeTensors"
    arguments = ["compile", "(11)*", "--dtype", "bfloat16", "-o", str(path)]
    assert negeig(capsys, *arguments)[0] == 0
    assert load(str(path)).run("11") == (1, 0, 1)


def test_a_network_on_standard_output_is_the_file(capsys, tmp_path):
    path = tmp_path / "n.json"
    code, out, err = negeig(capsys, "compile", "(11)*", "-o", "-", "-o", "-", "-o", str(path))
    assert (code, err) == (0, f"negeig: wrote {path}: the network as JSON\n")
    assert valid(out) == json.loads(path.read_text())
    assert loads(out).run("11") == (1, 0, 1)
    assert [p.name for p in tmp_path.iterdir()] == ["n.json"]


def test_one_line_reports_have_no_front():
    text = compilation_text(compiled("parity"))
    assert "trade-offs" not in text
    assert text.startswith("parity   2 letters, 2 states   YES, proved for every length in exact\n")
