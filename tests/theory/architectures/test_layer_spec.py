"""Layers as text, files and mappings: what is read, what is refused, and that it reads back."""

import json
from fractions import Fraction

import pytest

from negeig.claims import InputError
from negeig.theory.architectures import entries
from negeig.theory.architectures.architecture import KEY_EPSILON
from negeig.theory.architectures.layer import FAMILIES, LayerSpec
from negeig.theory.architectures.layer_limits import class_of
from negeig.theory.architectures.layer_reading import READERS, read_layer
from negeig.theory.architectures.ranges import Range

TEXTS = [
    "family=delta",
    "family=delta,beta=0..2,steps=2,keys=unit,eps=1e-6,heads=8,dim=64,depth=4,format=bf16",
    "family=delta,beta=above0..below2,gate=1/2..1,gates=channel,steps=any,depth=any",
    "family=delta,keys=free,format=exact-orbit",
    "family=diagonal,gate=-1..1,gates=head,state=fp32",
    "family=rotation,gate=above0..below1,columns=16",
    "family=dense,gate=0..1.5,spectrum=nonnegative",
    "family=dense,gate=free",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_layer_reads_back(text, tmp_path):
    spec = read_layer(text)
    assert read_layer(str(spec)) == spec
    assert read_layer(spec.to_json()) == spec
    path = tmp_path / "layer.json"
    path.write_text(json.dumps(spec.to_json()))
    assert read_layer(str(path)) == spec
    assert read_layer(spec) == spec


def test_spellings_of_a_range():
    spellings = ["0..2", "[0..2]", 2, [0, 2], [0.0, "2"], "0 .. 2", "0/3..2e0"]
    read = [Range.of(0, 2), Range.of(0, 2), Range.of(2, 2), *[Range.of(0, 2)] * 4]
    assert [read_layer({"family": "delta", "beta": s}).beta for s in spellings] == read
    for one, other in (
        ("(0..2)", "above0..below2"),
        ("[0..2)", "0..below2"),
        ("(0..2]", "above0..2"),
    ):
        assert Range.read(one) == Range.read(other) != Range.of(0, 2)


def test_decimals_of_a_file_are_exact(tmp_path):
    path = tmp_path / "layer.json"
    path.write_text('{"family": "delta", "beta": [0, 0.1], "eps": 1e-6}')
    spec = read_layer(str(path))
    assert (spec.beta.most.value, spec.eps) == (Fraction(1, 10), Fraction(1, 10**6))


def test_overrides_count_instead_and_the_state_follows_the_format():
    spec = read_layer("family=delta,depth=4,format=bf16", {"depth": 1, "heads": 2})
    assert (spec.depth, spec.heads) == (1, 2)
    assert read_layer(spec, {"format": "fp16"}).state == "fp16"
    apart = read_layer("family=delta,format=bf16,state=fp32")
    assert read_layer(apart, {"format": "fp16"}).state == "fp32"


REFUSED = {
    "family=delt": ["unknown family 'delt'; the families are delta, diagonal, rotation, dense"],
    "beta=0..2": ["family is missing"],
    "family=delta,beta=2..0": ["the range beta=2..0 is empty"],
    "family=delta,beta=(1..1)": ["the range beta=above1..below1 is empty"],
    "family=delta,beta=0..2,spectrum=nonnegative": ["reaches down to the eigenvalue -1"],
    "family=delta,beta=0..2,spectrum=real,steps=2": ["eigenvalues that are not real"],
    "family=delta,keys=free,spectrum=real": ["not bounded below"],
    "family=rotation,spectrum=real": ["rotations have eigenvalues that are not real"],
    "family=diagonal,gate=-1..1,spectrum=nonnegative": ["gives negative eigenvalues"],
    "family=delta,gate=0..2": ["gate=0..2 is not within -1..1"],
    "family=rotation,gate=-1..1": ["not within 0..1"],
    "family=dense,gate=1..2": ["it starts at 0"],
    "family=diagonal,gate=free": ["only the norm of dense matrices may be free"],
    "family=dense,gates=head": ["family=dense has no gates"],
    "family=diagonal,beta=0..1": ["family=diagonal has no beta"],
    "family=diagonal,steps=1": ["family=diagonal has no steps"],
    "family=diagonal,keys=unit": ["has no keys"],
    "family=dense,eps=1e-6": ["has no eps"],
    "family=delta,keys=free,eps=1e-6": ["keys=free has none"],
    "family=delta,heads=0,dim=0": ["heads must be 1 or more", "dim must be 1 or more"],
    "family=delta,steps=0,depth=0": ["steps must be 1 or more", "depth must be 1 or more"],
    "family=rotation,dim=1": ["dim must be 2 or more"],
    "family=delta,dim=inf": ["dim: 'inf' is no whole number"],
    "family=delta,dim=-3": ["dim: '-3' is no whole number"],
    "family=delta,eps=nan": ["eps: 'nan' is no number"],
    "family=delta,eps=-1": ["eps must be 0 or more"],
    "family=delta,beta=0..inf": ["beta: '0..inf' is no range"],
    "family=delta,beta=0...2": ["beta: '0...2' has three dots; write 0..2, or 0..0.2"],
    "family=delta,beta=٠..٢": ["beta: '٠..٢' is no range"],
    "family=delta,beta=1/0..2": ["divides by zero"],
    "family=delta,beta=below0..2": ["above goes before the lower end"],
    "family=delta,beta=above1": ["has one end only"],
    "family=delta,keys=short": ["keys is one of unit, free"],
    "family=delta,gates=row": ["gates is one of head, channel"],
    "family=delta,spectrum=big": ["spectrum is one of nonnegative, real"],
    "family=delta,format=exact,state=bf16": ["go together"],
    "family=delta,beta=0..1,beta=0..2": ["beta is given twice"],
    "family=delta,stps=2": ["unknown key 'stps'; did you mean steps?"],
    "family=delta,depth": ["'depth' is no key=value"],
    "family=delta,,depth=": ["'' is no key=value", "'depth=' is no key=value"],
    "arch=mambo,beta=3": ["unknown architecture 'mambo'; did you mean mamba"],
    "arch=path": ["outside what the theorems are about"],
    "arch=rwkv-7": ["are of none of the families"],
    "arch=mamba,beta=0..1": ["family=diagonal has no beta"],
    "arch=mamba,family=delta": ["family=delta is not that of arch=mamba, which is diagonal"],
    "arch=config.json": ["unknown architecture 'config.json'"],
    "family=delta,beta=[0,1]": ["'1]' is no key=value; a range has two dots, 0..2, and no comma"],
    "family=delta,beta=0..1,5": ["'5' is no key=value; a decimal has a point, beta=0..1.5"],
    "family=diagonal,gate=-0,9..0": ["'9..0' is no key=value; a decimal has a point, gate=-0.9..0"],
    " ": ["nothing is given: expected pairs such as family=delta,beta=0..2, or a JSON file"],
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_refused(text):
    with pytest.raises(InputError) as refused:
        read_layer(text)
    for part in REFUSED[text]:
        assert any(part in problem for problem in refused.value.problems), refused.value.problems
    assert refused.value.exit_code == 2


def test_an_architecture_may_be_said_with_its_own_family():
    assert read_layer("arch=mamba,family=diagonal") == read_layer("arch=mamba")


@pytest.mark.parametrize("source", [5, None, ["family=delta"], [{"family": "delta"}]])
def test_what_is_no_layer_at_all(source):
    with pytest.raises(InputError, match="is no layer: expected pairs such as"):
        read_layer(source)


def test_several_problems_at_once():
    with pytest.raises(InputError) as refused:
        read_layer("family=delta,beta=2..0,gate=0..3,steps=0,colour=red,dim=x")
    assert len(refused.value.problems) == 5


@pytest.mark.parametrize(
    "value",
    [{"beta": True}, {"beta": None}, {"beta": [0, 1, 2]}, {"beta": {}}, {"beta": float("inf")},
     {"eps": float("nan")}, {"eps": None}, {"dim": 2.5}, {"dim": True}, {"heads": "two"},
     {"depth": "all"}, {"keys": 3}, {"family": ["delta"]}, {"format": None}, {"arch": 3}],
)  # fmt: skip
def test_values_of_another_type(value):
    with pytest.raises(InputError):
        read_layer({"family": "delta", **value})


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ('{"family": "delta", "family": "dense"}', "family is given twice"),
        ('{"family": "delta", "dim": NaN}', "dim: nan is no whole number"),
        ('{"family": "delta", "dim": 1.5}', "dim: 3/2 is no whole number"),
        ('["family"]', "one JSON object"),
        ("family=delta", "no JSON"),
    ],
)
def test_files_that_are_refused(tmp_path, content, part):
    path = tmp_path / "layer.json"
    path.write_text(content)
    with pytest.raises(InputError, match=part):
        read_layer(str(path))
    with pytest.raises(InputError, match="cannot be read"):
        read_layer(str(tmp_path / "none.json"))


LAYERS = [a for a in entries() if a.layer]


@pytest.mark.parametrize("entry", LAYERS, ids=lambda a: a.id)
def test_an_entry_and_its_layer_say_the_same(entry):
    spec = read_layer({"arch": entry.id})
    assert class_of(spec) == entry.inside
    assert spec.family in FAMILIES
    is_delta = entry.low is not None
    if is_delta:
        assert spec.step_range == Range.of(entry.low, 1)
        assert spec.steps == entry.steps
        assert spec.eps == KEY_EPSILON == entry.key_epsilon
    if is_delta and entry.gate == "none":
        assert spec.gate == Range.of(1, 1)
    elif is_delta or entry.inside == "nonnegative-diagonal":
        assert (spec.gates == "head") == ("per head" in entry.gate)
    if entry.inside in ("nonnegative-diagonal", "real-diagonal"):
        assert (spec.gate.least, spec.gate.most) == (entry.least, entry.most)


def test_layers_of_the_catalogue():
    assert len(LAYERS) > 30
    for entry in entries():
        if not entry.layer:
            fixed = not entry.input_dependent
            assert fixed or entry.low is None, entry.id


def test_the_readers_are_the_fields():
    assert list(READERS) == list(LayerSpec.__dataclass_fields__)
