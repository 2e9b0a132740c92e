"""A YES that counts as given what code only nears says so in the same breath."""

import pytest

from support.command_line import copied, negeig, valid

ENDS = "where rounding reaches the ends of its ranges"
KEYS = "with keys of length exactly 1"


@pytest.mark.parametrize(
    ("language", "arch", "said"),
    [
        ("a*b", "mamba2", f"YES for Mamba-2 {ENDS}"),
        ("(11)*", "deltanet-negative", f"YES for DeltaNet (beta <= 2) {KEYS}"),
        # Twins: a gate that is 0 needs no key, ranges that are closed are reached, and NO is NO.
        ("a*b", "kda", "YES for Kimi delta attention (beta <= 1)"),
        ("(11)*", "mamba2", "NO for Mamba-2"),
    ],
)
def test_the_first_line_has_the_condition(capsys, monkeypatch, language, arch, said):
    monkeypatch.setenv("COLUMNS", "200")
    asked = ("check", language, "--no-run", "--arch", arch)
    text = negeig(capsys, *asked)[1]
    assert text.splitlines()[0].endswith(said)
    (answer,) = valid(negeig(capsys, *asked, "--json")[1])["answers"]
    title = said.partition(" for ")[2]
    assert title == " ".join(filter(None, (answer["name"], answer["condition"])))
    assert f"{answer['verdict']} {title}: {answer['reason']}" in copied(text)
