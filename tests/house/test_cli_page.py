"""docs/cli.md lists every option of every command, with its default, and none that there is not."""

import re

import click
import pytest

from negeig.automata.formats.files import FORMATS
from negeig.cli.program import COMMANDS
from support.paths import ROOT

PAGE = (ROOT / "docs" / "cli.md").read_text()
SECTIONS = {part.split("\n", 1)[0]: part for part in PAGE.split("\n## ")[1:]}
SHARED = "\n\n".join(SECTIONS[name] for name in ("Languages", "Output", "Limits"))
OPTION = re.compile(r"(?<![\w^2-])--?[a-z][a-z0-9-]*")


def section(command: str) -> str:
    return SECTIONS.get(f"Options of `negeig {command}`", "")


def visible_options(command: str) -> list[click.Option]:
    parameters = COMMANDS[command].params
    return [p for p in parameters if isinstance(p, click.Option) and not p.hidden]


def rows(text: str) -> list[tuple[set[str], str]]:
    """Options and default of each row of the tables whose second column is the default."""
    found = []
    for table in re.findall(r"\| option \| default \|.*?\n\n", text + "\n\n", re.DOTALL):
        for line in table.strip().splitlines()[2:]:
            cells = [cell.strip() for cell in line.split("|")]
            found.append((set(OPTION.findall(cells[1])), cells[2]))
    return found


ALL = [(name, option) for name in COMMANDS for option in visible_options(name)]


@pytest.mark.parametrize(("command", "option"), ALL, ids=lambda p: getattr(p, "name", p))
def test_every_option_is_on_the_page_with_its_default(command: str, option: click.Option) -> None:
    text = section(command) + "\n\n" + SHARED
    listed = set(OPTION.findall(" ".join(re.findall(r"`[^`]*`", text))))
    if option.name == "as_json" and not section(command):
        assert f"`negeig {command}" in SECTIONS["Output"] + SECTIONS.get("Languages", "")
        return
    assert set(option.opts) <= listed, (command, option.opts)
    default = option.get_default(click.Context(COMMANDS[command]))
    if not isinstance(default, str | int) or isinstance(default, bool) or default == "":
        return
    said = [cell for options, cell in rows(text) if set(option.opts) & options]
    assert len(said) == 1, (command, option.opts, said)
    values = [v.strip("`") for v in re.split(r", | ", said[0])]
    assert str(default) in [*values, *(v.replace(",", "") for v in values)], (command, said)


def test_every_option_on_the_page_exists() -> None:
    known = {name for _, option in ALL for name in option.opts} | {"--help", "-m"}  # of Python
    hidden = {name for c in COMMANDS for p in COMMANDS[c].params for name in p.opts} - known
    assert set(OPTION.findall(" ".join(re.findall(r"`[^`]*`", PAGE)))) <= known | hidden
    for command in COMMANDS:
        own = {name for option in visible_options(command) for name in option.opts}
        listed = [options for options, _ in rows(section(command))]
        assert set().union(*listed) <= own, command
        # Twin: the tables were found.
        assert listed or not section(command) or command == "monoid"


def test_the_formats_to_write_are_listed() -> None:
    keys = [known.key for known in FORMATS]
    help_text = next(o.help for o in visible_options("convert") if "--to" in o.opts)
    assert re.findall(r"\b(?!or\b|by\b|the\b|name\b|default\b)[a-z]+\b", help_text) == keys
    row = next(line for line in section("convert").splitlines() if line.startswith("| `--to"))
    assert re.findall(r"`([a-z]+)`", row) == keys
