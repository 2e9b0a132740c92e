"""What ``negeig collide`` shows a person: the pair of words, the bounds, where letters freeze."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from negeig.automata.labels import visible
from negeig.pipeline.collide import CollideResult
from negeig.report.terminal.layout import Heading, Item, Row, report
from negeig.report.terminal.styled import NO, OPEN, Text
from negeig.report.terminal.text_rows import source_text, word_text

_APERIODIC = {
    False: "no word of the task has a period above 1: nothing has to collide, and no word was "
    "repeated",
    None: "no letter of the task has a period above 1, and its words are too many to look for one "
    "that has: no word was repeated",
}


def collide_text(answer: CollideResult, width: int = 100, verbose: bool = False) -> Text:
    """Return the report of ``negeig collide``: the pair, what it shows, and where letters freeze.

    Verbose: the bounds by which a collision has to come, beside the one that was met.
    """
    result = answer.to_json()
    seen = "every term of the state" if result["variant"] == "terms" else "the exact state"
    zero = "+0 and -0 are two values" if result["zero"] == "signed" else "+0 and -0 are one value"
    found = result["collision"]
    collides = NO + ", no decoder can be right"
    said = collides if found is not None else OPEN + ", no collision found"
    blocks: list[Iterable[Item]] = [
        [
            Heading(source_text(result["network"]), f"seen in {result['format']}", said),
            Row("model", f"cast model: {seen} seen in {result['format']}, saturating; {zero}"),
        ],
        _found_rows(result, verbose),
        _freezing_rows(result),
    ]
    return report(blocks, width)


def _found_rows(result: Mapping[str, Any], verbose: bool) -> Iterator[Item]:
    found = result["collision"]
    if not result["periodic"]:
        yield Row("open", _APERIODIC[result["periodic"]])
    elif found is None:
        text = f"no collision within {result['steps']:,} repetitions of a word; that proves nothing"
        yield Row("open", text)
    else:
        yield Row("collision", "two words with the same last letter and the same cast state")
        for k, output in zip(found["exponents"], found["outputs"], strict=True):
            yield Row("", f"{_power(found, k)}   needs output {visible(str(output))}")
        states = " ".join(found["states"][:8]) + (" ..." if len(found["states"]) > 8 else "")
        same = f"both cast to the bits {states}" if states else "there is no state"
        yield Row("", f"{same}: no decoder is right on both")
        bound = found["bound"]
        if bound is not None:
            text = f"a collision had to come by k = {bound['exponent']:,}"
            yield Row("", text, f"negeig explain {bound['theorem']}")
    if verbose or (found is None and result["periodic"]):
        for bound in result["bounds"][:3]:
            text = f"a collision must come by k = {bound['exponent']:,}"
            yield Row("bound", text, f"negeig explain {bound['theorem']}")
        if not result["bounds"]:
            yield Row("bound", "none: the spectra are not those of Theorems 1 and 2")
    yield from (Row("stopped", reason) for reason in result["stopped"])


def _freezing_rows(result: Mapping[str, Any]) -> Iterator[Item]:
    for frozen in result["freezing"]:
        if frozen["step"] is None:
            repeated = f"{frozen['examined']:,} repetitions"
            text = f"whether the cast state comes to rest is not decided within {repeated}"
        else:
            text = f"the cast state never changes from k = {frozen['step']:,} on"
        yield Row(f"{word_text(frozen['word'])}^k", text)


def _power(found: Mapping[str, Any], k: int) -> str:
    """Write the word u w^k s."""
    parts = [word_text(found["prefix"])] if found["prefix"] else []
    parts.append(f"({word_text(found['word'])})^{k:,}")
    parts += [word_text(found["suffix"])] if found["suffix"] else []
    return " ".join(parts)
