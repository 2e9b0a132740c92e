"""Names of arithmetics, such as ``bf16:acc32:sr``: read here, and nowhere else.

A name is a head and suffixes, each of which answers one question; without a suffix the first
answer holds. They may come in any order, and the canonical name has them in this one:

* where the state is rounded: ``all-ops`` (each operation is), ``acc32``, ``acc32-step``,
  ``acc32-chunk64`` (after each letter, step or 64 letters; fp32 operations), ``acc64``, ...;
  ``sum32`` (each operation is, but products are summed in fp32);
* in which direction numbers go to the head's format: ``rne``, ``rtz``, ``rna``, ``sr``;
* what overflow of that format gives: what it has for it, or ``sat``;
* whether subnormal results become zeros: ``ftz``; whether subnormal operands do: ``daz``;
* in which order a dot product is summed: ``left``, ``pairwise``, ``butterfly``;
* whether a product is rounded before it is added: yes; no, ``fma``; either, ``fma?``;
* in which formats parameters are stored: the head's; ``inputs-G`` (all but initial states),
  ``keys-G``, ``betas-G``;
* whether a kernel divides keys by their length: no; ``l2norm``, ``l2norm-div``, and what
  :mod:`~.key_normalisation` reads.

:meth:`Arithmetic.describe` says what a name means. Presets are names of names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from negeig.claims import InputError
from negeig.precision.numbers.formats import (
    FORMATS,
    FP32,
    FP64,
    Direction,
    Format,
)
from negeig.precision.numbers.key_normalisation import KeyNormalisation, read
from negeig.precision.numbers.models import Arithmetic, Order
from negeig.precision.numbers.name_hints import nearest

__all__ = ["LARGEST_GRID", "PRESETS", "Arithmetic", "known_names", "parse"]

LARGEST_GRID = 149
"""Finest grid 2^-q: fp32 has no smaller numbers than 2^-149."""

PRESETS = {
    "reference": "fp32",
    "fused-recurrent": "fp32:butterfly:fma?",
    "bf16-state": "bf16:sum32",
}
"""Arithmetics by the name of what computes them; tests hold each to it, bit for bit.

``reference`` is the backend of that name. ``fused-recurrent`` covers the kernel
``fused_recurrent_delta_rule`` of flash-linear-attention, one warp with a coordinate in each lane
(K up to 32, V = 1), whatever is contracted and whichever lane's sum the others get. ``bf16-state``
is ``gated_delta_ops`` of mlx-lm on a CPU, inputs and state in bf16, without decay. Both read -0 as
+0, so they are these as long as no state underflows to -0.
"""

_NATIVE = ("fp32", "fp64")

_QUESTIONS = {
    **dict.fromkeys(("rne", "rtz", "rna", "sr"), "direction"),
    "sat": "overflow",
    "ftz": "results",
    "daz": "operands",
    **dict.fromkeys(("left", "pairwise", "butterfly"), "order"),
    **dict.fromkeys(("fma", "fma?"), "products"),
    **{f"{stored}-{own}": stored for stored in ("inputs", "keys", "betas") for own in FORMATS},
}
"""Which question a suffix answers; the order is that of canonical names, behind the place."""

_PLACE = re.compile(
    r"all-ops|sum32|acc(?P<width>32|64)(?:-(?P<step>step)|-chunk(?P<chunk>[1-9]\d{0,5}))?"
)
_GRID = re.compile(r"(?:fixed(?P<bits>[1-9]\d?)|grid):2\^-(?P<q>\d{1,3})(?P<rest>(?::.*)?)")


@dataclass
class _Name:
    """A name in parts: its format or grid, and its suffixes by the question they answer."""

    head: str
    format: Format | None = None
    q: int | None = None
    bits: int | None = None
    normalisation: KeyNormalisation | None = None
    answers: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def place(self) -> re.Match[str] | None:
        """Where the state is rounded, if a suffix says so and it is not each operation."""
        place = self.answers.get("place", "")
        return _PLACE.fullmatch(place) if place.startswith("acc") else None


def parse(name: str | Arithmetic) -> Arithmetic:
    """Return the arithmetic of a name; a format's name alone means all operations in it.

    Case does not matter, nor does the order of suffixes.

    Raises
    ------
    InputError
        For an unknown name, listing the known ones and the nearest; for one that contradicts
        itself, saying why.

    Examples
    --------
    >>> parse("bf16").name, parse("fp32:all-ops").name, parse("bf16:sr:acc32").name
    ('bf16:all-ops', 'fp32', 'bf16:acc32:sr')
    >>> parse("bf16:acc23")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    negeig.claims.InputError: arithmetic: 'bf16:acc23' is unknown; did you mean bf16:acc32 or ...
    >>> parse("fp64:acc32")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    negeig.claims.InputError: arithmetic: 'fp64:acc32' contradicts itself: fp32, which ...
    """
    if isinstance(name, Arithmetic):
        return name
    text = name.strip().lower()
    parts = _parts(PRESETS.get(text, text))
    if parts is None:
        told = unknown(name)
        between = " " if told.endswith("?") else "; "
        raise InputError("arithmetic", f"{told}{between}{all_names()}", "unknown-arithmetic")
    problems = [*parts.problems, *_contradictions(parts)]
    if problems:
        told = f"{name!r} contradicts itself: {'; '.join(problems)}"
        raise InputError("arithmetic", told, "contradictory-arithmetic")
    return _arithmetic(parts)


def known_names() -> tuple[str, ...]:
    """Canonical names of what formats have; grids and further suffixes come on top of these."""
    names = ["exact"]
    for stored in FORMATS.values():
        narrow = stored.within(FP32) and stored != FP32
        names.append(stored.name if stored.name in _NATIVE else f"{stored.name}:all-ops")
        names += [f"{stored.name}:{place}" for place in ("acc32", "acc32-step") if narrow]
        names += ["fp32:fma"] * (stored == FP32)
    return tuple(names)


def _parts(text: str) -> _Name | None:
    """Take a name apart; None where some part of it is unknown."""
    grid = _GRID.fullmatch(text)
    if grid:
        q, bits = int(grid["q"]), grid["bits"]
        if q > LARGEST_GRID:
            return None
        head = f"{f'fixed{bits}' if bits else 'grid'}:2^-{q}"
        parts = _Name(head, q=q, bits=int(bits) if bits else None)
        suffixes = grid["rest"].split(":")[1:]
    else:
        head, *suffixes = text.split(":")
        parts = _Name(head, format=FORMATS.get(head))
        if parts.format is None and head != "exact":
            return None
    for suffix in suffixes:
        question = "place" if _PLACE.fullmatch(suffix) else _QUESTIONS.get(suffix)
        if (normalisation := read(suffix)) is not None:
            question = "normalisation"
            if isinstance(normalisation, KeyNormalisation):
                parts.normalisation = normalisation
            else:
                parts.problems.append(normalisation)
        if question is None:
            return None
        if question in parts.answers:
            first = parts.answers[question]
            parts.problems.append(f":{first} and :{suffix} answer the same question")
        parts.answers[question] = suffix
    return parts


def _contradictions(parts: _Name) -> list[str]:
    """Say what is wrong with a name whose parts are all known."""
    if parts.head == "exact":
        said = dict(parts.answers)
        divided = said.pop("normalisation", None)
        keys = [] if divided is None else [f"exact takes keys as they are, not :{divided}"]
        return [*(f"nothing is rounded in exact, so :{s} says nothing" for s in said.values()),
                *keys]  # fmt: skip
    place, operations = parts.answers.get("place"), _accumulator(parts) or parts.format or FP32
    found = [
        f"operations in {operations.name} do not hold {question} of {own.name}"
        for question, own in _stored(parts).items()
        if not own.within(operations)
    ]
    if parts.format is None:
        if place not in (None, "acc32"):
            found.append(
                f"{parts.head} rounds the state after each letter, from operations in fp32, not "
                f":{place}"
            )
        if parts.bits is None and "overflow" in parts.answers:
            found.append(f"{parts.head} has no largest number, so :sat says nothing")
        if parts.bits == 1:
            found.append("fixed-point numbers of one bit have no positive one")
        if parts.bits is not None and parts.bits > FP32.precision + 1:
            found.append(
                f"numbers of {parts.head} have up to {parts.bits - 1} bits beside the sign, and "
                f"operations in fp32 hold {FP32.precision}: at most fixed{FP32.precision + 1}"
            )
        return found
    accumulator = _accumulator(parts)
    if accumulator is not None and accumulator == parts.format:
        found.append(f"the state is in {parts.head} as operations are, so :{place} rounds nothing")
    elif accumulator is not None and not parts.format.within(accumulator):
        found.append(
            f"{accumulator.name}, which accumulates, is narrower than {parts.head}, the format of "
            "the state"
        )
    if place == "sum32" and (parts.format == FP32 or not parts.format.within(FP32)):
        found.append(f"fp32 is no wider than {parts.head}, so :sum32 adds nothing more precisely")
    if place == "sum32" and "products" in parts.answers:
        found.append(
            f"products are rounded to {parts.head} before :sum32 adds them, not "
            f":{parts.answers['products']}"
        )
    if accumulator is None and parts.answers.get("direction") == "sr":
        found.append(
            f"every operation rounds to {parts.head}, so storing the state rounds nothing; "
            f"{parts.head}:acc{64 if parts.format == FP32 else 32}:sr stores a wider one"
            if parts.format != FP64
            else "no wider operations are known than those of fp64, so :sr has nothing to round"
        )
    return found


def _arithmetic(parts: _Name) -> Arithmetic:
    """Make the arithmetic of a name without contradictions."""
    if parts.head == "exact":
        return Arithmetic(name="exact")
    answers, place = parts.answers, parts.place
    stored = parts.format or FP32
    directions: dict[str, Direction] = {"rtz": "rtz", "rna": "rna"}
    orders: dict[str, Order] = {"pairwise": "pairwise", "butterfly": "butterfly"}
    is_grid = parts.format is None
    apart = _stored(parts)
    parameters = apart.pop("inputs", stored)
    saturates = "overflow" in answers and not is_grid and (stored.has_inf or stored.has_nan)
    spoken = [answers.get(question, "") for question in dict.fromkeys(_QUESTIONS.values())]
    said = [s for s in spoken if s not in ("", "rne", "left") and (s != "sat" or saturates)]
    usual = {f"inputs-{stored.name}", f"keys-{parameters.name}", f"betas-{parameters.name}"}
    said = [s for s in said if s not in usual]
    if parts.normalisation is not None:
        said.append(parts.normalisation.suffix)
    if answers.get("place", "all-ops") != "all-ops" and not is_grid:
        said.insert(0, answers["place"])
    elif not is_grid and (stored.name not in _NATIVE):
        said.insert(0, "all-ops")
    name = ":".join([parts.head, *said])
    chunk = place["chunk"] if place is not None else None
    after_step = place is not None and place["step"] is not None
    return Arithmetic(
        name=name,
        parameters=parameters,
        keys=_other(apart.get("keys"), parameters),
        betas=_other(apart.get("betas"), parameters),
        initial=_other(stored, parameters),
        normalisation=parts.normalisation,
        operations=(_accumulator(parts) or stored),
        state=stored,
        rounded="never" if place is None or is_grid
        else "step" if after_step else "chunk" if chunk else "letter",
        chunk=int(chunk) if chunk else None,
        sums=FP32 if answers.get("place") == "sum32" else None,
        fma=answers.get("products") == "fma",
        any_fma=answers.get("products") == "fma?",
        grid=parts.q,
        grid_bits=parts.bits,
        direction=directions.get(answers.get("direction", ""), "rne"),
        saturates=saturates,
        stochastic=answers.get("direction") == "sr",
        flushes="results" in answers,
        flushes_operands="operands" in answers,
        order=orders.get(answers.get("order", ""), "left"),
    )  # fmt: skip


def _stored(parts: _Name) -> dict[str, Format]:
    """Return the formats that suffixes name, by what is stored in them."""
    answers = {question: parts.answers.get(question) for question in ("inputs", "keys", "betas")}
    return {
        question: FORMATS[suffix.partition("-")[2]]
        for question, suffix in answers.items()
        if suffix is not None
    }


def _other(own: Format | None, usual: Format) -> Format | None:
    """Return a format where it is not the usual one."""
    return None if own == usual else own


def _accumulator(parts: _Name) -> Format | None:
    """Return the format of operations where it is not that of the state."""
    if parts.format is None or parts.place is None:
        return None
    return FP64 if parts.place["width"] == "64" else FP32


def unknown(name: str) -> str:
    """Say that a name is unknown, and which it is like.

    Examples
    --------
    >>> unknown("bf16:acc32:srr"), unknown("zzz")
    ("'bf16:acc32:srr' is unknown; did you mean bf16:acc32:sr?", "'zzz' is unknown")
    >>> unknown("chunk-64")  # doctest: +ELLIPSIS
    "'chunk-64' is no arithmetic: what a kernel in chunks rounds has no order that a name could ...
    """
    text = name.strip().lower()
    if text.startswith("chunk"):
        return (
            f"{name!r} is no arithmetic: what a kernel in chunks rounds has no order that a name "
            "could stand for. any-order proves all such kernels where nothing rounds, impl:NAME "
            "one that can be called; see negeig explain chunk"
        )
    whole = list(dict.fromkeys([*known_names(), *FORMATS, *PRESETS]))
    near = nearest(text, _QUESTIONS, whole, _is_name)
    shown = [repr(one) if one.endswith("?") else one for one in near]
    return f"{name!r} is unknown" + (f"; did you mean {' or '.join(shown)}?" if near else "")


def _is_name(text: str) -> bool:
    parts = _parts(text)
    return parts is not None and not parts.problems and not _contradictions(parts)


def all_names() -> str:
    """Say which names there are."""
    return (
        "known are exact, fp32, fp64, F (as F:all-ops), F:acc32, "
        f"F:acc32-step, F:acc32-chunkC, F:acc64, F:sum32, grid:2^-q with q at most {LARGEST_GRID}, "
        "fixedN:2^-q, any of them with :sr, :rtz or :rna, :sat, :ftz, :daz, :pairwise or "
        ":butterfly, :fma or :fma?, :inputs-F, :keys-F, :betas-F, :l2norm or :l2norm-div, and "
        f"{', '.join(PRESETS)}, where F is one of "
        f"{', '.join(FORMATS)}"
    )
