"""What the spectra of a stored layer exclude: the limits that apply to it, and what is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from negeig.theory.theorems import ids

Standing = Literal["applies", "does-not-apply", "undecided"]


def tokens_text(number: int) -> str:
    """Return ``1 token``, ``1,200 tokens``."""
    return f"{number:,} token{'' if number == 1 else 's'}"


def limits(found: Mapping[str, Any], inside: bool) -> list[dict[str, str]]:
    """Return one row for each limit: whether the layer meets its hypothesis, and what follows.

    Parameters
    ----------
    found : mapping
        The fields of ``negeig.audit/1`` that are counted: classes, diagonal, norm, range.
    inside : bool
        Whether all factors of a delta layer have eigenvalues in (-1, 1].
    """
    classes = found["classes"]
    unknown = classes["undecided"] > 0
    nonnegative = _standing(classes["real"] + classes["non-real"] == 0, unknown)
    real = _standing(classes["non-real"] == 0, unknown)
    rows = []
    if found["diagonal"]:
        name = "nonnegative-diagonal" if nonnegative == "applies" else "real-diagonal"
        theorem = ids.T1 if nonnegative == "applies" else ids.T2
        rows.append(_row(name, theorem, "applies", STATEMENTS[name]))
    rows += [
        _row("nonnegative-spectrum", ids.T1, nonnegative, _nonnegative(nonnegative, classes)),
        _row("real-spectrum", ids.T2, real, _real(real, classes)),
        _contractive(found["norm"]),
    ]
    if found["layer"] == "delta":
        rows.append(_isometry(found["range"], inside))
    return rows


def not_excluded(found: Mapping[str, Any]) -> list[str]:
    """Say what the spectra leave open in the cast model. What is not excluded may still fail."""
    classes = found["classes"]
    if classes["undecided"]:
        return ["whatever the tokens that were not decided allow"]
    if classes["non-real"]:
        return ["counting with any period (cast model): some eigenvalues are not real"]
    what = "words" if found["diagonal"] else "letters"
    if not classes["real"]:
        return [f"tasks in which all {what} have period 1 (cast model), star-free ones among them"]
    left = [
        f"{what} whose period is a power of two, parity first (cast model): an eigenvalue is "
        "negative"
    ]
    if not found["diagonal"]:
        left.append(
            "other periods from the second layer on, where products of two tokens count: those "
            "products were not examined"
        )
    return left


CAST_THEOREMS = (ids.T1, ids.T2, ids.TWO_LETTERS, ids.SUBNORMAL)
"""Theorems of the cast model among those that limits of an audit cite."""

STATEMENTS = {
    "nonnegative-diagonal": "all matrices are diagonal with entries >= 0: a stack of such layers, "
    "of any depth, recognises no task in which some word acts with a period above 1",
    "real-diagonal": "all matrices are diagonal and real: a stack of such layers, of any depth, "
    "recognises no task in which some word acts with a period that is not a power of two",
    "complex-diagonal": "all matrices are diagonal over the complex numbers: k such layers track a "
    "group only if it has a subnormal series of length k with abelian factors",
    "nonnegative-spectrum": "all eigenvalues are real and >= 0: a stack of such layers, of any "
    "depth, recognises no task in which a letter has a period above 1, such as parity",
    "nonnegative-symmetric": "all matrices are symmetric with eigenvalues >= 0: a stack of such "
    "layers, of any depth, recognises no task in which a letter, or two letters in turn, have a "
    "period above 1",
    "one-contractive-layer": "all matrices have Euclidean norm at most 1: as the only layer, with "
    "finitely many exact states, it recognises only tasks whose idempotents satisfy efe = fe",
    "no-eigenvalue-minus-one": "all factors have eigenvalues in (-1, 1]: with finitely many exact "
    "states a stack of such layers, of any depth, recognises only aperiodic tasks",
}
"""What follows from a class, by its name; the same for a stored layer and for an architecture."""


def _nonnegative(standing: Standing, classes: Mapping[str, int]) -> str:
    if standing == "applies":
        return STATEMENTS["nonnegative-spectrum"]
    if standing == "undecided":
        return f"{tokens_text(classes['undecided'])} may have eigenvalues not real and >= 0"
    return f"{_have(classes['real'] + classes['non-real'])} eigenvalues that are not real and >= 0"


def _real(standing: Standing, classes: Mapping[str, int]) -> str:
    if standing == "applies":
        return (
            "all eigenvalues are real: as the only layer it recognises no task in which a letter "
            "has a period that is not a power of two, such as counting modulo 3; in layer i of a "
            "stack the limit asks the same of all products of 2^(i-1) tokens, which were not "
            "examined"
        )
    if standing == "undecided":
        return f"{tokens_text(classes['undecided'])} may have eigenvalues that are not real"
    return f"{_have(classes['non-real'])} eigenvalues that are not real"


def _have(number: int) -> str:
    return f"{tokens_text(number)} {'has' if number == 1 else 'have'}"


def model_of(theorem: str) -> str:
    """Return the model of arithmetic of a limit: exact states read rounded, or finitely many."""
    return "cast" if theorem in CAST_THEOREMS else "exact-orbit"


def _row(name: str, theorem: str, standing: Standing, statement: str) -> dict[str, str]:
    return {
        "class": name,
        "model": model_of(theorem),
        "theorem": theorem,
        "standing": standing,
        "statement": statement,
    }


def _standing(holds: bool, unknown: bool) -> Standing:
    if not holds:
        return "does-not-apply"
    return "undecided" if unknown else "applies"


def _contractive(norm: Mapping[str, Any]) -> dict[str, str]:
    """Judge the limit on one layer whose matrices have Euclidean norm at most 1."""
    name, theorem = "one-contractive-layer", ids.IDEMPOTENTS
    if norm["at_most_one"] is None:
        return _row(name, theorem, "undecided", "the norm of some tokens was not decided")
    if norm["at_most_one"]:
        return _row(name, theorem, "applies", STATEMENTS[name])
    worst = norm["worst"]
    return _row(
        name, theorem, "does-not-apply",
        f"the norm of token {worst['index']} is {'' if worst['exact'] else 'about '}"
        f"{worst['decimal']}, above 1: states may grow, and statements about contractive layers "
        "(Euclidean norm) are not about this one",
    )  # fmt: skip


def _isometry(range_: Mapping[str, Any], inside: bool) -> dict[str, str]:
    """Judge the limit on steps without the eigenvalue -1."""
    name, theorem = "no-eigenvalue-minus-one", ids.ISOMETRY
    if inside:
        return _row(name, theorem, "applies", STATEMENTS[name])
    return _row(
        name, theorem, "does-not-apply",
        f"the eigenvalue 1 - beta |k|^2 of the factors goes from {range_['min']['decimal']} to "
        f"{range_['max']['decimal']}, not all in (-1, 1]",
    )  # fmt: skip
