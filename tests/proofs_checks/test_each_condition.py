"""Conditions of the checker that only a forged certificate meets, one by one."""

import json
from fractions import Fraction

import pytest

from negeig.precision.numbers.arithmetic import parse
from negeig.proofs_checks import checker
from negeig.proofs_checks.certificate import text_of
from negeig.proofs_checks.runs.subject import arithmetic_json
from support.certificates import lines_of, of_kind, verdict


def forged(kind, about, evidence):
    return verdict([
        text_of({
            "schema": checker.SCHEMA, "kind": kind, "claim": checker.KINDS[kind][1],
            "assumptions": [], "about": about, "evidence": evidence,
        })
    ])  # fmt: skip


def refused(found, because):
    assert (found[0], because in found[1]) == ("NOT VERIFIED", True), found


PARITY = {"alphabet": ["1"], "initial": 0, "transitions": [[1], [0]], "outputs": [0, 1]}


def test_e_and_f_are_idempotent():
    context = {"prefix": [], "suffix": []}
    refused(forged("idempotents", PARITY, {"e": ["1"], "f": [], **context}), "not idempotent")
    refused(forged("idempotents", PARITY, {"e": [], "f": ["1"], **context}), "not idempotent")


def test_an_edge_leads_from_a_known_place_to_the_next_one():
    (made,) = [x for x in of_kind("peeling") if x.evidence["ending"] == "last edges"]
    header = json.loads(lines_of(made)[0])
    last = header["evidence"]["last"]
    new = 1 + max(edge["head"] for edge in last)
    for tail, head in ((new, new), (0, new + 1), (new, new + 1)):
        edge = {"words": [[0]], "tail": tail, "head": head}
        header["evidence"]["last"] = [*last, edge]
        refused(verdict([text_of(header)]), "no part of this ending")


ROTATION = [["0", "-1", "0"], ["1", "0", "0"], ["0", "0", "0"]]


def test_sign_changes_are_of_as_many_roots():
    """x (x^2 + 1) has one real root, and may seem to have three."""

    def real(points):
        factor = {"polynomial": ["0", "1", "0", "1"], "points": points, "exponent": 1}
        return forged("spectrum", ROTATION, {"kind": "real", "trace": [], "factors": [factor]})

    refused(real(["-1", "1", "-1", "1"]), "not ascending")
    refused(real(["-1", "1"]), "of another degree")
    refused(real(["-2", "-1", "1", "2"]), "no sign changes")


def test_a_trace_is_negative():
    for trace in (["0"], ["1"], []):
        evidence = {"kind": "non-real", "trace": trace, "factors": []}
        refused(forged("spectrum", [["0"]], evidence), "not negative")


def test_factors_of_the_states_add_up_to_nothing():
    made = of_kind("infeasibility")[0]
    header = json.loads(lines_of(made)[0])
    data = header["evidence"]
    zeros = ["0"] * len(data["vanishing"])
    refused(forged("infeasibility", header["about"], {**data, "vanishing": zeros}), "it is 0")
    other = {**data, "vanishing": ["1", *zeros[1:]]}
    refused(forged("infeasibility", header["about"], other), "the sum of some factors")
    first, *more = data["equations"]
    for changed, reason in (
        ({"multiplier": ["1", *zeros[1:]]}, "the sum of some factors"),
        ({"pair": first["pair"][:1] * 2}, "do not bring the pair back"),
    ):
        other = {**data, "equations": [{**first, **changed}, *more]}
        refused(forged("infeasibility", header["about"], other), reason)


def test_a_cascade_reaches_every_state():
    header = json.loads(lines_of(of_kind("cascade")[0])[0])
    machine, data = header["about"], header["evidence"]
    size, letters = len(machine["outputs"]), len(machine["alphabet"])
    more = {
        **machine, "outputs": [*machine["outputs"], 0],
        "transitions": [*machine["transitions"], [size] * letters],
    }  # fmt: skip
    refused(forged("cascade", more, data), "not onto")
    first, *states = data["states"]
    negative = {**data, "states": [[first[0], first[1] - size], *states]}
    assert forged("cascade", machine, negative)[0] == "MALFORMED"


@pytest.mark.parametrize("changed", [{"precision": 25}, {"emin": -127}, {"emax": 127}])
def test_states_are_operands_where_errors_are_bounded(changed):
    """A state of more bits, of smaller numbers or of larger ones."""
    fields = json.loads(text_of(arithmetic_json(parse("fp32"))))
    narrow = {**fields["state"], "emax": 126}
    fields |= {"rounded": "letter", "operations": narrow, "state": {**narrow, "emax": 125}}
    assert checker.Bounds(checker.Rounded(fields))
    fields["state"] = {**fields["state"], **changed}
    with pytest.raises(checker.Failure, match="no operands"):
        checker.Bounds(checker.Rounded(fields))


def about_layer(alphabet=("a",), **changed):
    """A network of one layer that never moves, and its task, in exact arithmetic or another."""
    arithmetic, field = changed.pop("arithmetic", "exact"), changed.pop("field", None)
    layer = {
        "alphabet": list(alphabet), "dim": 1, "initial": ["1"], "codes": [["1"]], "emit": [["x"]],
        "steps": {letter: [] for letter in alphabet},
    }  # fmt: skip
    network = {
        "schema": "negeig.network/1", "alphabet": ["a"], "field": field,
        "layers": [{**layer, **changed}], "outputs": {"x": 0, "y": 1}, "empty": 0,
    }  # fmt: skip
    machine = {"alphabet": ["a"], "initial": 0, "transitions": [[0]], "outputs": [0]}
    return {"machine": machine, "network": network, "arithmetic": arithmetic}


def said_of(**changed):
    """What the checker says of a word that errs, which none does."""
    return forged("word", about_layer(**changed), {"word": ["a"]})


def test_the_first_of_equal_codes_counts():
    two = [["1"], ["1"]]
    assert said_of() == ("NOT VERIFIED", "evidence.word: the network is right")
    assert said_of(codes=two, emit=[["x"], ["y"]]) == said_of()
    assert said_of(codes=two, emit=[["y"], ["x"]]) == ("VERIFIED", "")


def test_operations_hold_the_numbers_that_they_are_given():
    """Those of a state and of steps; codes are the decoder's."""
    bf16 = json.loads(text_of(arithmetic_json(parse("bf16"))))
    right = "evidence.word: the network is right"
    unheld = "the format of operations does not hold a number"
    for number in ("257/256", "1/3", "0x1" + "0" * 32):  # in nine bits, in none, too large
        shift = {"a": [{"matrix": [["1"]], "bias": [number]}]}
        assert said_of(arithmetic=bf16, codes=[[number]])[1] == right
        for changed in ({"initial": [number]}, {"steps": shift}):
            said, reason = said_of(arithmetic=bf16, **changed)
            assert (said, reason.endswith(unheld)) == ("MALFORMED", True)
            assert said_of(**changed)[1] == right
    root = {"field": {"minimal_polynomial": [-2, 0, 1], "root": "1.414213562"}}
    given = {**root, "codes": [[["1", "0"]]], "initial": [["0", "1"]]}
    assert said_of(arithmetic=bf16, **given)[1].endswith(unheld)
    given["initial"] = [["1", "0"]]
    assert said_of(arithmetic=bf16, **given)[1] == right


@pytest.mark.parametrize(
    "changed",
    [
        {"steps": {}},
        {"steps": {"a": [], "b": []}},
        {"alphabet": ["a", "a"], "emit": [["x", "x"]]},
        {"alphabet": ["a", "b"], "emit": [["x", "x"]], "steps": {"a": []}},
    ],
    ids=["none", "more", "twice", "fewer"],
)
def test_each_letter_of_a_layer_has_its_steps(changed):
    place = "MALFORMED", "about.network.layers[0].steps: expected steps for each letter"
    said, reason = said_of(**changed)
    assert (said, reason.partition(",")[0]) == place


def test_errors_are_those_of_each_term_that_is_added():
    def bounds(name):
        fields = json.loads(text_of(arithmetic_json(parse(name))))
        return checker.Bounds(checker.Rounded(fields))

    one = checker.Form([1, 0], 1, 0, True)
    for n in (1, 3, 7):
        found = bounds("bf16").affine([1] * n, [one] * n, 1)
        assert found.error == 4 * (n + 1) * (Fraction(n + 1, 2**7) + Fraction(1, 2**133))
    with pytest.raises(checker.Failure, match="nothing bounds"):
        bounds("bf16").affine([1] * 16, [one] * 16, 1)
    assert bounds("fp16").accumulate(0, one, one) is one
    assert bounds("fp16:ftz").accumulate(0, one, one).error > 0


def test_what_no_order_rounds_is_a_multiple_of_what_the_format_holds():
    format = {
        "precision": 3, "emin": -4, "emax": 3, "unused": 0,
        "has_inf": True, "has_nan": True, "has_negative_zero": True,
    }  # fmt: skip
    model = checker.AnyOrder({"operands": format, "sums": format})
    assert model.kept(model.held, 1, Fraction(1, 2), -2) == Fraction(-1, 2)
    for terms in ([Fraction(1, 3)], [Fraction(1, 32)], [16], [4, Fraction(1, 2)], [1, 8], [9, 3]):
        with pytest.raises(checker.Failure, match="may round"):
            model.kept(model.held, *terms)
    narrow = checker.AnyOrder({"operands": {**format, "precision": 2}, "sums": format})
    assert narrow.affine([3], [2], 0) == model.affine([5], [1], 0) + 1 == 6
    for weight, x in ((5, 1), (1, 5)):
        with pytest.raises(checker.Failure, match="may round"):
            narrow.affine([weight], [x], 0)


@pytest.mark.parametrize("root", ["5.0", "-1.0", "0.0", "1.0", "1.7"])
def test_a_root_lies_between_two_signs(root):
    with pytest.raises(checker.Failure, match="single out"):
        checker.Field("field", {"minimal_polynomial": [-2, 0, 1], "root": root})


@pytest.mark.parametrize(
    "changed",
    [{"grid_bits": 8}, {"sums": True, "fma": True}, {"operations": True}],
    ids=["bits", "sums", "operations"],
)
def test_what_an_arithmetic_makes_no_use_of_is_malformed(changed):
    fields = json.loads(text_of(arithmetic_json(parse("bf16"))))
    assert checker.Rounded(fields).fma is False
    other = json.loads(text_of(arithmetic_json(parse("fp32"))))["state"]
    given = {
        key: other if value is True and key != "fma" else value for key, value in changed.items()
    }
    with pytest.raises(checker.Failure, match="no use is made"):
        checker.Rounded({**fields, **given})
