"""Audit of a stored layer: what the spectra of its matrices exclude, decided exactly.

The matrices of a layer, one for each token, are read in their stored format, every number an exact
dyadic. For each token the eigenvalues are counted by sign, and the norm is compared with 1, in
exact arithmetic; then the limits say which tasks no stack of such layers can do.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np

from negeig.claims import InputError, Progress
from negeig.pipeline.auditing.audit_limits import limits, not_excluded
from negeig.pipeline.auditing.audit_tokens import Token, examine, scaled_bits, token_matrix
from negeig.pipeline.auditing.stored_layer import KINDS, Array, Kind, StoredLayer, stored_layer
from negeig.theory.exact.number_text import decimal_text
from negeig.theory.exact.numbers import Matrix
from negeig.theory.spectra import certificate, refutation

LISTED = 20
"""Tokens that are listed of each sort; all are counted."""

MAX_WITNESS_DIMENSION = 32
"""Largest matrix that a certificate is attached for."""

MAX_WITNESS_BITS = 8192
"""Rows times bits of an entry, over a common denominator, of such a matrix: under a second."""

NUMBER = re.compile(r"\d+(\.\d*)?([eE][+-]?\d{1,3})?")
"""A number of ``--normalise``: no sign, no fraction."""

Matrices: TypeAlias = Callable[[], Iterator[tuple[list[int], Matrix | None]]]
"""What yields each distinct matrix, with the place where it stands first."""

OPTIONS = {
    "keys": "delta", "betas": "delta", "steps": "delta", "normalise": "delta",
    "matrices": "dense and diagonal",
}  # fmt: skip
"""The layers that an option is about, where it is not about all."""


@dataclass(frozen=True, kw_only=True)
class AuditResult:
    """What was decided about the tokens of a stored layer, and what follows.

    Attributes
    ----------
    complete : bool
        False where a limit was hit; ``reasons`` then says which, and the answer about the other
        tokens stands.
    source, layer, normalise, tensors, notices, tokens, distinct, dim, steps
        What was read.
    range, classes, diagonal, negative, nonreal, norm
        What its spectra are, as in ``negeig.audit/1``.
    witness : dict or None
        A certificate for one token, where one was made.
    limits, not_excluded
        What the spectra exclude, and what they leave open.
    matrices : callable
        Yields where each distinct matrix stands first, and the matrix, or None where it is too
        large for a certificate. No part of the JSON.
    """

    source: str
    layer: Kind
    normalise: str | None
    tensors: list[dict[str, Any]]
    notices: list[str]
    tokens: int
    distinct: int
    dim: int
    steps: int
    complete: bool
    reasons: list[str]
    range: dict[str, Any] | None
    classes: dict[str, int]
    diagonal: bool
    negative: dict[str, Any]
    nonreal: dict[str, Any]
    norm: dict[str, Any]
    witness: dict[str, Any] | None
    limits: list[dict[str, str]]
    not_excluded: list[str]
    matrices: Matrices = field(repr=False, compare=False)

    @property
    def exit_code(self) -> int:
        """0 complete, 3 where a limit was hit."""
        return 0 if self.complete else 3

    def to_json(self) -> dict[str, Any]:
        """Return the object of schema ``negeig.audit/1``."""
        names = [one.name for one in fields(self) if one.name != "matrices"]
        shown = {name: getattr(self, name) for name in names}
        return {"schema": "negeig.audit/1", **shown}


def audit(
    tensors: str | Path | Mapping[str, Array],
    layer: Kind = "delta",
    *,
    keys: str | None = None,
    betas: str | None = None,
    matrices: str | None = None,
    steps: Literal["last", "none"] | None = None,
    normalise: str = "none",
    max_tokens: int = 10_000,
    max_bytes: int = 64_000_000,
    source: str = "tensors",
    progress: Progress | None = None,
) -> AuditResult:
    """Audit the matrices of a stored layer.

    Parameters
    ----------
    tensors : str, Path or mapping from name to array
        A safetensors file, which need not be trusted, or its tensors. Of one with the weights of a
        released layer, which ``compile --for`` writes, the keys and betas that these make.
    layer : str
        ``delta``: tokens are products of factors I - beta k k^T, the first step applied first;
        ``dense``: one matrix a token; ``diagonal``: one diagonal a token.
    keys, betas, matrices, steps
        Names of the tensors and what their dimensions mean: see
        :func:`negeig.pipeline.auditing.stored_layer.stored_layer`.
    normalise : str
        ``none``: keys act as stored. ``l2``: keys are divided by their length first, in exact
        arithmetic (the factor is I - beta k k^T / |k|^2, and the identity for a key of zeros).
        ``l2:EPS``, as in ``l2:1e-6``: by sqrt(|k|^2 + EPS), as kernels do, so that the factor is
        I - beta k k^T / (|k|^2 + EPS). The rounding of such a kernel is not modelled.
    max_tokens : int
        Distinct tokens whose characteristic polynomial is computed: those with dense matrices or
        with two or more factors other than the identity. Single factors and diagonals are not
        limited. A matrix with very long integers is left undecided too:
        :data:`negeig.pipeline.auditing.audit_tokens.MAX_BITS`.
    max_bytes : int
        Largest file.
    progress : function of the number of distinct tokens done, optional

    Raises
    ------
    InputError
        For a file or tensors that cannot be used (see :func:`stored_layer`), a path that is no
        regular file, and an option that is about another kind of layer.

    Examples
    --------
    >>> layer = {"key": np.array([[1.0, -1.0], [1.0, 0.0]]), "beta": np.array([1.0, 0.5])}
    >>> found = audit(layer)
    >>> found.classes, found.range["min"]["value"]
    ({'nonnegative': 1, 'real': 1, 'non-real': 0, 'undecided': 0}, '-1')
    """
    epsilon = epsilon_of(normalise)
    given = {"keys": keys, "betas": betas, "steps": steps, "matrices": matrices,
             "normalise": None if normalise == "none" else normalise}  # fmt: skip
    wrong = [
        f"--{name} is about {OPTIONS[name]} layers, and this one is {layer}"
        for name, value in given.items()
        if value is not None and layer in KINDS and layer not in OPTIONS[name]
    ]
    if wrong:
        raise InputError("options", wrong)
    unread: dict[str, str] = {}
    notices: list[str] = []
    if isinstance(tensors, (str, Path)):
        from negeig.kernels.tensor_file import read
        from negeig.pipeline.auditing.written_layer import is_written_layer, keys_and_betas

        if os.path.exists(tensors) and not os.path.isfile(tensors):
            raise InputError(str(tensors), "is no regular file; - is standard input", "bad-file")
        source = str(tensors)
        name, tensors, metadata = read(source, max_bytes, unread)
        if is_written_layer(metadata):
            if layer != "delta":
                text = f"the file has the weights of a delta layer, which is not {layer}"
                raise InputError("--layer", text)
            tensors, notice = keys_and_betas(name, tensors, metadata, max_bytes)
            notices.append(notice)
    stored = stored_layer(
        tensors, layer, source=source, keys=keys, betas=betas, matrices=matrices, steps=steps,
        unread=unread,
    )  # fmt: skip
    found: list[Token] = []
    reasons: list[str] = []
    for token in examine(stored, epsilon, max_tokens, reasons):
        found.append(token)
        if progress is not None:
            progress(len(found))
    stored = replace(stored, notices=(*notices, *stored.notices))
    return _result(stored, found, reasons, source, normalise)


def epsilon_of(normalise: str) -> Fraction | None:
    """Return what is added to the square of a key's length; None where keys act as stored.

    Raises InputError for anything but ``none``, ``l2`` and ``l2:EPS`` with a number EPS >= 0.

    Examples
    --------
    >>> epsilon_of("none"), epsilon_of("l2"), epsilon_of("l2:1e-6")
    (None, Fraction(0, 1), Fraction(1, 1000000))
    """
    if normalise == "none":
        return None
    name, colon, text = normalise.partition(":")
    if name == "l2" and not colon:
        return Fraction(0)
    if name != "l2" or not NUMBER.fullmatch(text) or len(text) > 40:
        raise InputError("normalise", f"{normalise!r}: expected none, l2 or l2:EPS as in l2:1e-6")
    if abs(int(text.lower().partition("e")[2] or 0)) > 400:
        raise InputError("normalise", f"{normalise!r}: the exponent is beyond what formats hold")
    return Fraction(text)


def _result(
    stored: StoredLayer, found: list[Token], reasons: list[str], source: str, normalise: str
) -> AuditResult:
    """Put the answer together: counts over all tokens, lists of the first ones."""
    counts = np.bincount(stored.which, minlength=len(found)).tolist()
    first = np.unique(stored.which, return_index=True)[1].tolist()
    classes = dict.fromkeys(("nonnegative", "real", "non-real", "undecided"), 0)
    for token, count in zip(found, counts, strict=True):
        classes[token.class_] += count
    above = [d for d, token in enumerate(found) if token.contractive is False]
    unknown = any(token.contractive is None for token in found)
    worst = max(above, key=lambda d: found[d].norm or 0, default=None)
    summary: dict[str, Any] = {
        "source": source,
        "layer": stored.kind,
        "normalise": normalise if stored.kind == "delta" else None,
        "tensors": list(stored.tensors),
        "notices": list(stored.notices),
        "tokens": stored.tokens,
        "distinct": len(found),
        "dim": stored.dim,
        "steps": stored.steps,
        "complete": not reasons,
        "reasons": reasons,
        "range": _range(stored, found, first),
        "classes": classes,
        "diagonal": all(token.diagonal for token in found),
        "negative": _listed(stored, found, 0),
        "nonreal": _listed(stored, found, 1),
        "norm": {
            "at_most_one": False if above else None if unknown else True,
            "above": sum(counts[d] for d in above),
            "worst": None if worst is None else {
                "index": stored.index(first[worst]), **_norm(found[worst].norm)
            },
        },
        "witness": _witness(stored, found, first, epsilon_of(normalise)),
    }  # fmt: skip
    inside = all(
        t.least is not None and t.greatest is not None and t.least > -1 and t.greatest <= 1
        for t in found
    )
    return AuditResult(
        **summary,
        limits=limits(summary, inside),
        not_excluded=not_excluded(summary),
        matrices=partial(_matrices, stored, first, epsilon_of(normalise)),
    )


def _matrices(
    stored: StoredLayer, first: list[int], epsilon: Fraction | None
) -> Iterator[tuple[list[int], Matrix | None]]:
    for d, token in enumerate(first):
        yield stored.index(token), _small_matrix(stored, d, epsilon)


def _small_matrix(stored: StoredLayer, d: int, epsilon: Fraction | None) -> Matrix | None:
    """Return the matrix of a distinct token; None where it is too large for a certificate."""
    if stored.dim > MAX_WITNESS_DIMENSION:
        return None
    matrix = token_matrix(stored, d, epsilon)
    return None if scaled_bits(matrix) > MAX_WITNESS_BITS else matrix


def _range(stored: StoredLayer, found: list[Token], first: list[int]) -> dict[str, Any] | None:
    """Return the least and the greatest eigenvalue of a factor, or entry of a diagonal."""
    if stored.kind == "dense":
        return None
    known = [(d, token) for d, token in enumerate(found) if token.least is not None]
    least = min(known, key=lambda pair: pair[1].least or 0)
    greatest = max(known, key=lambda pair: pair[1].greatest or 0)
    part = "step" if stored.kind == "delta" else "coordinate"

    def place(d: int, value: Fraction | None, step: int) -> dict[str, Any]:
        assert value is not None
        return {**_exact(value), "index": stored.index(first[d]), part: step}

    return {
        "of": "factors" if stored.kind == "delta" else "entries",
        "min": place(least[0], least[1].least, least[1].least_step),
        "max": place(greatest[0], greatest[1].greatest, greatest[1].greatest_step),
    }


def _listed(stored: StoredLayer, found: list[Token], which: int) -> dict[str, Any]:
    """Count the tokens with a negative (0) or a non-real (1) eigenvalue, and list the first."""
    has = np.array([bool(t.spectrum and t.spectrum[which]) for t in found], bool)
    tokens = np.flatnonzero(has[stored.which])
    rows = []
    for token in tokens[:LISTED].tolist():
        of = found[int(stored.which[token])]
        assert of.spectrum is not None
        row: dict[str, Any] = {"index": stored.index(token), "eigenvalues": of.spectrum[which]}
        if of.eigenvalue is not None:
            row |= _exact(of.eigenvalue)
        rows.append(row)
    return {"count": len(tokens), "listed": rows}


def _witness(
    stored: StoredLayer, found: list[Token], first: list[int], epsilon: Fraction | None
) -> dict[str, Any] | None:
    """Attach a certificate for the first token that is not real, or else has a negative one."""
    classes = [token.class_ for token in found]
    wanted = next((c for c in ("non-real", "real") if c in classes), None)
    if wanted is None:
        return None
    d = classes.index(wanted)
    matrix = _small_matrix(stored, d, epsilon)
    if matrix is None:
        return None
    proof = certificate(matrix) if wanted == "non-real" else refutation(matrix)
    assert proof is not None
    return {"index": stored.index(first[d]), "certificate": proof.to_json()}


def _exact(value: Fraction) -> dict[str, str]:
    """Write a dyadic number exactly, p or p/2^k, and in decimal."""
    denominator = value.denominator
    if denominator.bit_length() > 64 and denominator & (denominator - 1) == 0:
        text = f"{value.numerator}/2^{denominator.bit_length() - 1}"
    else:
        text = str(value)
    return {"value": text, "decimal": _decimal(value)}


def _decimal(value: Fraction) -> str:
    """Write a number to twelve digits; as 1 + x or -1 + x where those would show 1 or -1."""
    text = decimal_text(value)
    if text not in ("1", "-1") or value == int(text):
        return text
    rest = value - int(text)
    return f"{text} {'+' if rest > 0 else '-'} {decimal_text(abs(rest), 2)}"


def _norm(norm: Fraction | float | None) -> dict[str, Any]:
    """Write a norm above 1."""
    if isinstance(norm, Fraction):
        return {"exact": True, **_exact(norm)}
    decimal = f"{norm:.12g}"
    if float(decimal) <= 1:
        decimal = "1 + less than 1e-11"  # the excess is lost in rounding
    return {"exact": False, "value": None, "decimal": decimal}
