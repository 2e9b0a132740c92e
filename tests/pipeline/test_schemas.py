"""The JSON schemas that ship with the package: strict, and met by what the commands print."""

import copy
import json
from fractions import Fraction
from importlib.resources import files

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from negeig import api
from negeig.automata import zoo
from negeig.automata.language import Source
from negeig.automata.monoids.monoid import transition_monoid
from negeig.claims import Resources
from negeig.pipeline.audit import audit
from negeig.pipeline.auditing.model_config import audit_config
from negeig.pipeline.collide import collide
from negeig.pipeline.compare import compare
from negeig.pipeline.conform import conform, suite_tasks
from negeig.pipeline.explain import explain
from negeig.pipeline.kernel import kernel
from negeig.pipeline.learn import learn
from negeig.pipeline.learning.recipe import Recipe
from negeig.pipeline.learning.trial import Trial
from negeig.pipeline.monoid import monoid
from negeig.pipeline.parts.budget_not_met import BudgetNotMet
from negeig.pipeline.parts.check_options import CheckOptions
from negeig.pipeline.report import report
from negeig.pipeline.run import language_task, run
from negeig.pipeline.running.options import RunOptions
from negeig.pipeline.theorems import theorems
from negeig.pipeline.vectors import VectorsOptions, vectors
from negeig.pipeline.verify import Checked, VerifyResult
from negeig.pipeline.words import words
from negeig.pipeline.zoo import zoo as list_zoo
from negeig.theory.architectures.verdicts import verdicts
from negeig.theory.bounds.limits import limits
from negeig.theory.constructions.budget import Budget
from negeig.theory.networks.network import DenseStep, Layer, LinearRNN
from negeig.theory.networks.network_json import loads, to_json
from negeig.theory.theorems import entries
from support.candidates import candidates

SCHEMAS = {
    path.name.removesuffix(".json"): json.loads(path.read_text(encoding="utf-8"))
    for path in (files("negeig") / "pipeline" / "schemas").iterdir()
    if path.name.endswith(".json")
}
LEARNED = Trial(recipe=Recipe(updates=2, batch=2), seeds=1, length=9, words=4, tokens=70)
CHECKED = ("parity", "sym:3", "contains:ab", "modarith:3")


def validate(document):
    name, version = document["schema"].removeprefix("negeig.").split("/")
    assert version == "1"
    # What is printed, not what Python holds.
    Draft202012Validator(SCHEMAS[name]).validate(json.loads(json.dumps(document)))


def network():
    return to_json(candidates(zoo.get("dyck1:2").minimal())[0].network)


def error():
    return {
        "schema": "negeig.error/1",
        "code": "bad-input",
        "message": "no",
        "exit_code": 2,
        "problems": ["no"],
    }


def unmet():
    """What is printed where a budget cannot be met."""
    with pytest.raises(BudgetNotMet) as stop:
        api.compile(zoo="mod:3", budget=Budget(layers=1, steps=1))
    names = ("code", "exit_code", "impossible", "missing", "tightest", "depth", "limits")
    values = {name: getattr(stop.value, name) for name in names}
    return {"schema": "negeig.error/1", "message": str(stop.value), **values}


def loop(regex):
    return api.language(regex).machine


def shrinking():
    """A layer with the eigenvalue 1/2, which no decoder turns into parity in the cast model."""
    half = DenseStep(((Fraction(1, 2),),), (Fraction(1),))
    layer = Layer(
        alphabet=("0", "1"),
        initial=(Fraction(0),),
        steps={"0": (), "1": (half,)},
        codes=((Fraction(0),),),
        emit=(("even", "even"),),
    )
    return LinearRNN(alphabet=("0", "1"), layers=(layer,), outputs={"even": 1}, empty=1)


@pytest.fixture(scope="module")
def documents():
    """One or more documents of every schema, as the commands make them."""
    dyck, other = zoo.get("dyck1:2").minimal(), zoo.get("dyck1:3").minimal()
    compiled = loads(json.dumps(network()))
    compiled_parity = api.compile("(11)*")
    right = api.prove(compiled, dyck, ("exact", "bf16"))
    wrong = api.prove(compiled, other, ("bf16",))
    return [
        *(api.check(zoo=name, backends=()).to_json() for name in CHECKED),
        monoid(api.language("(ab)*"), elements=True).to_json(),
        compare([Source("regex", "a*"), Source("regex", "(aa)*")]).to_json(),
        compare([Source("regex", "a*"), Source("regex", "a*")]).to_json(),
        words(api.language("(ab)*")).to_json(),
        words(api.language("a|b"), first=3, sample=1, length=1).to_json(),
        vectors(api.language("(11)*"), VectorsOptions(length=5)).to_json(),
        learn(api.language("(11)*"), LEARNED, resources=Resources(max_closure=9)).to_json(),
        conform(suite_tasks("standard", ["parity", "levels-long"]), ["negeig"]).to_json(),
        conform((), ["all"]).to_json(),
        run(language_task(api.language("(11)*"), RunOptions()), RunOptions(tokens=9)).to_json(),
        list_zoo().to_json(),
        theorems().to_json(),
        explain("T1").to_json(),
        *(explain(name).to_json() for name in ("mamba", "qwen3_next", "path", "decoder")),
        report([api.language("(11)*")], CheckOptions(backends=())).to_json(),
        audit_config({"model_type": "qwen3_next"}).to_json(),
        api.check("(11)*", architecture="mamba", backends=()).to_json(),
        unmet(),
        right.to_json(),
        wrong.to_json(),
        network(),
        to_json(compiled_parity.network, about=compiled_parity.about()),
        audit({"key": np.array([[1.0, -1.0]]), "beta": np.array([1.0])}).to_json(),
        audit({"matrix": np.array([[[0.0, -1.0], [1.0, 0.0]]])}, "dense").to_json(),
        collide(shrinking(), zoo.get("parity").minimal(), format="e4m3fn").to_json(),
        collide(compiled_parity.network, loop("(11)*"), max_steps=50).to_json(),
        kernel(Source("zoo", "parity").read()).to_json(),
        VerifyResult("f", (Checked("VERIFIED", "", (("claim", "it holds"),)),)).to_json(),
        error(),
    ]


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_themselves_valid(name):
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["$id"] == f"negeig.{name}/1"
    assert SCHEMAS[name]["properties"]["schema"] == {"const": f"negeig.{name}/1"}
    assert SCHEMAS[name]["additionalProperties"] is False


def test_documents_of_every_schema_validate(documents):
    seen = set()
    for document in documents:
        validate(document)
        seen.add(document["schema"])
    assert seen == {f"negeig.{name}/1" for name in SCHEMAS}


def test_a_missing_or_an_unknown_key_is_refused(documents):
    for document in documents:
        name = document["schema"].removeprefix("negeig.").removesuffix("/1")
        for key in SCHEMAS[name]["required"]:
            broken = copy.deepcopy(document)
            del broken[key]
            validator = Draft202012Validator(SCHEMAS[name])
            assert not validator.is_valid(broken), key
        with pytest.raises(ValidationError, match="surprise"):
            validate({**document, "surprise": 1})


def test_names_of_the_contract_are_required():
    rows = SCHEMAS["check"]["$defs"]
    assert SCHEMAS["check"]["required"] == [
        *("schema", "language", "monoid", "limits", "architectures", "construction"),
        *("construction_reason", "claims", "verdict", "versions"),
    ]
    assert rows["limit"]["required"] == [
        *("class", "depth", "model", "verdict", "theorem", "witness", "bound")
    ]
    assert rows["architecture"]["required"] == ["name", "verdict", "theorem"]
    assert rows["claim"]["required"] == [
        *("id", "verdict", "arithmetic", "states", "tokens", "mismatches", "word", "seconds"),
        "detail",
    ]


def definition_validator(name):
    schema = {**SCHEMAS["check"]["$defs"][name], "$defs": SCHEMAS["check"]["$defs"]}
    return Draft202012Validator(schema)


@pytest.mark.parametrize("name", ["parity", "mod:3", "sym:5", "modarith:3", "starts-with:ab"])
def test_limits_and_architectures_of_named_tasks_validate(name):
    machine = zoo.get(name).minimal()
    rows = limits(machine, transition_monoid(machine))
    validator = definition_validator("limit")
    for row in rows:
        validator.validate(row.to_json())
    architecture = definition_validator("architecture")
    for row in verdicts(rows):
        architecture.validate(row.to_json())


def test_a_limit_that_is_open_names_no_theorem_and_others_do():
    row = limits(zoo.get("sym:3").minimal(), None)[0].to_json()
    validator = definition_validator("limit")
    validator.validate(row)
    assert not validator.is_valid({**row, "verdict": "open"})
    assert not validator.is_valid({**row, "theorem": None})
    assert not validator.is_valid({**row, "class": "positive"})


BAD_NETWORKS = [
    lambda d: d["layers"][0].update(dim=0),
    lambda d: d["layers"][0]["initial"].__setitem__(0, 1),
    lambda d: d["layers"][0]["initial"].__setitem__(0, "1/0"),
    lambda d: d["layers"][0]["initial"].__setitem__(0, "0.5"),
    lambda d: d["layers"][0].pop("emit"),
    lambda d: d["layers"][0]["steps"].update({"(": [{"beta": "1"}]}),
    lambda d: d.update(field={}),
    lambda d: d.update(schema="negeig.network/2"),
]


@pytest.mark.parametrize("number", range(len(BAD_NETWORKS)))
def test_the_network_schema_refuses_what_the_reader_refuses(number):
    broken = network()
    BAD_NETWORKS[number](broken)
    assert not Draft202012Validator(SCHEMAS["network"]).is_valid(broken)
    with pytest.raises(Exception, match="network"):
        loads(json.dumps(broken))


def test_the_theorem_schema_lists_what_an_entry_has():
    row = SCHEMAS["theorems"]["properties"]["theorems"]["items"]
    assert row["required"] == list(entries()[0].to_json())
