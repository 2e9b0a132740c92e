"""Text that is no machine is answered with what is read; comments before a graph are allowed."""

import pytest

from negeig.automata.formats.files import FORMATS, parse
from negeig.claims import InputError

GRAPH = b"digraph { __start -> q; q -> q [label=a]; q [shape=doublecircle] }"
COMMENTS = [
    b"// one\n", b"# one\n", b"/* two\n lines */ ", b"// a\n/* b * / */\n# c\n", b"/**/",
    b"/* // */ // /*\n",
]  # fmt: skip
OTHERS = {
    "README.md": b"# A title\n\nGive it a language, such as a digraph.\n",
    "program.py": b"# digraph\nprint(1)\n",
    "program.c": b"// digraph {\nint main() {}\n",
    "style.css": b"/* digraph */ body { color: red }\n",
    "unclosed.txt": b"/* digraph { a -> b }",
    "notes.txt": b"a few words\n",
}


@pytest.mark.parametrize("comment", COMMENTS)
@pytest.mark.parametrize("keyword", [b"", b"strict "])
def test_a_graph_behind_comments_is_read_without_an_ending(comment, keyword):
    assert parse(comment + keyword + GRAPH, "-") == parse(GRAPH, "m.dot")


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_machine_is_told_the_formats(name):
    with pytest.raises(InputError, match="the format is not recognised; negeig reads") as caught:
        parse(OTHERS[name], name)
    for known in FORMATS:
        assert known.extensions[0] in str(caught.value)


def test_comments_cost_no_more_than_their_length():
    for piece in (b"# x\n", b"/* x */", b"// x\n", b"/*/"):
        with pytest.raises(InputError, match="not recognised"):
            parse(piece * 50_000, "notes.txt")
