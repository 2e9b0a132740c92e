"""Evidence of every kind verifies itself, through JSON too, and nothing else is believed.

Every value in a document is replaced, dropped or repeated. What is still accepted must be true by
an oracle that shares no code with the checks.
"""

import ast
import copy
import importlib
import inspect
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from negeig.claims import InputError
from negeig.evidence import Evidence
from negeig.proofs_checks import certificates, kinds
from negeig.proofs_checks.kinds import KINDS, check, kind_of
from support.evidence_cases import MADE, TRUE, forged

EVERY = sorted(MADE)


def documents(name):
    kind = KINDS[name]
    return [kind.document(evidence, about) for evidence, about in MADE[name]()]


def leaf_values(value, letters):
    """Other values that a number, a string or null might be replaced by."""
    if isinstance(value, bool):
        return [not value, None]
    if isinstance(value, int):
        return [value + 1, value - 1, 2 * value + 3, bool(value), float(value), str(value)]
    if isinstance(value, str):
        return [value + "0", value[:-1], "0", "1", "-1", "1/2", *letters]
    return [0, [], ["1"], True]


def altered(value, letters, path=()):
    """Every value with one part replaced, left out or repeated, with where that is."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield (*path, key), {k: v for k, v in value.items() if k != key}
            for place, other in altered(part, letters, (*path, key)):
                yield place, {**value, key: other}
        yield path, {**value, "more": 0}
    elif isinstance(value, list):
        for i, part in enumerate(value):
            for few in (value[:i] + value[i + 1 :], value[:i] + value[i:][:1] + value[i:]):
                yield (*path, "*"), few
            for place, other in altered(part, letters, (*path, "*")):
                yield place, [*value[:i], other, *value[i + 1 :]]
        yield path, [*value, 0]
        yield path, value[::-1]
    else:
        yield from ((path, other) for other in leaf_values(value, letters))


def text(value):
    return json.dumps(value, sort_keys=True)


def test_every_kind_is_tested():
    assert list(KINDS) == EVERY == sorted(TRUE)
    for name, kind in KINDS.items():
        assert kind.name == name
        assert kind.statement
        assert Evidence in kind.evidence.__mro__
        assert kind.evidence.verify is Evidence.verify  # one meaning: no problems
    assert len({kind.evidence for kind in KINDS.values()}) == len(KINDS)


@pytest.mark.parametrize("name", EVERY)
def test_evidence_verifies_itself_and_through_json(name):
    for evidence, about in MADE[name]():
        assert evidence.verify(about), name
        kind = kind_of(evidence)
        assert kind is KINDS[name]
        document = kind.document(evidence, about)
        assert check(json.dumps(document)) == []
        assert TRUE[name](document["about"], document["evidence"])
        data = json.loads(json.dumps(evidence.to_json()))
        assert kind.read(data, about).to_json() == data


# Where an altered value may leave true evidence: a word read twice, another point between the same
# roots, a multiple of q, another order. Everywhere else every alteration is refused.
HARMLESS = {
    "cascade": {("states",), ("levels", "*", "maps", "*", "*")},
    "collision": {("exponents", "*")},
    "idempotents": {("e", "*"), ("f", "*"), ("suffix", "*")},
    "infeasibility": {("e", "*"), ("f", "*"), ("equations",)},
    "period": {("word", "*"), ("prefix", "*"), ("suffix", "*")},
    "spectrum": {
        ("trace",), ("trace", "*"), ("factors",), ("factors", "*", "points", "*"),
        ("factors", "*", "polynomial"), ("factors", "*", "polynomial", "*"),
    },
    "variety": {("witness", "omega"), *(("witness", "words", v, "*") for v in "uxy")},
}  # fmt: skip


@pytest.mark.parametrize("name", EVERY)
def test_no_altered_value_is_believed(name):
    """Whatever is altered, in each field something is refused, and what is not is true."""
    refused, accepted = Counter(), Counter()
    for document in documents(name):
        about = document["about"]
        letters = about.get("alphabet", ["1"]) if isinstance(about, dict) else ["1"]
        for place, other in altered(document, letters):
            if text(other) == text(document):
                continue
            if check(json.dumps(other)):
                refused[place] += 1
            else:
                accepted[place] += 1
                assert TRUE[name](other["about"], other["evidence"]), (place, other)
    assert sum(refused.values()) > 4 * sum(accepted.values())
    assert set(accepted) <= set(refused)
    assert {place[1:] for place in accepted if place[:1] == ("evidence",)} == HARMLESS[name]
    assert {place[0] for place in refused if place} >= {"kind", "about", "evidence"}


def other_types(value):
    """Every value with one number or string replaced by an equal one of another type."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from ({**value, key: other} for other in other_types(part))
    elif isinstance(value, list):
        for i, part in enumerate(value):
            yield from ([*value[:i], other, *value[i + 1 :]] for other in other_types(part))
    elif type(value) is int:
        yield from (float(value), str(value), *([bool(value)] if value in (0, 1) else []))
    elif isinstance(value, str) and value.lstrip("-").isdecimal():
        yield from (int(value), value + "/1", "+" + value, " " + value)


@pytest.mark.parametrize("name", EVERY)
def test_an_equal_value_of_another_type_is_refused(name):
    for document in documents(name):
        for other in other_types(document["evidence"]):
            assert check(json.dumps({**document, "evidence": other})), other


@pytest.mark.parametrize("name", EVERY)
def test_forged_evidence_is_refused(name):
    """Several fields altered so that they fit each other, yet prove nothing."""
    count = 0
    for about, data in forged(name, documents(name)):
        problems = check(json.dumps({"kind": name, "about": about, "evidence": data}))
        assert problems, (about, data)
        assert "not as it is written" not in problems[0]
        count += 1
    assert count


@pytest.mark.parametrize("name", EVERY)
def test_a_document_of_another_kind_is_refused(name):
    for document in documents(name):
        for other in KINDS:
            if other != name:
                assert KINDS[other].check(document) == [f'kind: expected "{other}"']
                assert check(json.dumps({**document, "kind": other})), other


@pytest.mark.parametrize("name", EVERY)
def test_evidence_about_something_else_is_refused(name):
    """Of each two examples: what one proves of its object, it does not prove of the other's."""
    cases = list(MADE[name]())
    tried = 0
    for evidence, about in cases:
        for _, other in cases:
            document = KINDS[name].document(evidence, other)
            if text(document["about"]) != text(KINDS[name].form.to_json(about)):
                tried += 1
                if evidence.verify(other):
                    assert TRUE[name](document["about"], document["evidence"])
                else:
                    assert check(json.dumps(document))
    assert tried > 1


JUNK = [
    None, True, -1, 10**30, -(10**5000), 1e308, float("inf"), float("nan"), "", "\ud800",
    "1e999999999", "9" * 5000, "0x" + "f" * 10_000, "1/0", [], {}, [[]], [None], {"": 0},
    [0] * 1000, object(),
]  # fmt: skip
JUNK.append([JUNK[0]])
for _ in range(2000):
    JUNK[-1] = [JUNK[-1]]


@pytest.mark.parametrize("name", EVERY)
def test_nothing_is_trusted(name):
    """Values of any type and size give problems, never an error."""

    def spoiled(value):
        yield from JUNK
        if isinstance(value, dict):
            for key, part in value.items():
                yield from ({**value, key: other} for other in spoiled(part))
        elif isinstance(value, list) and value:
            for i in {0, len(value) - 1}:
                yield from ([*value[:i], other, *value[i + 1 :]] for other in spoiled(value[i]))

    kind = KINDS[name]
    document = documents(name)[-1]
    count = 0
    for other in spoiled(document):
        found = kind.check(other)
        assert found == [] or all(isinstance(problem, str) for problem in found)
        if found == []:
            assert TRUE[name](other["about"], other["evidence"]), other
        count += found != []
    assert count > 100


@pytest.mark.parametrize(
    "broken",
    ["", "x", "null", "3", "[]", "{}", '{"kind": 1}', '{"kind": "x"}', '{"kind": "_kind"}',
     '{"kind": ["spectrum"]}', '{"kind": "spectrum", "kind": "spectrum"}', "NaN", "1e999",
     "9" * 5000, "[" * 100_000, '{"kind":' * 100_000, "\ud800", "\x00"],
)  # fmt: skip
def test_any_text_gives_problems(broken):
    assert check(broken)


def test_a_text_that_is_cut_short_is_refused():
    for name in EVERY:
        whole = json.dumps(documents(name)[0])
        for end in range(0, len(whole), max(1, len(whole) // 50)):
            assert check(whole[:end])


def test_checkers_need_the_standard_library_only_and_agree():
    found = {name: kind.checker for name, kind in KINDS.items() if kind.checker is not None}
    assert "spectrum" in found
    for name, checker in found.items():
        tree = ast.parse(Path(inspect.getsourcefile(checker)).read_text())
        # tests/house holds whatever says so to it
        assert re.search(r"standard\s+library", ast.get_docstring(tree))
        refused = 0
        for document in documents(name):
            assert checker(document["about"], document["evidence"]) == []
            for _, other in altered(document["evidence"], ["x"]):
                problems = checker(document["about"], other)
                ours = KINDS[name].check({**document, "evidence": other})
                assert ours or not problems, other
                refused += problems != []
        assert refused > 100


def test_evidence_without_a_kind_or_a_json_form_is_refused():
    class Other(Evidence[int]):
        def problems(self, subject, /):
            return []

        def to_json(self):
            return {}

    with pytest.raises(InputError, match="no kind is about Other"):
        kind_of(Other())
    evidence, (model, machine) = next(MADE["collision"]())
    with pytest.raises(InputError, match="a layer by itself"):
        KINDS["collision"].document(evidence, (model.layers[0], machine))


TOY = """
from negeig.evidence import Evidence
from negeig.proofs_checks.kinds import CertificateKind
from negeig.proofs_checks.subjects import Form

class Root(Evidence[int]):
    def __init__(self, root):
        self.root = root
    def problems(self, subject, /):
        return [] if self.root * self.root == subject else ["no root"]
    def to_json(self):
        return {"root": self.root}

KIND = CertificateKind(
    name="root", statement="the number is a square", evidence=Root,
    form=Form(lambda n: n, int), read=lambda data, _: Root(data["root"]),
)
"""


def test_a_kind_is_one_file(tmp_path, monkeypatch):
    """A file in the folder is all that a new kind takes."""
    assert "root" not in KINDS
    (tmp_path / "root.py").write_text(TOY)
    monkeypatch.setattr(certificates, "__path__", [*certificates.__path__, str(tmp_path)])
    module = importlib.import_module("negeig.proofs_checks.certificates.root")
    try:
        assert list(KINDS) == [*EVERY, "root"]
        document = kind_of(module.Root(3)).document(module.Root(3), 9)
        assert check(json.dumps(document)) == []
        wrong = copy.deepcopy(document)
        wrong["evidence"]["root"] = 4
        assert check(json.dumps(wrong)) == ["no root"]
        assert check(json.dumps({**document, "evidence": {}})) != []
    finally:
        monkeypatch.delitem(importlib.sys.modules, module.__name__)
        monkeypatch.delattr(certificates, "root")
    assert kinds.KINDS is KINDS


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        ("theory.spectra", "Certificate", "theory.spectra.SpectrumCertificate"),
        (
            "theory.contractions.refusal",
            "Certificate",
            "theory.contractions.refusal.InfeasibilityCertificate",
        ),
        ("automata.varieties.membership", "refutes", "varieties.membership.Membership.verify"),
    ],
)
def test_old_names_say_what_they_are_called_now(module, old, new):
    with pytest.raises(ImportError, match=re.escape(f"{new} now")):
        getattr(importlib.import_module(f"negeig.{module}"), old)
