"""The checker verifies what the library makes, and nothing that the library refutes."""

import gzip
import json
import random
import subprocess
import sys
from collections import Counter
from fractions import Fraction

import pytest

from negeig.precision.numbers.arithmetic import parse
from negeig.precision.numbers.operations import Operations
from negeig.proofs_checks import checker
from negeig.proofs_checks.certificate import text_of, write
from negeig.proofs_checks.kinds import KINDS
from negeig.proofs_checks.runs import closure, machines, words
from negeig.proofs_checks.runs.subject import arithmetic_json, vector_text
from support.certificates import claim_holds, lines_of, mutated, of_kind, verdict, verdict_of_bytes

MADE = sorted(checker.KINDS)
CHECKER = checker.__file__


def test_every_kind_of_the_checker_is_made_here():
    assert all(of_kind(kind) for kind in MADE)
    claims = {name: claim for name, (_, claim, *_) in checker.KINDS.items()}
    assert claims["closure"] == closure.CLAIM
    assert (claims["word"], claims["collision"]) == (words.WORD_CLAIM, words.COLLISION_CLAIM)
    assert claims["equivalence"] == machines.SAME_CLAIM
    assert claims["inequivalence"] == machines.OTHER_CLAIM
    portable = {name: kind.statement for name, kind in KINDS.items() if kind.portable is not None}
    assert portable.items() <= claims.items()


@pytest.mark.parametrize("kind", MADE)
def test_what_is_made_is_verified_and_true(kind):
    for certificate in of_kind(kind):
        lines = lines_of(certificate)
        assert verdict(lines) == ("VERIFIED", "")
        assert claim_holds(json.loads(lines[0]))


def check_mutations(kind, count, seed):
    """No altered certificate is verified unless what it claims is true."""
    rng = random.Random(seed)
    found = Counter()
    for _ in range(count):
        lines = lines_of(rng.choice(of_kind(kind)))
        other = mutated(lines, rng)
        if other == lines:
            continue
        said, reason = verdict(other)
        found[said] += 1
        if said == "VERIFIED":
            assert claim_holds(json.loads(other[0])), (seed, other)
        else:
            assert reason
    return found


@pytest.mark.parametrize("kind", MADE)
def test_nothing_false_is_verified(kind):
    found = check_mutations(kind, 40, seed=1)
    assert found["NOT VERIFIED"] + found["MALFORMED"] > 10


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", MADE)
def test_nothing_false_is_verified_of_ten_thousand(kind):
    found = check_mutations(kind, 10_000, seed=2)
    assert found["NOT VERIFIED"] > 100


def test_flipped_bytes_are_never_a_crash():
    rng = random.Random(3)
    for kind in MADE:
        data = bytearray("".join(f"{x}\n" for x in lines_of(of_kind(kind)[0])).encode())
        for packed in (False, True):
            whole = bytearray(gzip.compress(bytes(data), mtime=0)) if packed else data
            for _ in range(40):
                broken = bytearray(whole)
                for _ in range(rng.choice((1, 1, 4))):
                    broken[rng.randrange(len(broken))] = rng.randrange(256)
                if rng.random() < 0.2:
                    del broken[rng.randrange(len(broken)) :]
                assert verdict_of_bytes(bytes(broken))[0] in (
                    "VERIFIED", "NOT VERIFIED", "MALFORMED",
                )  # fmt: skip


# ---- arithmetic: the checker's operations are the library's


ARITHMETICS = (
    "bf16", "fp16", "fp32", "fp64", "e4m3fn", "e5m2", "e4m3fnuz", "e2m1fn", "e3m2fn", "fp32:fma",
    "bf16:rtz", "fp16:rna", "e5m2:sat", "fp16:ftz", "fp16:daz", "bf16:acc32:rtz", "bf16:sum32",
    "fp16:acc32-step:sat", "grid:2^-6", "fixed8:2^-4", "grid:2^-10:rtz", "bf16:fma", "e4m3fn:rtz",
)  # fmt: skip


def numbers_of(format, rng, count):
    """Numbers of a format: special ones, and some of any size."""
    top, smallest = float(format.max_finite), float(format.smallest)
    found = [0.0, 1.0, -1.0, top, -top, smallest, -smallest, float(format.normal), 1.5, -0.5]
    if format.has_negative_zero:
        found.append(-0.0)
    while len(found) < count:
        x = (
            rng.choice((-1, 1))
            * rng.uniform(0.5, 2)
            * 2.0 ** rng.uniform(format.emin - 3, format.emax)
        )
        found.append(format.nearest(Fraction(x)))
    return found


def dot_product(ours, weights, h):
    """A sum of products, added from the left, by the library's operations."""
    (a, b), *terms = zip(weights, h, strict=True)
    total = ours.multiply(a, b)
    for a, b in terms:
        if ours.arithmetic.fma:
            total = ours.fused(a, b, total)
        else:
            total = ours.add_products(total, ours.multiply(a, b))
    return ours.summed(total)


@pytest.mark.parametrize("name", ARITHMETICS)
def test_operations_are_the_librarys_bit_for_bit(name):
    rng = random.Random(name)
    model = parse(name)
    ours = Operations(model)
    theirs = checker.Rounded(json.loads(text_of(arithmetic_json(model))))
    numbers = numbers_of(model.operations, rng, 24)
    for a in numbers:
        for b in numbers:
            assert repr(theirs.ops.fused(1.0, a, b)) == repr(ours.add(a, b)), (a, b)
            assert repr(theirs.affine([a], [b], 0)) == repr(ours.multiply(a, b)), (a, b)
        b, c, d, e = (rng.choice(numbers) for _ in range(4))
        assert repr(theirs.ops.fused(a, c, d)) == repr(ours.fused(a, c, d)), (a, c, d)
        assert repr(theirs.accumulate(a, c, d)) == repr(ours.accumulate(a, c, d)), (a, c, d)
        assert repr(theirs.store.of(a)) == repr(ours.store(a)), a
        dot = dot_product(ours, (a, b, c), (d, a, b))
        assert repr(theirs.affine((a, b, c), (d, a, b), 0)) == repr(dot), (a, b, c, d)
        shifted = ours.add(dot, e) if e else dot
        assert repr(theirs.affine((a, b, c), (d, a, b), e)) == repr(shifted), (a, b, c, d, e)
    for _ in range(50):
        third = Fraction(rng.randrange(1, 10**6), rng.randrange(1, 10**6))
        x = third * Fraction(rng.choice(numbers))
        if x:
            assert repr(theirs.ops.rounded(*x.as_integer_ratio())) == repr(
                ours.rounding.round(x)
            ), x


def test_bits_are_read_as_they_are_written():
    """Those of binary64, of both zeros too; and nothing else is read."""
    model = checker.Rounded(json.loads(text_of(arithmetic_json(parse("fp64")))))
    value = {"alphabet": ["a"], "dim": 2, "initial": ["0", "0"], "codes": [], "emit": [],
             "steps": {"a": []}}  # fmt: skip
    layer = checker.Layer("layer", value, checker.rational, model)
    rng, seen = random.Random(3), set()
    for x in numbers_of(parse("fp64").operations, rng, 40):
        for vector in ((x, 1.0), (1.0, x)):
            bits = layer.vector("row", vector_text(vector))
            assert repr(layer.unpacked(bits)) == repr(vector)
            assert layer.bits(vector) == bits
            seen.add(bits)
    assert len(seen) == 2 * 40 - 1
    for text in ("", "00" * 15, "00" * 17, "0 0" + "00" * 15, "3F" + "00" * 15):
        with pytest.raises(checker.Failure, match="MALFORMED"):
            layer.vector("row", text)


def test_numbers_of_a_field_are_compared():
    """Two codes may be as far: equal numbers are not less, and none is undecided."""
    value = {"minimal_polynomial": [-2, 0, 1], "root": "1.41421356237309504880168872421"}
    root = checker.Field("", value).number("", ["0", "1"])
    assert 1 < root < 2
    assert not root < root
    assert not root > root
    assert root * root == 2
    assert root + -root == 0
    away = [3, root * Fraction(1, 2), 2, root * Fraction(1, 2)]
    assert away.index(min(away)) == 1
    assert sorted([root, 1, -root, 2]) == [-root, 1, root, 2]


# ---- assumptions, and several certificates in a file

ASSUMED = [{"id": "deterministic", "statement": "the same inputs give the same bits"}]


def with_assumptions(lines, assumptions):
    return [text_of({**json.loads(lines[0]), "assumptions": assumptions}), *lines[1:]]


def test_an_assumption_has_to_be_permitted():
    whole = lines_of(of_kind("closure")[0])
    lines = with_assumptions(whole, ASSUMED)
    assert verdict(lines)[0] == "NOT VERIFIED"
    assert "deterministic" in verdict(lines)[1]
    assert verdict(lines, ["other"])[0] == "NOT VERIFIED"
    assert verdict(lines, ["deterministic"]) == ("VERIFIED", "")
    assert verdict(with_assumptions(whole, ASSUMED * 2), ["deterministic"])[0] == "MALFORMED"
    assert verdict(with_assumptions(whole, [{"id": "x"}]), ["x"])[0] == "MALFORMED"


def test_a_file_of_several_is_as_good_as_its_worst(tmp_path):
    path = str(tmp_path / "all.json.gz")
    every_one = [one for kind in MADE for one in of_kind(kind)]
    assert write(path, every_one) == len(every_one)
    first = (tmp_path / "all.json.gz").read_bytes()
    write(path, every_one)
    assert (tmp_path / "all.json.gz").read_bytes() == first
    done = subprocess.run(
        [sys.executable, CHECKER, path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert done.stdout.count("VERIFIED") == len(every_one)
    assert all(one.sha256 in done.stdout for one in every_one)
    wrong = [x for one in every_one for x in lines_of(one)] + ["{}"]
    assert verdict(wrong)[0] == "MALFORMED"
