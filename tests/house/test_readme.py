"""Every code block of the README and of the plain documentation pages does what it shows.

``console`` blocks: each ``$ command`` is run by bash and its standard output compared with the
lines below it. ``python`` blocks: run, the printed text compared with the ``text`` block that
follows directly, if any. One that begins with the name of its file, ``# kernel.py``, is also a file
beside the later blocks of its page. A picture that a command writes is compared with the one of its
name in ``docs/_static``, where there is one. Measured figures, that is numbers in front of a unit
of time or speed, match any number; the width of gaps between columns does not count. The two ``sh``
blocks of the README install the package and are run by ``.ci/run``. Pages with executed notebook
cells are run by the documentation build.
"""

import contextlib
import io
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from support.paths import ROOT

README = ROOT / "README.md"
PAGES = [
    README,
    *(p for p in sorted((ROOT / "docs").rglob("*.md")) if "{code-cell}" not in p.read_text()),
]
FENCE = re.compile(r"^```(?P<language>\S*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
UNITS = r"(?:[kMG] )?(?:tokens/s|states/s|ms|s|seconds)\b"
FIGURE = re.compile(rf"\d[\d,]*(?:\.\d+)?(?= ?{UNITS})")
NAMED = re.compile(r"# ([a-z_]+\.py)\n")
PREFIXED = re.compile(r"# [kMG] (?=tokens/s|states/s)")


@dataclass(frozen=True)
class Block:
    """A fenced block, the ``text`` block right after it if there is one, and files beside it."""

    page: str
    line: int
    language: str
    body: str
    shown: str | None
    files: tuple[tuple[str, str], ...] = ()

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
            found.append(replace(found.pop(), shown=body))
        else:
            found.append(Block(page, line, language, body, None, tuple(files.items())))
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


def check(block: Block, folder: Path) -> None:
    """Run a block in a folder; AssertionError when it does not print what is shown."""
    for name, text in block.files:
        (folder / name).write_text(text)
    if block.language == "console":
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        for command, shown in commands(block.body):
            done = subprocess.run(
                ["bash", "-o", "pipefail", "-c", command],
                cwd=folder,
                env=os.environ | {"PATH": path, "NO_COLOR": "1", "COLUMNS": "100"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, f"{command}: exit {done.returncode}\n{done.stderr}"
            assert normal(done.stdout) == normal(shown), command
        for drawn in folder.glob("*.svg"):
            kept = ROOT / "docs" / "_static" / drawn.name
            assert not kept.exists() or kept.read_text() == drawn.read_text(), kept
    elif block.language == "python":
        printed = io.StringIO()
        with contextlib.chdir(folder), contextlib.redirect_stdout(printed):
            exec(compile(block.body, str(block), "exec"), {"__name__": "__main__"})
        assert normal(printed.getvalue()) == normal(block.shown or "")
    elif block.language == "json":
        json.loads(block.body)
    else:
        raise AssertionError(f"{block}: nothing runs blocks of language {block.language!r}")


FILES = {"dot", "xml", "text"}
"""Machine files: test_formats_files.py reads those of docs/file-formats.md."""

ALL = [
    block
    for page in PAGES
    for block in blocks(page.read_text(), str(page.relative_to(ROOT)))
    if not (block.page == "docs/file-formats.md" and block.language in FILES)
]
INSTALLS = [b for b in ALL if b.page == "README.md" and b.language == "sh"]


@pytest.mark.parametrize("block", [b for b in ALL if b not in INSTALLS], ids=str)
def test_block(block: Block, tmp_path: Path) -> None:
    check(block, tmp_path)


def test_the_readme_has_one_command_to_run_and_one_to_test() -> None:
    start = README.read_text().split("## Start\n")[1].split("\n## ")[0]
    assert [b.body for b in blocks(start, "README.md") if b.language == "sh"] == [
        b.body for b in INSTALLS
    ]
    first, second = (b.body.strip() for b in INSTALLS)
    assert "\n" not in first + second
    assert first.endswith("negeig check '(11)*'")
    assert second.endswith("pytest -q -n auto")


PRINTING = "```python\nprint('ran 1,024 tokens')\n```\n"


@pytest.mark.parametrize(
    "page",
    [
        "```console\n$ echo two\nthree\n```\n",
        "```console\n$ echo two; false\ntwo\n```\n",
        "```console\n$ echo 12 states in 0.5 s\n13 states in 0.5 s\n```\n",
        "```console\n$ echo one\none\n$ echo two\n```\n",
        "```console\nnot a command\n```\n",
        PRINTING,
        PRINTING + "\n```text\nran 1,025 tokens\n```\n",
        PRINTING + "\nA paragraph between.\n\n```text\nran 1,024 tokens\n```\n",
        "```python\nraise ValueError\n```\n",
        "```json\n{1: 2}\n```\n",
        "```\nno language\n```\n",
    ],
)
def test_a_wrong_block_fails(page: str, tmp_path: Path) -> None:
    def check_all() -> None:
        for block in blocks(page, "page.md"):
            check(block, tmp_path)

    with pytest.raises((AssertionError, ValueError)):
        check_all()


@pytest.mark.parametrize(
    "page",
    [
        "```console\n$ echo two; echo three\ntwo\nthree\n$ true\n```\n",
        "```console\n$ echo '12 states    in 31.25 s'\n12 states in 2 s\n```\n",
        "```console\n$ echo 'at 61 M tokens/s'\nat 950.5 k tokens/s\n```\n",
        PRINTING + "\n```text\nran 1,024 tokens\n```\n",
        '```json\n{"schema": "negeig.check/1"}\n```\n',
    ],
)
def test_a_right_block_passes(page: str, tmp_path: Path) -> None:
    found = blocks(page, "page.md")
    assert len(found) == 1
    check(found[0], tmp_path)


def test_a_named_block_is_a_file_beside_those_below(tmp_path: Path) -> None:
    own = "```python\n# own.py\nnumber = 3\n```\n"
    using = "```console\n$ python -c 'import own; print(own.number)'\n3\n```\n"
    before, after = blocks(using + own + using, "page.md")[::2]
    check(after, tmp_path)
    (tmp_path / "own.py").unlink()
    with pytest.raises(AssertionError, match="own"):
        check(before, tmp_path)


def test_a_picture_that_is_kept_is_the_one_drawn(tmp_path: Path) -> None:
    kept = next((ROOT / "docs" / "_static").glob("*.svg")).name
    (block,) = blocks(f"```console\n$ echo '<svg/>' > {kept}\n```\n", "page.md")
    with pytest.raises(AssertionError, match=kept):
        check(block, tmp_path)
