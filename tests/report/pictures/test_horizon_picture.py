"""Columns as high as the logarithm of what is proved, marks where words err, numbers below."""

import math
from fractions import Fraction as F

from negeig.claims import Horizon, Open
from negeig.pipeline.parts.horizons import HorizonRow
from negeig.report.pictures.horizon import horizon_svg
from support.svg_reading import count, faults, parts, rectangle


def row(name: str, bits: int, length: int | None, errs: int = 0, **more: object) -> HorizonRow:
    if length is None:
        return HorizonRow(arithmetic=name, bits=bits, closed=True, found=Open(detail=""))
    word = ("a",) * errs if errs else None
    found = Horizon(length=length, error=F(1, 4), limit=F(1, 2), word=word)
    return HorizonRow(arithmetic=name, bits=bits, closed=False, found=found, **more)


ROWS = [
    row("fp64", 53, 10**12),
    row("fp32", 24, 1_517_434, longest=200_000),
    row("bf16:acc32", 8, 77, 892),
    row("e4m3fn:all-ops", 4, None),
    row("bf16:all-ops", 8, 0, 1),
]


def heights(svg: str) -> dict[str, float]:
    """How high the bar of each arithmetic is."""
    found = {}
    for part in parts(svg):
        if part.kind == "arithmetic":
            bars = [rectangle(e) for e in part.tagged("rect")]
            found[part.texts[0]] = sum(bar.bottom - bar.top for bar in bars)
    return found


def test_bars_are_logarithms_in_the_order_of_bits() -> None:
    svg = horizon_svg(ROWS)
    found = heights(svg)
    assert list(found) == ["e4m3fn", "bf16:acc32", "bf16", "fp32", "fp64"]
    unit = found["fp64"] / 12
    for name, length in (("bf16:acc32", 77), ("fp32", 1_517_434)):
        assert abs(found[name] - unit * math.log10(length)) < 0.2
    assert found["bf16"] == 0
    assert found["e4m3fn"] > found["fp64"]


def test_numbers_and_marks_are_drawn_and_nothing_overlaps() -> None:
    svg = horizon_svg(ROWS, "a <network>")
    assert count(svg) == {"arithmetic": 5, "axes": 1}
    titles = [part.title for part in parts(svg)]
    assert "bf16:acc32: right on words of up to 77; errs on one of 892 letters" in titles
    assert "e4m3fn: right on words of every length" in titles
    assert faults(svg) == []
    lines = {part.texts[0]: len(part.tagged("line")) for part in parts(svg)[1:]}
    assert lines["bf16:acc32"] == 4
    assert lines["fp32"] == 0


def test_the_same_bytes_every_time() -> None:
    assert horizon_svg(ROWS) == horizon_svg(list(reversed(ROWS))) or len(ROWS) > 1
    assert horizon_svg(ROWS) == horizon_svg(ROWS)
