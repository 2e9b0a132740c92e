"""Help: examples that run, options in groups, the width of the terminal; a greeting; slips."""

from __future__ import annotations

import re
import shlex

import pytest

from negeig.cli.pages import LIMITS
from negeig.cli.program import COMMANDS
from support.command_line import negeig

SLOW = {"learn", "kernel", "conform", "vectors", "report", "run", "audit", "collide"}
"""Commands whose examples take seconds each."""

CHEAP = [
    pytest.param(name, marks=pytest.mark.exhaustive if name in SLOW else ())
    for name in COMMANDS
]  # fmt: skip


@pytest.mark.parametrize("columns", [40, 80, 120])
@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_fits_the_width(capsys, monkeypatch, name, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    code, out, _ = negeig(capsys, *name.split(), "--help")
    assert code == 0
    assert [line for line in out.splitlines() if len(line) > columns] == []
    # Twin: it uses the width that there is.
    assert name != "check" or max(map(len, out.splitlines())) > 0.85 * columns


@pytest.mark.parametrize("name", COMMANDS)
def test_examples_come_first_and_limits_last(capsys, name):
    out = negeig(capsys, name, "--help")[1]
    titles = re.findall(r"^([A-Z][\w' ]*):", out, re.MULTILINE)
    assert titles[:2] == ["Usage", "Examples"]
    limits = [option for option in re.findall(r"^  (--[a-z-]+)", out, re.MULTILINE)
              if option.startswith("--max-") or option in ("--timeout", "--effort")]  # fmt: skip
    own = {"--max-steps", "--max-nodes", "--max-tokens"}  # what is asked, and no limit on work
    limits = [option for option in limits if option not in own]
    if limits:
        assert titles[-1] == LIMITS
        last = out[out.index(f"\n{LIMITS}:") :]
        assert re.findall(r"^  (--[a-z-]+)", last, re.MULTILINE) == limits


@pytest.mark.parametrize("name", CHEAP)
def test_every_example_runs(capsys, monkeypatch, tmp_path, name):
    """One after the other in one folder, as a reader types them."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "mamba", "num_hidden_layers": 2}')
    examples = COMMANDS[name].examples
    assert examples
    for line, about in examples.items():
        program, *arguments = shlex.split(line)
        said = re.search(r"exit code (\d)", about)
        code, _, err = negeig(capsys, *arguments)
        assert (program, code) == ("negeig", int(said[1]) if said else 0), (line, err)


def test_examples_that_do_not_fit_are_broken_as_a_shell_takes_them(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    out = negeig(capsys, "precision", "--help")[1]
    shown = out[out.index("Examples:") : out.index("Language:")]
    lines = [line for line in shown.replace("\\\n", "").splitlines() if "negeig " in line]
    assert [shlex.split(line) for line in lines] == [
        shlex.split(line) for line in COMMANDS["precision"].examples
    ]
    assert "\\\n" in shown


def test_negeig_alone_greets(capsys):
    code, out, err = negeig(capsys)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) < 12
    tried = [line.strip() for line in err.splitlines() if line.startswith("  negeig ")]
    assert len(tried) == 3
    assert "docs" in err


@pytest.mark.parametrize(
    ("arguments", "instead"),
    [
        ("chec a", "Did you mean 'check'?"),
        ("parity", "parity is a task: negeig check --zoo parity"),
        ("sym:5", "negeig check --zoo sym:5"),
        ("'(11)*'", "negeig check '(11)*'"),
        ("help", "negeig --help"),
        ("help check", "negeig check --help"),
        ("check a --alphbet b", "Did you mean '--alphabet'?"),
        ("check --zoo paritty", "parity"),
        ("check a --color sometimes", "'auto', 'always', 'never'"),
        ("check a --alphbet b", "negeig check --help has the options and examples"),
    ],
)
def test_a_slip_is_answered_with_what_was_meant(capsys, arguments, instead):
    code, out, err = negeig(capsys, *shlex.split(arguments))
    assert (code, out) == (2, "")
    assert instead in err
