"""What ``checker.py`` prints alone: the first line is the verdict of the whole file."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from functools import cache
from hashlib import sha256
from itertools import islice, permutations
from pathlib import Path

import pytest

import negeig
from negeig.automata.zoo import get
from negeig.proofs_checks import checker
from negeig.proofs_checks.certificate import text_of
from negeig.proofs_checks.runs.closure import closure_certificate
from negeig.theory.networks.network import DeltaStep
from negeig.theory.networks.network_json import dumps
from support.certificates import closures, lines_of
from support.closure_cases import parity


@cache
def good() -> bytes:
    """One certificate."""
    return "".join(line + "\n" for line in lines_of(next(closures()))).encode()


def answered(
    capsys: pytest.CaptureFixture[str], path: Path, data: bytes, *more: str
) -> tuple[int, list[str]]:
    path.write_bytes(data)
    code = checker.main([str(path), *more])
    return code, capsys.readouterr().out.splitlines()


DAMAGED = {
    "cut": lambda: (good() * 3)[:-40],
    "no last newline": lambda: (good() * 2)[:-1],
    "an empty line after": lambda: good() + b"\n",
    "cut gzip": lambda: gzip.compress(good() * 3, mtime=0)[:-5],
    "text after": lambda: good() + b"{}\n",
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_the_first_line_is_about_the_whole_file(capsys, tmp_path, damage):
    code, (first, *rest) = answered(capsys, tmp_path / "a.json", DAMAGED[damage]())
    assert code == 2
    assert first.startswith("MALFORMED: line ")
    assert "VERIFIED" in rest  # those before it are listed, after the verdict
    assert not any(line.startswith("MALFORMED") for line in rest)


def test_one_that_does_not_show_its_claim_is_said_first_too(capsys, tmp_path):
    assumed = b'"assumptions":[{"id":"x","statement":"y"}]'
    wrong = good().replace(b'"assumptions":[]', assumed, 1)
    code, (first, *rest) = answered(capsys, tmp_path / "a.json", good() + wrong)
    assert (code, first) == (1, "NOT VERIFIED: assumptions: not permitted: --permit x")
    assert rest[:2] == ["  assumes     x: y", "VERIFIED"]
    code, lines = answered(capsys, tmp_path / "a.json", good() + wrong, "--permit", "x")
    assert (code, lines[0], lines.count("VERIFIED")) == (0, "VERIFIED", 2)


def test_all_assumptions_that_are_not_permitted_are_named_at_once(capsys, tmp_path):
    rows = ",".join(f'{{"id":"{name}","statement":"y"}}' for name in ("a", "b", "", "c"))
    data = good().replace(b'"assumptions":[]', f'"assumptions":[{rows}]'.encode(), 1)
    for more, asked in (((), "a,b,,c"), (("--permit", "a,c"), "b,"), (("--permit", "a,b,c"), "")):
        code, (first, *_) = answered(capsys, tmp_path / "a.json", data, *more)
        expected = f"NOT VERIFIED: assumptions: not permitted: --permit {asked}"
        assert (code, first) == (1, expected)  # one without a name is never permitted


def test_what_is_to_be_permitted_is_told_before_it_is(capsys, tmp_path):
    """A name alone is nothing to agree to."""
    rows = ",".join(f'{{"id":"{name}","statement":"{name} \\n"}}' for name in ("this", "that"))
    data = good().replace(b'"assumptions":[]', f'"assumptions":[{rows}]'.encode(), 1)
    told = [f"  assumes     {name}: {name} \\n" for name in ("this", "that")]
    for more, asked in (((), told), (("--permit", "this"), told[1:])):
        code, (_, *rest) = answered(capsys, tmp_path / "a.json", data, *more)
        assert (code, rest) == (1, asked)  # and on lines of their own, whatever they say
    for permit in "this,that", " that , this":
        code, lines = answered(capsys, tmp_path / "a.json", data, "--permit", permit)
        assert (code, [line for line in lines if "assumes" in line]) == (0, told)


def test_whole_certificates_that_were_dropped_are_not_missed(capsys, tmp_path):
    """What docs/certificates.md says of it: the answers are to be counted."""
    for count in (3, 2):
        code, lines = answered(capsys, tmp_path / "a.json", good() * count)
        assert (code, lines[0], lines.count("VERIFIED")) == (0, "VERIFIED", count)


def test_those_that_are_verified_are_in_the_order_of_the_file(capsys, tmp_path):
    """Also behind the verdict of one that fails."""
    texts = ["".join(line + "\n" for line in lines_of(x)) for x in islice(closures(), 3)]
    names = [f"  sha256      {sha256(text.encode()).hexdigest()}" for text in texts]
    assert len(set(names)) == 3
    for order in permutations(range(3)):
        for end in ("", "{}\n"):
            data = ("".join(texts[k] for k in order) + end).encode()
            _, lines = answered(capsys, tmp_path / "a.json", data)
            assert [x for x in lines if "sha256  " in x] == [names[k] for k in order]


@pytest.mark.parametrize("steps", ["-1", "0", "00", "0e9", "x", "", "1.5", "1e", "_1"])
def test_steps_are_a_whole_number_of_at_least_one(capsys, tmp_path, steps):
    with pytest.raises(SystemExit) as end:
        answered(capsys, tmp_path / "a.json", good(), "--steps", steps)
    assert end.value.code == 2
    expected = f"--steps: expected a whole number, at least 1, found {steps!r}"
    assert expected in capsys.readouterr().err


@pytest.mark.parametrize("steps", ["1", "1e9", "1_000", "1E3", "+7"])
def test_steps_are_spelt_as_verify_takes_them(capsys, tmp_path, steps):
    assert answered(capsys, tmp_path / "a.json", good(), "--steps", steps)[0] == 0


def test_a_network_is_told_what_was_expected(capsys, tmp_path):
    text = (
        dumps(parity(DeltaStep(Fraction(2), (Fraction(1),), Fraction(0))))
        .replace(", ", ",\n ")
        .encode()
    )
    expected = "no line of a certificate, JSON in ASCII with whole numbers < 10^19"
    found = answered(capsys, tmp_path / "net.json", text)
    assert found == (2, [f"MALFORMED: line 1: {expected}"])


def test_a_reader_that_has_seen_enough_is_no_failure(tmp_path):
    """As of ``| head -1``: the exit code is the verdict's, and nothing is complained of."""
    path = tmp_path / "many.json"
    for data, code, first in ((good(), 0, b"VERIFIED\n"), (good()[:-9], 2, b"MALFORMED: ")):
        path.write_bytes(good() * 400 + data)  # more than a pipe holds
        command = [sys.executable, checker.__file__, path]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as done:
            assert done.stdout is not None
            assert done.stderr is not None
            assert done.stdout.readline().startswith(first)
            done.stdout.close()
            assert done.stderr.read() == b""
        assert done.returncode == code


def test_what_a_network_says_of_itself_is_no_part_of_a_certificate(capsys, tmp_path):
    """It is left out where one is written, and refused where one is read."""
    made = negeig.compile(zoo="parity").network
    (layer,) = made.layers
    named = replace(made, layers=(replace(layer, names=("sign",)),))
    header, *rows = closure_certificate(named, get("parity"), "exact").lines()
    value = json.loads(header)
    network = value["about"]["network"]
    for part in ({}, {"about": {}}, {"names": ["sign"]}):
        inner = [{**network["layers"][0], **part}] if "names" in part else network["layers"]
        outer = {**network, **({} if "names" in part else part), "layers": inner}
        value["about"]["network"] = outer
        data = "".join(line + "\n" for line in (text_of(value), *rows)).encode()
        said = answered(capsys, tmp_path / "a.json", data)[1][0]
        assert said.startswith("MALFORMED" if part else "VERIFIED"), part
