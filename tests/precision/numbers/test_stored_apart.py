"""Keys, betas and other parameters in formats of their own: names, storage, contradictions."""

import itertools
import random
from fractions import Fraction

import mpmath
import pytest

from negeig.claims import InputError
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.numbers.formats import BF16, FORMATS, FP16, FP32, FP64
from negeig.precision.stored import round_parameters, store
from negeig.theory.exact.numbers import NumberField
from negeig.theory.networks.network import DeltaStep, DenseStep
from support.closure_cases import single

THIRD = Fraction(1, 3)
HEADS = ("fp64", "fp32", "bf16", "bf16:acc32", "e4m3fn:acc32", "fp32:acc64", "grid:2^-6")
ASIDE = ("", "fp64", "fp32", "bf16", "fp16", "e4m3fn")


def test_every_combination_is_read_stores_what_it_says_or_contradicts_itself() -> None:
    read = refused = 0
    for head, inputs, keys, betas in itertools.product(HEADS, ASIDE, ASIDE, ASIDE):
        said = [f"{kind}-{own}" for kind, own in
                (("betas", betas), ("inputs", inputs), ("keys", keys)) if own]  # fmt: skip
        name = ":".join([head, *said])
        usual = parse(head)
        wanted = {
            "initial": usual.parameters,
            "parameters": FORMATS[inputs] if inputs else usual.parameters,
        }
        wanted["keys"] = FORMATS[keys] if keys else wanted["parameters"]
        wanted["betas"] = FORMATS[betas] if betas else wanted["parameters"]
        named = [FORMATS[own] for own in (inputs, keys, betas) if own]
        if not all(own.within(usual.operations) for own in named):
            refused += 1
            with pytest.raises(InputError, match=r"do not hold (inputs|keys|betas) of"):
                parse(name)
            continue
        read += 1
        found = parse(name)
        assert found.stored_formats == wanted, name
        assert parse(found.name) == found
        if wanted == usual.stored_formats:
            assert found == usual
        else:
            assert found.name != usual.name
            assert found.describe() != usual.describe()
    print(read, "read,", refused, "refused")
    assert min(read, refused) > 300


def test_each_kind_of_parameter_is_rounded_to_its_own_format() -> None:
    step = DeltaStep(THIRD, (THIRD, -THIRD), THIRD)
    dense = DenseStep(((THIRD, Fraction(0)), (Fraction(0), THIRD)), (THIRD, THIRD))
    start = (THIRD, THIRD)
    network = single({"a": (step, dense)}, start, [start], [0], 0)
    stored, rounded = store(network, parse("fp32:inputs-bf16:keys-fp16:betas-e4m3fn"))
    (layer,) = stored.layers
    near = {f: f.nearest(THIRD) for f in (FP32, BF16, FP16, FORMATS["e4m3fn"])}
    assert layer.initial.tolist() == [near[FP32]] * 2
    assert layer.key[0].tolist() == [near[FP16], -near[FP16]]
    assert layer.beta[0] == near[FORMATS["e4m3fn"]]
    assert layer.write[0] == layer.bias[0][0] == layer.matrix[0][0][0] == near[BF16]
    assert {entry.format for entry in rounded} == set(near)
    assert len({entry.place for entry in rounded}) == len(rounded) == 10


def test_numbers_of_fp64_are_kept_beside_narrower_ones() -> None:
    start = (THIRD,)
    step = DeltaStep(THIRD, start, THIRD)
    network = single({"a": (step,)}, start, [start], [0], 0)
    (layer,) = store(network, parse("fp32:acc64:keys-fp64"))[0].layers
    assert layer.key.dtype == "float64"
    assert layer.key[0][0] == FP64.nearest(THIRD)
    assert layer.initial[0] == layer.beta[0] == FP32.nearest(THIRD)


def test_what_a_format_of_its_own_does_not_hold_is_refused_by_place() -> None:
    key = (Fraction(3, 5), Fraction(4, 5))
    network = single({"a": (DeltaStep(Fraction(2), key, Fraction(0)),)}, key, [key], [0], 0)
    with pytest.raises(InputError, match=r"step 0, key\[0\]: 3/5 is not in fp16") as caught:
        round_parameters(network, parse("fp64:keys-fp16"), round_parameters=False)
    assert "initial[0]: 3/5 is not in fp64" in str(caught.value)
    big = single({"a": (DeltaStep(Fraction(500), key, Fraction(0)),)}, key, [key], [0], 0)
    round_parameters(big, parse("bf16:acc32"), round_parameters=True)
    with pytest.raises(InputError, match="beta: 500 is not in e4m3fn"):
        round_parameters(big, parse("bf16:acc32:betas-e4m3fn"), round_parameters=True)


@pytest.mark.parametrize(
    ("factor", "digits"),
    [
        (Fraction(10**400), "1.7320508075688773e+400"),
        (Fraction(1, 10**400), "1.7320508075688773e-400"),
        (Fraction(-(10**308)), "-1.732050807568877"),
    ],
)
def test_an_irrational_entry_of_any_size_is_told(factor: Fraction, digits: str) -> None:
    root3 = NumberField((-3, 0, 1), "1.73205080756887729352744634150587236694").element([0, 1])
    start = (root3 * factor,)
    network = single({"a": ()}, start, [start], [0], 0)
    _, (entry,) = store(network, parse("fp16"))
    assert f"initial[0]: {digits}" in str(entry)


def test_digits_of_a_small_difference_are_those_of_mpmath() -> None:
    root3 = NumberField((-3, 0, 1), "1.73205080756887729352744634150587236694").element([0, 1])
    near = Fraction(17320508075688772935274463415058723669428052538104, 10**49)
    start = (root3 - near,)
    _, (entry,) = store(single({"a": ()}, start, [start], [0], 0), parse("fp32"))
    mpmath.mp.prec = 600
    wanted = mpmath.nstr(mpmath.sqrt(3) - mpmath.mpf(near.numerator) / near.denominator, 16)
    assert f"initial[0]: {wanted[:15]}" in str(entry)
    assert "e-50..." in str(entry)


def test_suffixes_may_come_in_any_order() -> None:
    parts = ["acc32", "sr", "inputs-bf16", "keys-fp16", "betas-e5m2", "l2norm"]
    name = "e4m3fn:acc32:sr:inputs-bf16:keys-fp16:betas-e5m2:l2norm"
    source = random.Random(2)
    for _ in range(20):
        assert parse(":".join(["e4m3fn", *source.sample(parts, len(parts))])).name == name


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("bf16:keys-fp32", "operations in bf16 do not hold keys of fp32"),
        ("fp16:betas-bf16", "operations in fp16 do not hold betas of bf16"),
        ("fp32:inputs-bf16:inputs-fp16", ":inputs-bf16 and :inputs-fp16 answer the same question"),
        ("exact:keys-bf16", "nothing is rounded in exact, so :keys-bf16 says nothing"),
        ("grid:2^-6:keys-fp64", "operations in fp32 do not hold keys of fp64"),
    ],
)
def test_contradictions_are_named(name: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        parse(name)


@pytest.mark.parametrize("name", ["fp32:keys", "fp32:keys-", "fp32:keys-bf17", "fp32:values-bf16"])
def test_what_is_no_suffix_is_unknown(name: str) -> None:
    with pytest.raises(InputError, match="is unknown"):
        parse(name)
