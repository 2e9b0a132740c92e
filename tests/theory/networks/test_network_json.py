"""Network JSON: what is written reads back equal; hostile documents raise InputError only."""

import contextlib
import copy
import io
import json
import random
import time
from dataclasses import replace
from fractions import Fraction
from importlib.resources import files
from types import SimpleNamespace

import pytest
from jsonschema import Draft202012Validator

from negeig.automata import zoo
from negeig.claims import InputError
from negeig.theory.networks.network import Layer, LinearRNN
from negeig.theory.networks.network_json import dumps, loads, read, to_json
from support.candidates import candidates
from support.field_networks import assert_equal, rotation

TASKS = ("parity", "mod:5", "sym:4", "quaternion", "flipflop", "dyck1:3", "ends-with:ab")


def compiled():
    return [c.network for name in TASKS for c in candidates(zoo.get(name).minimal())]


NO_LAYERS = LinearRNN(alphabet=("a", "bc"), layers=(), outputs={"a": 1, "bc": 1}, empty=1)


@pytest.mark.parametrize("network", [*compiled(), rotation(), NO_LAYERS])
def test_round_trip(network):
    text = dumps(network)
    assert_equal(loads(text), network)
    assert_equal(loads(text.encode()), network)
    assert dumps(loads(text)) == text


def test_the_two_layer_network_still_runs():
    network = loads(dumps(rotation()))
    kept = network.run("0110")
    assert kept[1:] == rotation().run("0110")[1:]
    assert kept[0] == 1.5


def test_numbers_are_in_lowest_terms():
    text = dumps(candidates(zoo.get("parity").minimal())[0].network)
    doubled = text.replace('"2"', '"4/2"').replace('"-1"', '"-007/7"')
    assert doubled != text
    assert dumps(loads(doubled)) == text
    first = to_json(rotation())["layers"][0]["codes"][1]
    assert first == [["-1/2", "0"], ["0", "1/2"]]


def test_names_are_optional():
    value = document()
    assert value["layers"][0]["names"] == ["width", "größe"]
    assert "names" not in value["layers"][1]
    del value["layers"][0]["names"]
    assert [layer.names for layer in loads(json.dumps(value)).layers] == [(), ()]


def test_names_are_one_for_each_coordinate():
    network = rotation()
    layers = (replace(network.layers[0], names=("width",)), network.layers[1])
    with pytest.raises(InputError, match=r"layers\[0\]: 1 names for 2 coordinates"):
        dumps(replace(network, layers=layers))


def test_about_is_written_and_ignored():
    made = {"route": "rotation", "cost": [1, 2, {"x": None}], "names": 3}
    network = rotation()
    assert to_json(network, made)["about"] == made
    assert "about" not in to_json(network)
    assert to_json(network, {})["about"] == {}
    assert_equal(loads(dumps(network, made)), network)
    for about in ({"x": {1, 2}}, {"x": float("nan")}, {(1, 2): 3}):
        with pytest.raises(InputError, match="about is not a JSON object"):
            dumps(network, about)


def test_the_schema_has_names_and_about():
    schema = json.loads((files("negeig") / "pipeline/schemas/network.json").read_text())
    validator = Draft202012Validator(schema)
    value = json.loads(dumps(rotation(), {"route": "rotation"}))
    validator.validate(value)
    for key, wrong in (("about", [1]), ("about", None), ("names", [])):
        assert not validator.is_valid({**value, key: wrong})
    for names in ([], "ab", [1, 2], None):
        value["layers"][0]["names"] = names
        assert not validator.is_valid(value)


def document():
    return json.loads(dumps(rotation()))


def plain():
    return json.loads(dumps(candidates(zoo.get("mod:3").minimal())[0].network))


def problems_of(value):
    text = value if isinstance(value, (str, bytes)) else json.dumps(value)
    with pytest.raises(InputError) as caught:
        loads(text, "net.json")
    assert str(caught.value).startswith("net.json: ")
    return "\n".join(caught.value.problems)


CHANGES = {
    "unknown schema version": (
        lambda d: d.update(schema="negeig.network/2"),
        'schema: expected "negeig.network/1", found "negeig.network/2"',
    ),
    "no schema": (lambda d: d.pop("schema"), 'document: "schema" is missing'),
    "unknown key": (lambda d: d.update(extra=1), 'document: unknown key "extra"'),
    "unknown key of a layer": (
        lambda d: d["layers"][0].update(name=[]),
        'layers[0]: unknown key "name"; the keys are alphabet, dim, initial, steps, codes, emit, '
        "names",
    ),
    "about in a layer": (
        lambda d: d["layers"][0].update(about={}),
        'layers[0]: unknown key "about"',
    ),
    "names of the network": (lambda d: d.update(names=["x"]), 'document: unknown key "names"'),
    "no names": (
        lambda d: d["layers"][0].update(names=[]),
        "layers[0].names: 0 entries, expected 3, one for each coordinate",
    ),
    "names of the wrong kind": (
        lambda d: d["layers"][0].update(names="xyz"),
        'layers[0].names: expected a list, found "xyz"',
    ),
    "null names": (
        lambda d: d["layers"][0].update(names=None),
        "layers[0].names: expected a list, found null",
    ),
    "a name of the wrong kind": (
        lambda d: d["layers"][0].update(names=["x", 1, "z"]),
        "layers[0].names[1]: expected a name, a string of Unicode characters, found 1",
    ),
    "half a surrogate in a name": (
        lambda d: d["layers"][0].update(names=["x", "\ud800", "z"]),
        "layers[0].names[1]: expected a name, a string of Unicode characters",
    ),
    "about": (lambda d: d.update(about=[1]), "about: expected an object, found a list"),
    "null about": (lambda d: d.update(about=None), "about: expected an object, found null"),
    "unknown key of a step": (
        lambda d: d["layers"][0]["steps"]["1"][0].update(bias=[]),
        'layers[0].steps["1"][0]: unknown key "beta"',
    ),
    "number not a string": (
        lambda d: d["layers"][0]["steps"]["1"][1]["key"].__setitem__(2, 1),
        'layers[0].steps["1"][1].key[2]: expected a number as a string "p" or "p/q", found 1',
    ),
    "decimal": (
        lambda d: d["layers"][0]["initial"].__setitem__(0, "0.5"),
        "layers[0].initial[0]: expected a number as a string",
    ),
    "other digits": (
        lambda d: d["layers"][0]["initial"].__setitem__(0, "٣"),
        "layers[0].initial[0]: expected a number as a string",
    ),
    "zero denominator": (
        lambda d: d["layers"][0]["initial"].__setitem__(0, "1/00"),
        'layers[0].initial[0]: the denominator of "1/00" is zero',
    ),
    "huge number": (
        lambda d: d["layers"][0]["initial"].__setitem__(0, "9" * 5000),
        "layers[0].initial[0]: a number of more than 4,000 characters",
    ),
    "short vector": (
        lambda d: d["layers"][0]["codes"][1].pop(),
        "layers[0].codes[1]: 2 entries, expected 3, one for each coordinate",
    ),
    "dim": (
        lambda d: d["layers"][0].update(dim=True),
        "layers[0].dim: expected an integer, 1 or more, found true",
    ),
    "dim 0": (lambda d: d["layers"][0].update(dim=0), "layers[0].dim: expected an integer"),
    "other dim": (
        lambda d: d["layers"][0].update(dim=4),
        "layers[0].initial: 3 entries, expected 4",
    ),
    "no codes": (
        lambda d: d["layers"][0].update(codes=[], emit=[]),
        "layers[0].codes: expected 1 or more entries",
    ),
    "no steps for a letter": (
        lambda d: d["layers"][0]["steps"].pop("0"),
        'layers[0].steps: no steps for letter "0"',
    ),
    "steps for no letter": (
        lambda d: d["layers"][0]["steps"].update({"2": []}),
        'layers[0].steps["2"]: the letter is not in the layer\'s alphabet',
    ),
    "emit rows": (
        lambda d: d["layers"][0]["emit"].pop(),
        "layers[0].emit: 2 entries, expected 3, one for each code",
    ),
    "emit columns": (
        lambda d: d["layers"][0]["emit"][0].append("x"),
        "layers[0].emit[0]: 3 entries, expected 2, one for each letter",
    ),
    "symbol without an output": (
        lambda d: d["layers"][0]["emit"][1].__setitem__(1, "?"),
        'layers[0].emit[1][1]: "?", which outputs lacks',
    ),
    "letter that the first layer does not read": (
        lambda d: d["alphabet"].append("2"),
        'alphabet: letter "2", which layers[0] does not read',
    ),
    "letter twice": (lambda d: d["alphabet"].append("1"), 'alphabet: letter "1" occurs twice'),
    "empty alphabet": (lambda d: d.update(alphabet=[]), "alphabet: the alphabet is empty"),
    "field": (lambda d: d.update(field=3), "field: expected an object, found 3"),
    "outputs": (lambda d: d.update(outputs=[1]), "outputs: expected an object, found a list"),
    "layers": (lambda d: d.update(layers={}), "layers: expected a list, found an object"),
    "step": (
        lambda d: d["layers"][0]["steps"].update({"1": [None]}),
        'layers[0].steps["1"][0]: expected an object, found null',
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_problem_is_named_with_its_place(name):
    change, expected = CHANGES[name]
    broken = plain()
    change(broken)
    assert expected in problems_of(broken)


FIELD_CHANGES = {
    "reducible": (
        lambda d: d["field"].update(minimal_polynomial=[-4, 0, 1]),
        "field: the minimal polynomial is reducible",
    ),
    "no real root": (
        lambda d: d["field"].update(minimal_polynomial=[1, 0, 1]),
        "no real root",
    ),
    "root between two": (lambda d: d["field"].update(root="0.0"), "does not single out"),
    "root with exponent": (
        lambda d: d["field"].update(root="1e999999999"),
        "field.root: expected a decimal number",
    ),
    "coefficient": (
        lambda d: d["field"].update(minimal_polynomial=[-3, 0.0, 1]),
        "field.minimal_polynomial[1]: expected an integer",
    ),
    "degree": (
        lambda d: d["field"].update(minimal_polynomial=[-3, *[0] * 40, 1]),
        "field.minimal_polynomial: a degree above 32",
    ),
    "constant": (
        lambda d: d["field"].update(minimal_polynomial=[3]),
        "field.minimal_polynomial: expected 2 or more entries",
    ),
    "coefficients": (
        lambda d: d["layers"][0]["initial"].__setitem__(1, ["0", "0", "1"]),
        "layers[0].initial[1]: 3 coefficients, at most 2",
    ),
    "plain number": (
        lambda d: d["layers"][0]["initial"].__setitem__(1, "0"),
        'layers[0].initial[1]: expected a list, found "0"',
    ),
    "matrix": (
        lambda d: d["layers"][1]["steps"]["x"][0]["matrix"].append([]),
        'layers[1].steps["x"][0].matrix: 2 entries, expected 1, one for each coordinate',
    ),
    "symbol that the next layer does not read": (
        lambda d: d["layers"][0]["emit"][2].__setitem__(0, "w"),
        'layers[0].emit[2][0]: "w", which layers[1] does not read',
    ),
}


@pytest.mark.parametrize("name", FIELD_CHANGES)
def test_each_problem_of_a_network_over_a_field_is_named(name):
    change, expected = FIELD_CHANGES[name]
    broken = document()
    change(broken)
    assert expected in problems_of(broken)


def test_every_problem_is_in_one_message():
    broken = plain()
    for change, _ in (CHANGES["zero denominator"], CHANGES["unknown key"], CHANGES["short vector"]):
        change(broken)
    del broken["empty"]
    found = problems_of(broken)
    for part in ("denominator", '"extra"', '"empty" is missing', "codes[1]: 2 entries"):
        assert part in found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"\xff\xfe{}", "not UTF-8"),
        ("", "nothing is there; here a network is read"),
        (" \n", "nothing is there; here a network is read"),
        ("{", "not valid JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a": ' * 100_000, "nested too deeply"),
        ("[1, 2]", "expected an object, found a list"),
        ("NaN", "NaN is not JSON"),
        ('{"schema": 1, "schema": 2}', 'the key "schema" occurs twice'),
        ("9" * 100_000, "not valid JSON"),
        ('{"schema": "\\ud800"}', '"alphabet" is missing'),
    ],
)
def test_documents_that_are_no_networks(text, expected):
    start = time.perf_counter()
    assert expected in problems_of(text)
    assert time.perf_counter() - start < 60  # a hang, not a speed


def test_output_nested_too_deep():
    broken = plain()
    broken["empty"] = json.loads("[" * 60 + "]" * 60)
    assert "empty: nested more than 50 deep" in problems_of(broken)


def test_size_is_checked_before_anything_is_parsed(tmp_path):
    text = dumps(NO_LAYERS)
    for source in (text, text.encode()):
        with pytest.raises(InputError, match="too large"):
            loads(source, "net", max_bytes=10)
    path = tmp_path / "net.json"
    path.write_text(text, encoding="utf-8")
    assert_equal(read(str(path)), NO_LAYERS)
    with pytest.raises(InputError, match="--max-bytes"):
        read(str(path), max_bytes=10)
    with pytest.raises(InputError, match="cannot be read"):
        read(str(tmp_path / "none.json"))


def test_standard_input(monkeypatch):
    stream = SimpleNamespace(buffer=io.BytesIO(dumps(rotation()).encode()))
    monkeypatch.setattr("sys.stdin", stream)
    assert_equal(read("-"), rotation())


def test_numbers_that_cannot_be_written():
    huge = Fraction(10**5000)
    layer = Layer(
        alphabet=("a",), initial=(huge,), steps={"a": ()}, codes=((huge,),), emit=(("x",),)
    )
    network = LinearRNN(alphabet=("a",), layers=(layer,), outputs={"x": 0}, empty=0)
    with pytest.raises(InputError, match="more than 4,000 digits"):
        dumps(network)
    unfit = LinearRNN(alphabet=("a",), layers=(), outputs={"a": {1, 2}}, empty=0)
    with pytest.raises(InputError, match="not a JSON value"):
        dumps(unfit)


JUNK = (None, True, 0, -1, 2.5, "", "a", "1/0", "x" * 50, [], [[]], {}, {"beta": "1"}, "1", ["1"])


def spots(value, found):
    """Every (container, key) of a document."""
    keys = list(value) if isinstance(value, dict) else range(len(value))
    for key in keys:
        found.append((value, key))
        if isinstance(value[key], (dict, list)):
            spots(value[key], found)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_mutated_documents_raise_input_errors_only(seed):
    rng = random.Random(seed)
    originals = [document(), plain(), json.loads(dumps(NO_LAYERS))]
    refused = 0
    for _ in range(400):
        mutant = copy.deepcopy(rng.choice(originals))
        for _ in range(rng.randint(1, 3)):
            places = spots(mutant, [])
            container, key = rng.choice(places)
            if rng.random() < 0.3:
                del container[key]
            elif rng.random() < 0.3:
                other, source = rng.choice(places)
                container[key] = copy.deepcopy(other[source])
            else:
                container[key] = rng.choice(JUNK)
        try:
            network = loads(json.dumps(mutant))
        except InputError:
            refused += 1
        else:
            assert_equal(loads(dumps(network)), network)  # accepted: it is a whole network
            for letter in network.alphabet:
                step_once(network, letter)
    assert refused > 200


def step_once(network, letter):
    """Every symbol a sound network may emit has somewhere to go."""
    symbols = {letter}
    for layer in network.layers:
        columns = [layer.alphabet.index(symbol) for symbol in symbols]
        for symbol in symbols:
            assert len(layer.apply(symbol, layer.initial)) == layer.dim
        symbols = {row[column] for row in layer.emit for column in columns}
    assert all(symbol in network.outputs for symbol in symbols)


@pytest.mark.parametrize("seed", range(2))
def test_mutated_bytes_raise_input_errors_only(seed):
    rng = random.Random(seed)
    original = dumps(rotation()).encode()
    for _ in range(300):
        data = bytearray(original)
        for _ in range(rng.randint(1, 4)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        with contextlib.suppress(InputError):
            loads(bytes(data))
