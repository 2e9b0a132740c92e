"""The code blocks of README.md and the pages of the documentation, and what they print."""

import contextlib
import io
import os
import re
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from support.paths import ROOT

README = ROOT / "README.md"
PAGES = [
    README,
    *(p for p in sorted((ROOT / "docs").rglob("*.md")) if "{code-cell}" not in p.read_text()),
]
FENCE = re.compile(r"^```(?P<language>\S*)[^\n]*\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
UNITS = r"(?:[kMG] )?(?:tokens/s|states/s|ms|s|seconds)\b"
FIGURE = re.compile(rf"\d[\d,]*(?:\.\d+)?(?= ?{UNITS})")
NAMED = re.compile(r"# ([a-z_]+\.py)\n")
PREFIXED = re.compile(r"# [kMG] (?=tokens/s|states/s)")


@dataclass(frozen=True)
class Block:
    """A fenced block, the ``text`` block right after it if there is one, and files beside it.

    ``span`` is where in the page what it prints is shown: the body of a console block, and of the
    text block after another one.
    """

    page: str
    line: int
    language: str
    body: str
    shown: str | None
    files: tuple[tuple[str, str], ...] = ()
    span: tuple[int, int] = (0, 0)

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(text: str, page: str) -> list[Block]:
    """Blocks of a page in order, a ``text`` block joined to the ``python`` block before it."""
    found: list[Block] = []
    files: dict[str, str] = {}
    end = 0
    for match in FENCE.finditer(text):
        language, body = match["language"], match["body"]
        if language.startswith("{"):  # a directive of the documentation build
            continue
        line = text.count("\n", 0, match.start()) + 1
        if language == "text" and found and not text[end : match.start()].strip():
            found.append(replace(found.pop(), shown=body, span=match.span("body")))
        else:
            found.append(
                Block(page, line, language, body, None, tuple(files.items()), match.span("body"))
            )
            if language == "python" and (name := NAMED.match(body)):
                files[name[1]] = body
        end = match.end()
    return found


def normal(text: str) -> str:
    """Text with measured figures replaced by # and gaps between columns made one space."""
    text = PREFIXED.sub("# ", FIGURE.sub("#", text))
    return "\n".join(re.sub(r" +", " ", line).strip() for line in text.strip().splitlines())


def commands(body: str) -> list[tuple[str, str]]:
    """Commands of a console block with the output shown below each."""
    head, *parts = re.split(r"^\$ ", body, flags=re.MULTILINE)
    assert not head.strip(), "a console block starts with a command"
    return [(part.split("\n", 1)[0], part.split("\n", 1)[1]) for part in parts]


def prepare(block: Block, folder: Path) -> None:
    """Write the files that stand beside a block."""
    for name, text in block.files:
        (folder / name).write_text(text)


def console_output(command: str, folder: Path) -> str:
    """What a command of a console block prints; AssertionError where it ends badly."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=folder,
        env=os.environ | {"PATH": path, "NO_COLOR": "1", "COLUMNS": "100"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{command}: exit {done.returncode}\n{done.stderr}"
    assert "internal error, please report it" not in done.stdout + done.stderr, done.stderr
    return done.stdout


def python_output(block: Block, folder: Path) -> str:
    """What a Python block prints."""
    printed = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(printed):
        exec(compile(block.body, str(block), "exec"), {"__name__": "__main__"})
    return printed.getvalue()
