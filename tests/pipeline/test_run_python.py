"""``negeig.run``: values as Python has them, and a sentence where one is of no use."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import negeig
from negeig.pipeline.running.options import RunOptions
from negeig.theory.networks.network_json import dumps
from support.kernel_networks import parity


def test_whole_numbers_of_every_kind_are_read():
    options = RunOptions(tokens=1e5, rows=np.int64(4), seed=3.0, words="uniform", row=2.0)
    assert (options.tokens, options.rows, options.seed, options.row) == (100_000, 4, 3, 2)
    assert all(type(x) is int for x in (options.tokens, options.rows, options.seed, options.row))


@pytest.mark.parametrize("value", [1.5, float("nan"), float("inf"), "5", True, Fraction(5), [5]])
@pytest.mark.parametrize("name", ["tokens", "seed", "rows", "row", "offset", "threads"])
def test_what_is_no_whole_number_is_named(name, value):
    with pytest.raises(negeig.InputError) as stop:
        negeig.run("(11)*", words="uniform", **{name: value})
    assert str(stop.value) == f"--{name}: expected a whole number, found {value!r}"


@pytest.mark.parametrize(
    ("name", "value"),
    [("backend", None), ("words", ["runs"]), ("impl", 5), ("state", 3), ("checkpoint", 7),
     ("checkpoint", b"x")],
)  # fmt: skip
def test_what_is_no_text_is_named(name, value):
    with pytest.raises(negeig.InputError) as stop:
        negeig.run("(11)*", **{name: value})
    assert str(stop.value) == f"--{name}: expected text, found {value!r}"


def test_all_wrong_types_are_named_together():
    with pytest.raises(negeig.InputError, match="2 problems") as stop:
        negeig.run("(11)*", tokens="1e5", word=5)
    assert "--word: expected a sequence of letters, found 5" in str(stop.value)


def test_a_network_is_an_object_or_the_path_of_its_file(tmp_path: Path):
    network, _ = parity()
    path = tmp_path / "parity.json"
    path.write_text(dumps(network))
    for one in (network, path, str(path)):
        for language in ({}, {"regex": "0*(10*10*)*"}):
            found = negeig.run(**language, network=one, tokens=2_000)
            assert found.verdict == "passed"
    with pytest.raises(negeig.InputError, match="cannot be read"):
        negeig.run("(11)*", network=tmp_path / "none.json")
    with pytest.raises(negeig.InputError, match="give exactly one of a regular"):
        negeig.run(network=network, alphabet="01")
    made = negeig.compile("(11)*")
    for other in (made, 5, ["x"]):
        kind = type(other).__name__
        with pytest.raises(negeig.InputError, match=f"the path of its file, found {kind}$"):
            negeig.run("(11)*", network=other)


def test_a_row_a_state_and_threads_are_those_of_the_command(tmp_path: Path):
    network, _ = parity()
    given = {"words": "uniform", "rows": 4, "row": 1, "offset": 7, "tokens": 5}
    found = negeig.run("0*(10*10*)*", network=network, state="1/bf800000", threads=1,
                       checkpoint=tmp_path / "run", **given)  # fmt: skip
    options = found.options
    assert {name: getattr(options, name) for name in given} == given
    assert (options.state, options.threads, found.tokens) == ("1/bf800000", 1, 5)
    assert (tmp_path / "run").is_file()
