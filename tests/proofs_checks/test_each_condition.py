"""Conditions of the checker that only a forged certificate meets, one by one."""

import json
from fractions import Fraction

import pytest

from negeig.precision.numbers.arithmetic import parse
from negeig.proofs_checks import checker
from negeig.proofs_checks.certificate import text_of
from negeig.proofs_checks.runs.subject import arithmetic_json, vector_text
from support.certificates import lines_of, of_kind, verdict


def forged(kind, about, evidence, rows=()):
    header = {
        "schema": checker.SCHEMA, "kind": kind, "claim": checker.KINDS[kind][1],
        "assumptions": [], "about": about, "evidence": evidence,
    }  # fmt: skip
    return verdict([text_of(line) for line in (header, *rows)])


def refused(found, because):
    assert (found[0], because in found[1]) == ("NOT VERIFIED", True), found


PARITY = {"alphabet": ["1"], "initial": 0, "transitions": [[1], [0]], "outputs": [0, 1]}


def test_e_and_f_are_idempotent():
    context = {"prefix": [], "suffix": []}
    refused(forged("idempotents", PARITY, {"e": ["1"], "f": [], **context}), "not idempotent")
    refused(forged("idempotents", PARITY, {"e": [], "f": ["1"], **context}), "not idempotent")


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


def test_a_vector_of_an_exact_closure_is_a_code():
    """Where a word is read, a layer has matrices, or of a rounded vector, the nearest is enough."""
    matrix = about_layer(steps={"a": [{"matrix": [["0"]], "bias": ["2"]}]})
    about = about_layer(steps={"a": [{"beta": "1", "key": ["1"], "write": "2"}]})
    half = about_layer(steps={"a": [{"beta": "1/2", "key": ["1"], "write": "3"}]})
    counts = {"layers": [2], "states": 2}
    states = [[0, 0], [0, 1]]
    rows = [[["1"]], [["2"]], [0, 0], [0, 1]]
    refused(forged("closure", about, counts, rows), "is no code")
    assert forged("closure", matrix, counts, rows) == ("VERIFIED", "")
    refused(forged("closure", half, counts, rows), "leads to none")
    about["arithmetic"] = json.loads(text_of(arithmetic_json(parse("bf16"))))
    vectors = [[vector_text((x,))] for x in (1.0, 2.0)]
    assert forged("closure", about, counts, [*vectors, *states]) == ("VERIFIED", "")


def test_only_exact_states_are_cast():
    """Or compared as they are: two words lead to one, and parity tells them apart."""
    bf16 = json.loads(text_of(arithmetic_json(parse("bf16"))))
    words = [[{"word": ["a"], "times": k}] for k in (1, 2)]
    for arithmetic, cast in (("exact", None), (bf16, bf16["state"]), ("exact", bf16["state"])):
        about = about_layer(arithmetic=arithmetic) | {"machine": {**PARITY, "alphabet": ["a"]}}
        found = forged("collision", about, {"words": words, "cast": cast})
        if arithmetic == "exact":
            assert found == ("VERIFIED", "")
        else:
            assert found == ("MALFORMED", "evidence.cast: only exact states are cast")


def test_what_is_infinite_is_no_code():
    """It is nearest to none, and then nothing comes out."""
    double = {"a": [{"matrix": [["2"]], "bias": ["0"]}]}
    bf16 = json.loads(text_of(arithmetic_json(parse("bf16"))))
    for length, said in ((120, "NOT VERIFIED"), (130, "VERIFIED")):
        about = about_layer(steps=double, arithmetic=bf16)
        assert forged("word", about, {"word": ["a"] * length})[0] == said


def test_a_start_that_is_no_vector_is_missing():
    """Whatever the first row is, and whether it has a code."""
    for initial in ("5", "-1", "1"):
        about, counts = about_layer(initial=[initial]), {"layers": [1], "states": 1}
        found = forged("closure", about, counts, [[["1"]], [0, 0]])
        if initial == "1":
            assert found == ("VERIFIED", "")
        else:
            refused(found, "states: the start is missing")


def test_a_vector_leads_to_a_vector():
    about = about_layer(steps={"a": [{"matrix": [["-1"]], "bias": ["0"]}]})
    found = forged("closure", about, {"layers": [1], "states": 1}, [[["1"]], [0, 0]])
    refused(found, "state 0, letter a: a layer's vector leads to none of its vectors")


def test_between_two_cells_a_region_is_in_the_first():
    stays = {"a": [{"matrix": [["1"]], "bias": ["0"]}]}
    about = about_layer(codes=[["-1"], ["1"]], emit=[["x"], ["x"]], initial=["0"], steps=stays)
    counts = {"layers": [1], "regions": [True], "classes": [], "states": 1}
    for code, box in ((0, ["0", "0"]), (0, ["-1", "0"]), (1, ["0", "0"]), (1, ["0", "1"])):
        row = [{"box": [box], "code": code, "after": [0]}]
        found = forged("regions", about, counts, [row, [0, 0]])
        if code == 0:
            assert found == ("VERIFIED", "")
        else:
            refused(found, "in no code's cell")
    row = [{"box": [["1/2", "1"]], "code": 1, "after": [0]}]
    refused(forged("regions", about, counts, [row, [0, 0]]), "lacks the initial state")


@pytest.mark.parametrize("beta", ["0", "1/2", "1", "3/2", "2"])
def test_regions_are_no_codes_where_an_exact_state_has_to_equal_one(beta):
    """Mirrors and overwrites leave 0 where it is, and it is no code; others reach the nearest."""
    steps = {"a": [{"beta": beta, "key": ["1"], "write": "0"}]}
    about = about_layer(codes=[["1"]], emit=[["x"]], initial=["0"], steps=steps)
    counts = {"layers": [1], "regions": [True], "classes": [], "states": 1}
    rows = [[{"box": [["0", "0"]], "code": 0, "after": [0]}], [0, 0]]
    found = forged("regions", about, counts, rows)
    if beta in ("1/2", "3/2"):
        assert found == ("VERIFIED", "")
    else:
        refused(found, "the states of a layer have to equal its codes")


def test_powers_lead_to_the_same_state_only_where_its_cast_is_the_same():
    """A number that is halved k times is 2^-k, which fp32 holds until it is 0."""
    fp32 = json.loads(text_of(arithmetic_json(parse("fp32"))))["state"]
    about = about_layer(steps={"a": [{"matrix": [["1/2"]], "bias": ["0"]}]})
    about["machine"] = {**PARITY, "alphabet": ["a"]}
    for times in (2, 3, 6, 148, 150, 10**5):
        same = times >= 150
        words = [[{"word": ["a"], "times": k}] for k in (times, times + 1)]
        found = forged("collision", about, {"words": words, "cast": fp32})
        assert found[0] == ("VERIFIED" if same else "NOT VERIFIED"), times
        assert same or "lead to different states" in found[1]


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
            assert said_of(**changed, codes=[[number]])[1] == right
    root = {"field": {"minimal_polynomial": [-2, 0, 1], "root": "1.414213562"}}
    given = {**root, "codes": [[["1", "0"]]], "initial": [["0", "1"]]}
    assert said_of(arithmetic=bf16, **given)[1].endswith(unheld)
    given["initial"] = [["1", "0"]]
    assert said_of(arithmetic=bf16, **given)[1] == right


def test_an_irrational_has_a_nearest_code_or_has_to_equal_one():
    root = {"minimal_polynomial": [-2, 0, 1], "root": "1.414213562"}
    one, other = [["1", "0"]], [["0", "1"]]
    stays = {"a": [{"matrix": [one], "bias": [["0", "0"]]}]}
    said = said_of(field=root, codes=[one], initial=other, steps=stays)
    refused(said, "the network is right")
    # Without a matrix it has to equal one, and nothing comes out.
    assert said_of(field=root, codes=[one], initial=other) == ("VERIFIED", "")
    refused(said_of(field=root, codes=[other], initial=other), "the network is right")


def test_what_comes_out_is_read():
    """By the next layer, by the outputs; and the network reads the letters of the machine."""
    lost = "MALFORMED", "about.network: a symbol that comes out and is not read"
    assert said_of(emit=[["z"]]) == lost
    about = about_layer()
    (layer,) = about["network"]["layers"]
    about["network"]["layers"] = [layer, layer]
    assert forged("word", about, {"word": ["a"]}) == lost
    about["network"]["layers"][1] = {**layer, "alphabet": ["x"], "steps": {"x": []}}
    refused(forged("word", about, {"word": ["a"]}), "the network is right")
    about["network"]["alphabet"] = ["x"]
    assert forged("word", about, {"word": ["a"]})[1].startswith("about.network.alphabet: not the")


def test_of_several_layers_the_cast_is_decoded():
    """Beside 1 there is a code that is nearer to the state, and not to its cast."""
    fp32 = json.loads(text_of(arithmetic_json(parse("fp32"))))["state"]
    near, nearer = (str(1 + Fraction(1, 2**k)) for k in (59, 50))
    state = str((Fraction(near) + Fraction(nearer)) / 2 + Fraction(1, 2**70))
    for codes, same in (([["1"], [nearer]], True), ([[nearer], ["1"]], False)):
        about = about_layer(codes=codes, emit=[["x"], ["y"]], initial=[state])
        about["machine"] = {**PARITY, "alphabet": ["a"]}
        half = [{"matrix": [["1/2"]], "bias": ["0"]}]
        (layer,) = about["network"]["layers"]
        above = {**layer, "alphabet": ["x", "y"], "codes": [["1"]], "emit": [["x", "y"]],
                 "initial": ["1"], "steps": {"x": [], "y": half}}  # fmt: skip
        about["network"]["layers"].append(above)
        words = [[{"word": ["a"], "times": k}] for k in (1, 2)]
        found = forged("collision", about, {"words": words, "cast": fp32})
        assert found[0] == ("VERIFIED" if same else "NOT VERIFIED")


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


def test_each_layer_has_its_classes():
    """Were one left out, nothing would be shown of what comes out of the last layer."""
    made = of_kind("layers")[1]
    header, *rows = lines_of(made)
    value, (first, second) = json.loads(header), made.evidence["layers"]
    value["evidence"]["classes"] = [first, second, 1]
    assert verdict([text_of(value), *rows])[0] == "NOT VERIFIED"
    network, letters = value["about"]["network"], value["about"]["machine"]["alphabet"]
    value["about"]["machine"] = {
        "alphabet": letters, "initial": 0, "transitions": [[0] * len(letters)], "outputs": [0],
    }  # fmt: skip
    network["outputs"] = {x: i for i in (0, 1) for row in network["layers"][i]["emit"] for x in row}
    network["empty"] = 0
    below = rows[: first + second + first]
    classes = {json.loads(row)[0] for row in below[first + second :]}
    value["evidence"] |= {"classes": [first], "states": len(classes)}
    states = [text_of([0, own]) for own in classes]
    assert verdict([text_of(value), *below, *states])[0] == "MALFORMED"


def test_whatever_a_class_may_hand_on_is_followed():
    """A layer that alternates, its two states in one class; what it hands on comes out."""
    flip = {"a": [{"matrix": [["-1"]], "bias": ["0"]}]}
    about = about_layer(steps=flip, codes=[["1"], ["-1"]], emit=[["x"], ["y"]])
    (layer,) = about["network"]["layers"]
    above = {**layer, "alphabet": ["x", "y"], "codes": [["1"]], "emit": [["p", "q"]],
             "steps": {"x": [], "y": []}}  # fmt: skip
    about["network"]["layers"].append(above)
    rows = [[["1"]], [["-1"]], [["1"]], [0, 0], [0, 1], [0, 0], [0, 0, 0]]
    evidence = {"layers": [2, 1], "classes": [2, 1], "states": 1}
    for p, q in ((0, 0), (0, 1), (1, 0)):
        about["network"]["outputs"] = {"p": p, "q": q}
        found = forged("layers", about, evidence, rows)
        if p == q:
            assert found == ("VERIFIED", "")
        else:
            refused(found, "the output is not the machine's")


def test_a_period_is_the_least_of_some_word():
    cycle = {**PARITY, "transitions": [[1], [2], [3], [0]], "outputs": [0, 1, 0, 1]}
    given = {"index": 0, "prefix": [], "suffix": []}
    for word, period in ((["1"], 2), (["1"], 4), (["1"], 3), ([], 2)):
        found = forged("period", cycle, {**given, "word": word, "period": period})
        if (word, period) == (["1"], 2):
            assert found == ("VERIFIED", "")
        else:
            refused(found, "evidence.period: not the least one")
    later = {**given, "word": ["1"], "period": 2, "index": 1}
    refused(forged("period", cycle, later), "evidence.index: it is earlier")


def test_errors_are_those_of_each_term_that_is_added():
    def bounds(name):
        fields = json.loads(text_of(arithmetic_json(parse(name))))
        return checker.Bounds(checker.Rounded(fields))

    one = checker.Form([1, 0], 1)
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
