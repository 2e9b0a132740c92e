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

import json
from pathlib import Path

import pytest

from support.page_blocks import (
    PAGES,
    README,
    Block,
    blocks,
    commands,
    console_output,
    normal,
    prepare,
    python_output,
)
from support.paths import ROOT
from support.rewriting import rewritten


def check(block: Block, folder: Path) -> None:
    """Run a block in a folder; AssertionError when it does not print what is shown."""
    prepare(block, folder)
    if block.language == "console":
        for command, shown in commands(block.body):
            assert normal(console_output(command, folder)) == normal(shown), command
        for drawn in folder.glob("*.svg"):
            kept = ROOT / "docs" / "_static" / drawn.name
            assert not kept.exists() or kept.read_text() == drawn.read_text(), kept
    elif block.language == "python":
        assert normal(python_output(block, folder)) == normal(block.shown or "")
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
        "```console\n$ echo internal error, please report it >&2\n```\n",
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
    drawing = "```{drawing} machine (ab)*\nA caption.\n```\n"
    before, after = blocks(using + own + drawing + using, "page.md")[::2]
    check(after, tmp_path)
    (tmp_path / "own.py").unlink()
    with pytest.raises(AssertionError, match="own"):
        check(before, tmp_path)


def test_a_picture_that_is_kept_is_the_one_drawn(tmp_path: Path) -> None:
    kept = next((ROOT / "docs" / "_static").glob("*.svg")).name
    (block,) = blocks(f"```console\n$ echo '<svg/>' > {kept}\n```\n", "page.md")
    with pytest.raises(AssertionError, match=kept):
        check(block, tmp_path)


@pytest.mark.parametrize(
    ("page", "right"),
    [
        ("```console\n$ echo two\nthree\n$ echo 9 s\n7 s\n```\n",
         "```console\n$ echo two\ntwo\n$ echo 9 s\n7 s\n```\n"),
        (PRINTING + "\n```text\nran 1,025 tokens\n```\nends\n",
         PRINTING + "\n```text\nran 1,024 tokens\n```\nends\n"),
        ("```console\n$ echo two; false\nthree\n```\n" + PRINTING, None),
    ],
)  # fmt: skip
def test_what_is_shown_is_rewritten_where_it_is_wrong(page: str, right: str | None) -> None:
    """Measured figures alone change nothing, and a block that fails is left as it is."""
    assert rewritten(page, "page.md")[0] == (right or page)
