"""What ``negeig verify`` shows a person: what the checker says, certificate by certificate."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from negeig.pipeline.verify import Checked, VerifyResult
from negeig.report.terminal.layout import Heading, Item, Row, report
from negeig.report.terminal.styled import Style, Text, joined, styled
from negeig.report.terminal.text_rows import count

if TYPE_CHECKING:
    from negeig.proofs_checks.other_checkers import Other

STYLES: dict[str, Style] = {
    "VERIFIED": "yes",
    "NOT VERIFIED": "no",
    "MALFORMED": "no",
    "NO FORM": "open",
    "WRITTEN": "dim",
}


def verify_text(result: VerifyResult, width: int = 100) -> Text:
    """Return the verdict on a file, then each certificate with what was verified of it.

    The words are the checker's, those that ``python checker.py`` prints, but arithmetics have their
    names in place of their fields; lines are broken between words, and hashes are one.
    """
    read = sum(one.verdict != "MALFORMED" for one in result.certificates)
    about = f"{count(read, 'certificate')} read"
    blocks: list[Iterable[Item]] = [[Heading(result.file, about, _answer(result))]]
    if result.instead is not None:
        blocks[0] = [*blocks[0], Row("instead", result.instead)]
    blocks += [_rows(number, one) for number, one in enumerate(result.certificates, 1)]
    blocks += [_other_rows(other) for other in result.others]
    return report(blocks, width)


def _answer(result: VerifyResult) -> Text:
    """Return the verdict of the checker, and of the others that were asked too.

    Of each of these the worst that it said, or what it did with those that have a form for it.
    """
    said = [_styled(result.verdict)]
    for name in dict.fromkeys(other.checker for other in result.others):
        found = [other.verdict for other in result.others if other.checker == name]
        if "NOT VERIFIED" in found:
            said.append(_styled("NOT VERIFIED") + f" by {name}")
        elif "VERIFIED" in found:
            said.append(_styled("VERIFIED") + f" by {name}, {_share(found)}")
        elif "WRITTEN" in found:
            said.append(_styled("WRITTEN") + f" for {name}, {_share(found)}")
        else:
            said.append(_styled("NO FORM") + f" for {name}")
    return joined("; ", said)


def _share(verdicts: Sequence[str]) -> str:
    """Return of how many certificates there is a form."""
    given = sum(verdict != "NO FORM" for verdict in verdicts)
    return f"{given} of {len(verdicts)}"


def _styled(verdict: str) -> Text:
    return styled(verdict, STYLES[verdict])


def _rows(number: int, one: Checked) -> Iterator[Item]:
    reason = f": {one.reason}" if one.reason else ""
    yield Row(_styled(one.verdict), f"certificate {number}{reason}")
    for label, text in one.told:
        yield Row(label, _named(text) if label == "arithmetic" else text)


def _named(text: str) -> str:
    """Return the name of an arithmetic of these fields; "exact" as it is.

    Of one without a name the fields, with spaces where lines may be broken.

    Examples
    --------
    >>> _named('{"fma":false,"grid":null}'), _named("exact")
    ('"fma":false "grid":null', 'exact')
    """
    if not text.startswith("{"):
        return text
    from negeig.proofs_checks.runs.arithmetic_names import arithmetic_name

    fields = json.loads(text)
    return arithmetic_name(fields) or " ".join(
        f"{json.dumps(key)}:{json.dumps(value)}" for key, value in fields.items()
    )


def _other_rows(other: Other) -> Iterator[Item]:
    first, *more = other.text.splitlines() or [""]
    text = f"{other.checker}, certificate {other.certificate}" + (f": {first}" if first else "")
    yield Row(_styled(other.verdict), text)
    yield from (Row("", line) for line in more)
