"""Named architectures, as data: the class of their matrices, and where their eigenvalues lie.

Beside them, released models, by the architecture of their recurrent layers, and layers that no
statement here is about. What follows for a task: :mod:`~.verdicts`.
"""

from __future__ import annotations

import difflib
import re
from itertools import chain
from typing import TypeAlias

from negeig.claims import InputError
from negeig.folder import Folder
from negeig.theory.architectures.architecture import Architecture
from negeig.theory.architectures.models import MODELS
from negeig.theory.architectures.outside import OUTSIDE, Outside
from negeig.theory.architectures.released import Released

__all__ = ["Architecture", "Outside", "Released", "Subject", "entries", "find", "find_subject"]

Subject: TypeAlias = Architecture | Released | Outside
"""What can be asked about."""

FAMILIES = Folder[tuple[Architecture, ...]]("ENTRIES", "negeig.theory.architectures.families")
"""The entries by family of matrices: a file more is a family more."""


def entries() -> tuple[Architecture, ...]:
    """Return every architecture, in the order in which they are listed.

    Examples
    --------
    >>> [entry.id for entry in entries()][:2]
    ['linear-attention', 'lightning-attention']
    """
    return tuple(chain.from_iterable(FAMILIES.values()))


def squashed(name: str) -> str:
    """Return a name without case and punctuation: what names are compared by.

    Examples
    --------
    >>> squashed("Mamba-2"), squashed("gated_deltanet")
    ('mamba2', 'gateddeltanet')
    """
    return re.sub(r"[^a-z0-9]", "", name.lower())


def names() -> dict[str, Subject]:
    """Return what every name means; an architecture goes before a model of the same name.

    Examples
    --------
    >>> names()["mamba-2"].id, names()["qwen3_next"].id
    ('mamba-2', 'qwen3-next')
    """
    listed: dict[str, Subject] = {}
    subjects: tuple[Subject, ...] = (*entries(), *MODELS, *OUTSIDE)
    for subject in subjects:
        types = () if isinstance(subject, Architecture) else subject.model_types
        for name in (subject.id, subject.name, *subject.aliases, *types):
            listed.setdefault(name, subject)
    return listed


def find_subject(name: str, *, also: str = "") -> Subject:
    """Return an architecture, a released model or a layer out of scope, by any of its names.

    Case and punctuation do not matter. ``also`` is what the error says after the list of names.

    Raises
    ------
    InputError
        For an unknown name, with the nearest ones.

    Examples
    --------
    >>> find_subject("mamba2").id, find_subject("Qwen3_Next").id, find_subject("PaTH").id
    ('mamba-2', 'qwen3-next', 'path')
    """
    known: dict[str, tuple[str, Subject]] = {}
    for written, subject in names().items():
        known.setdefault(squashed(written), (written, subject))
    found = known.get(squashed(name))
    if found is None:
        near = difflib.get_close_matches(squashed(name), list(known), n=3, cutoff=0.5)
        listed = " or ".join(dict.fromkeys(known[key][1].id for key in near))
        hint = f"did you mean {listed}? " * bool(near) + f"negeig theorems lists them all{also}"
        if name.lower().endswith(".json"):
            hint = "a model's config.json is read by negeig audit"
        raise InputError("", f"unknown architecture {name!r}; {hint}")
    return found[1]


def find(name: str) -> Architecture:
    """Return an architecture by any of its names.

    Raises
    ------
    InputError
        For a name that is unknown, or that of something else.

    Examples
    --------
    >>> find("mamba").matrix, find("DeltaNet (beta <= 2)").id
    ('diag(exp(-Delta(x) a)), a > 0', 'deltanet-negative')
    """
    subject = find_subject(name)
    if not isinstance(subject, Architecture):
        what = "a released model" if isinstance(subject, Released) else "out of scope"
        raise InputError("", f"{name!r} is no architecture of the catalogue but {what}")
    return subject
