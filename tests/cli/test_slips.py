"""What is mistyped is answered with what was expected, what was found and what to do."""

from __future__ import annotations

import shlex

import pytest

from support.command_line import negeig, valid


@pytest.fixture
def here(tmp_path, monkeypatch, capsys):
    """A folder with a network in it."""
    monkeypatch.chdir(tmp_path)
    assert negeig(capsys, "compile", "(11)*", "-o", "net.json")[0] == 0


SLIPS = [
    ("check", "none was given\n        negeig check --help has the options and examples"),
    ("precision", "negeig compile --zoo parity -o net.json; then: negeig precision net.json"),
    ("collide --zoo mod:3", "a network's file is expected, and then its language; to make one"),
    ("precision (1|0)*", "(1|0)* is no file; a network's file is expected"),
    ("precision (1|0)*", "negeig compile '(1|0)*' -o net.json"),
    ("precision net.json", "none was given"),
    ("check a b", "b is too much: check takes LANGUAGE; what has spaces in it"),
    ("check --zoo", "'--zoo' requires an argument.\n        negeig check --help"),
    ("check --zoo S5", "no task is called 'S5'; the group is sym:5"),
    ("check --zoo a_5", "the group is alt:5"),
    ("check --zoo Z3", "the group is cyclic:3"),
    ("check --zoo Q8", "the group is quaternion"),
    ("check a --layer 'family=delta beta=0..2'", "write a comma between them"),
    ("check a --arithmetic 'bf16;fp32'", "names have commas between them"),
    ("check a --arithmetic kernel:cpu", "did you mean impl:negeig.cpu?"),
    ("check a --arithmetic any-order:fp64", "known are any-order, any-order:fp32"),
    ("check a --arithmetic bf16:acc", "did you mean bf16:acc32?"),
    ("check a --effort high", "expected a whole number from 1 to 8, found 'high'"),
    ("check a --effort 9", "expected a whole number from 1 to 8, found '9'"),
    ("check a --timeout 5s", "expected a number, found '5s'"),
    ("check a --timeout 1,5", "found '1,5'; a decimal has a point, 1.5"),
    ("compile a --eigenvalues=-0,5,1", "found '-0,5,1'; decimals have a point, such as -0.5,1"),
    ("check a --dim 0", "expected a whole number, at least 1, found '0'"),
    ("check a --max-states 1e400", "expected a whole number, at least 1, found '1e400'"),
    ("check a --format bf61", "unknown number format 'bf61'; did you mean bf16?"),
    ("precision '(11)*' net.json", "net.json is one: the network comes first, then LANGUAGE"),
    ("precision net.json '(11)*' --arithmetic bf16 fp32", "values of one option have commas"),
    ("precision net.json '(11)*' --arithmetic impl:negeig.cpu@fp8", "cpu takes inputs @fp32"),
    ("precision net.json '(11)*' --arithmetic impl:triton@h100", "there are triton@sm_80"),
    ("zoo parity", "negeig explain parity"),
    ("theorems T1", "negeig explain T1"),
    ("--zoo parity", "a command comes first: negeig check --zoo parity"),
    ("--nonsense", "No such option '--nonsense'\n        negeig --help has"),
    ("monoid a --svg --picture tree", "the pictures are machine, eggbox, cayley"),
    ("compile a --route scaler", "did you mean scalar?"),
    ("run --zoo parity --seed x", "expected a whole number, found 'x'"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "said"), SLIPS)
def test_a_slip_says_what_to_do(here, capsys, typed, said):
    code, out, err = negeig(capsys, *shlex.split(typed))
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) < 6
    document = valid(negeig(capsys, *shlex.split(typed), "--json")[1])
    assert "has the options" not in document["message"]


@pytest.mark.parametrize(
    "typed",
    [
        "words a --max-states 1e6", "words a --max-states 1_000", "zoo --colour never", "-V",
        "explain 'theorem 1'", "explain thm.1",
    ],
)  # fmt: skip
def test_other_spellings_are_taken(capsys, typed):
    code, out, err = negeig(capsys, *shlex.split(typed))
    assert (code, err) == (0, "")
    assert out


@pytest.mark.parametrize("name", ["negeig.cpu@fp8", "fla.chunky@sm_70", "x@y"])
def test_three_compiled_kernels_are_named_and_how_all_are_listed(capsys, name):
    code, _, err = negeig(capsys, "kernel", "--zoo", "parity", "--impl", name)
    assert code == 2
    nearest = err.partition("nearest: ")[2].partition(";")[0].split(", ")
    assert len(nearest) == 3
    assert all("@sm_" in each for each in nearest)
    assert "negeig conform --list --impl compiled lists all" in err
    code, out, _ = negeig(capsys, "conform", "--list", "--impl", "compiled", "--json")
    assert code in (0, 3)
    assert set(nearest) <= {one["name"] for one in valid(out)["implementations"]}
