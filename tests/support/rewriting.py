"""Pages with what their blocks print today, for whoever changes what is printed."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from support.page_blocks import (
    Block,
    blocks,
    commands,
    console_output,
    normal,
    prepare,
    python_output,
)


def rewritten(text: str, page: str) -> tuple[str, list[str]]:
    """A page with what its blocks print, and what could not be run, a line each.

    Where only measured figures or gaps differ, what is shown stays.
    """
    problems: list[str] = []
    for block in reversed(blocks(text, page)):
        if block.language not in ("console", "python"):
            continue
        if block.language == "python" and block.shown is None:
            continue  # it prints nothing, and a test says so
        with tempfile.TemporaryDirectory() as folder:
            prepare(block, Path(folder))
            try:
                shown = _shown(block, Path(folder))
            except Exception as error:
                problems.append(f"{block}: {error}")
                continue
        first, after = block.span
        text = text[:first] + shown + text[after:]
    return text, problems[::-1]


def _shown(block: Block, folder: Path) -> str:
    if block.language == "console":
        return "".join(_console(block, folder))
    assert block.shown is not None
    return _kept(python_output(block, folder), block.shown)


def _console(block: Block, folder: Path) -> Iterator[str]:
    for command, shown in commands(block.body):
        yield f"$ {command}\n{_kept(console_output(command, folder), shown)}"


def _kept(printed: str, shown: str) -> str:
    """What is printed, or what is shown where it is as good."""
    if normal(printed) == normal(shown):
        return shown
    return "".join(f"{line.rstrip()}\n" for line in printed.strip("\n").splitlines())
