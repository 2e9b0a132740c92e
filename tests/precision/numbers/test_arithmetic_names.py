"""Names of arithmetics: suffixes in any order, one canonical order, contradictions by name."""

import itertools
import re
from fractions import Fraction

import pytest

from negeig.claims import InputError
from negeig.precision.numbers.arithmetic import PRESETS, Arithmetic, known_names, parse
from negeig.precision.numbers.formats import FORMATS, FP32, FP64
from support.paths import ROOT

HEADS = ["fp64", "fp32", "tf32", "bf16", "e4m3fn", "e2m1fn", "grid:2^-6", "fixed8:2^-4", "exact"]
PLACES = ["", "all-ops", "sum32", "acc32", "acc32-step", "acc32-chunk64", "acc64", "acc64-step"]
SUFFIXES = [
    ["", "rne", "rtz", "rna", "sr"],
    ["", "sat"],
    ["", "ftz"],
    ["", "daz"],
    ["", "left", "pairwise", "butterfly"],
    ["", "fma", "fma?"],
]


def joined(*parts: str) -> str:
    return ":".join(part for part in parts if part)


def read(name: str) -> Arithmetic | None:
    """The arithmetic of a name; None where it contradicts itself."""
    try:
        return parse(name)
    except InputError as error:
        told = f"{name!r} contradicts itself: " in str(error)
        if error.code != "contradictory-arithmetic" or not told:
            raise
        return None


def test_every_name_is_read_or_contradicts_itself() -> None:
    """All of them: what is read has a canonical name, and the fields that its suffixes say."""
    contradict, seen = 0, {}
    for head, place, *said in itertools.product(HEADS, PLACES, *SUFFIXES):
        name = joined(head, place, *said)
        found = read(name)
        if found is None:
            contradict += 1
            continue
        assert parse(found.name) == found, name
        assert seen.setdefault(found.name, found) == found
        if head == "exact":
            continue
        direction, overflow, results, operands, order, products = said
        assert found.direction == ("rne" if direction in ("", "sr") else direction)
        assert found.stochastic == (direction == "sr")
        assert found.flushes == bool(results)
        assert found.flushes_operands == bool(operands)
        assert found.order == (order or "left")
        assert (found.fma, found.any_fma) == (products == "fma", products == "fma?")
        assert found.has_choices == (direction == "sr" or products == "fma?")
        if overflow and head not in ("e2m1fn", "fixed8:2^-4"):
            assert found.saturates
        if head in FORMATS:
            wide = {"acc64": FP64, "acc32": FP32}.get(place[:5], FORMATS[head])
            assert found.operations == wide
            assert found.state == found.parameters == FORMATS[head]
            assert FORMATS[head].within(wide)
            assert (found.sums is not None) == (place == "sum32")
    assert contradict > 1000
    sentences = [one.describe() for one in seen.values()]
    assert len(sentences) == len(set(sentences))  # other models, other words


def test_the_order_of_suffixes_does_not_matter() -> None:
    parts = ["acc32", "sr", "sat", "ftz", "butterfly", "fma?"]
    for order in itertools.permutations(parts):
        assert parse(joined("bf16", *order)).name == "bf16:acc32:sr:sat:ftz:butterfly:fma?"
    assert parse(" BF16:SR:ACC32 ").name == "bf16:acc32:sr"
    assert parse("fp32:rne:left").name == "fp32"
    assert parse("grid:2^-06:acc32:rtz").name == "grid:2^-6:rtz"


def test_names_of_before_stay_and_are_those_that_compiled_code_runs() -> None:
    for name in known_names():
        found = parse(name)
        assert found.name == name
        assert found.is_exact or found.is_basic
    assert parse("grid:2^-6").is_basic
    for suffix in ("rtz", "rna", "sat", "ftz", "daz", "pairwise", "butterfly", "fma?"):
        assert not parse(f"fp32:{suffix}").is_basic
        assert not parse(f"bf16:acc32:{suffix}").is_basic
    others = ["bf16:acc32:sr", "bf16:acc64", "bf16:fma", "fp64:fma", "fixed8:2^-4", "bf16:sum32"]
    for name in others:
        assert not parse(name).is_basic
    assert parse("bf16:acc32:fma").is_basic


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("fp64:acc32", "fp32, which accumulates, is narrower than fp64, the format of the state"),
        ("fp32:acc32", "the state is in fp32 as operations are, so :acc32 rounds nothing"),
        ("bf16:sr", "every operation rounds to bf16, so storing the state rounds nothing; "
         "bf16:acc32:sr stores a wider one"),
        ("fp32:sr", "fp32:acc64:sr stores a wider one"),
        ("fp64:sr", "no wider operations are known than those of fp64"),
        ("bf16:acc32:sr:rtz", ":sr and :rtz answer the same question"),
        ("fp32:fma:fma?", ":fma and :fma\\? answer the same question"),
        ("bf16:acc32:acc64", ":acc32 and :acc64 answer the same question"),
        ("fp32:sum32", "fp32 is no wider than fp32, so :sum32 adds nothing more precisely"),
        ("bf16:sum32:fma", "products are rounded to bf16 before :sum32 adds them, not :fma"),
        ("bf16:sum32:acc32", ":sum32 and :acc32 answer the same question"),
        ("exact:fma?", "nothing is rounded in exact, so :fma\\? says nothing"),
        ("grid:2^-6:acc64:sr", "rounds the state after each letter, from operations in fp32, not "
         ":acc64"),
        ("grid:2^-6:sat", "grid:2\\^-6 has no largest number"),
        ("fixed1:2^-2", "fixed-point numbers of one bit have no positive one"),
        ("fixed26:2^-0", "operations in fp32 hold 24: at most fixed25"),
        ("fixed60:2^-3:rtz", "have up to 59 bits beside the sign"),
    ],
)  # fmt: skip
def test_contradictions_are_named(name: str, why: str) -> None:
    with pytest.raises(InputError, match=why) as caught:
        parse(name)
    assert caught.value.exit_code == 2


def test_several_contradictions_are_told_together() -> None:
    with pytest.raises(InputError, match=r":sr and :rtz answer .*; fp32, which accumulates, is"):
        parse("fp64:acc32:sr:rtz")


def test_presets_are_names_of_names() -> None:
    for preset, name in PRESETS.items():
        assert parse(preset) == parse(name)
    assert parse("reference").name == "fp32"


def test_the_page_lists_every_format_suffix_and_preset() -> None:
    page = (ROOT / "docs" / "arithmetic.md").read_text()
    said = [suffix for answers in (PLACES, *SUFFIXES) for suffix in answers if suffix]
    shown = {re.sub(r"\d+$", "C", s) if "chunk" in s else s for s in said}
    for name in (*FORMATS, *PRESETS, *PRESETS.values(), *shown, "grid:2^-q", "fixedN:2^-q"):
        assert f"`{name}`" in page, name


@pytest.mark.parametrize("name", ["bf16::", ":bf16", "bf16:acc32:", "grid:2^-2:", "reference:sr"])
def test_a_suffix_that_is_empty_or_of_a_preset_is_unknown(name: str) -> None:
    with pytest.raises(InputError, match="is unknown"):
        parse(name)


def test_the_widest_fixed_point_numbers_are_held_by_what_computes_them() -> None:
    assert parse("fixed25:2^-0").grid_bits == 25
    assert FORMATS["fp32"].holds(Fraction(2**24 - 1))
    assert not FORMATS["fp32"].holds(Fraction(2**25 - 1))
