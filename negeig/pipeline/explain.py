"""``negeig explain``: one theorem, one architecture, one released model, or a word of reports."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from negeig.claims import InputError
from negeig.pipeline.parts.glossary import (
    find_term,
    folded,
    term_names,
    term_with,
    term_within,
)
from negeig.pipeline.parts.people import people, person
from negeig.pipeline.parts.term import Term
from negeig.pipeline.parts.variety_terms import variety_term
from negeig.theory.architectures import Architecture, Outside, Released, Subject, find_subject
from negeig.theory.theorems import entries, get
from negeig.theory.theorems.entry import Entry

if TYPE_CHECKING:
    from negeig.proofs_checks.theorem_checks.check import Check


@dataclass(frozen=True)
class Explanation:
    """What was asked about; ``term`` is the word of reports of that name, if there is one.

    ``nearest_to`` is what was asked for where it is no name and only a part of it was found.
    """

    about: Entry | Subject | Term
    term: Term | None = None
    nearest_to: str | None = None
    exit_code: int = 0

    @property
    def check(self) -> Check[Any] | None:
        """Instances of a theorem, and twins that lack a hypothesis; None of anything else."""
        if not isinstance(self.about, Entry):
            return None
        from negeig.proofs_checks.theorem_checks.registry import CHECKS

        return CHECKS.get(self.about.id)

    def to_json(self) -> dict[str, Any]:
        """Return the object of schema ``negeig.theorems/1``, ``.architecture/1`` or ``.term/1``."""
        entry = self.about.to_json()
        kinds = {Architecture: "architecture", Released: "released", Outside: "outside"}
        for kind, key in kinds.items():
            if isinstance(self.about, kind):
                return {"schema": "negeig.architecture/1", key: entry}
        if isinstance(self.about, Term):
            return {"schema": "negeig.term/1", "term": entry, "nearest_to": self.nearest_to}
        if self.check is not None:
            entry["instances"] = [case.says for case in self.check.instances]
            entry["twins"] = [case.says for case in self.check.twins]
            entry["without"] = [case.without for case in self.check.twins]
            entry["no_twin"] = {str(i): why for i, why in self.check.no_twin.items()}
        return {"schema": "negeig.theorems/1", "theorems": [entry]}


def explain(identifier: str) -> Explanation:
    """Return one theorem, architecture, released model or word of reports, the first of that name.

    Last of all the name of an arithmetic or of a task of the zoo, a word within a phrase, which the
    answer then names as the nearest one, and a person who is cited.

    Raises InputError for a name that is none, with the nearest ones of all.

    Examples
    --------
    >>> [explain(name).about.id for name in ("T1", "mamba2", "cast state")]
    ['T1', 'mamba-2', 'cast model']
    >>> [explain(name).nearest_to for name in ("eigenvalue", "complex eigenvalues")]
    [None, 'complex eigenvalues']
    >>> explain("bf16:acc32").about.text
    'A model of arithmetic: fp32 operations, the state rounded to bf16 after each letter.'
    """
    if number := re.fullmatch(r"(?:theorem|thm|t)[ .]*(\d+)", identifier.strip().lower()):
        identifier = f"T{number[1]}"
    try:
        return Explanation(find_subject(identifier))
    except InputError as unknown:
        term = find_term(identifier)
        try:
            return Explanation(get(identifier), term)
        except InputError as error:
            term = term or variety_term(identifier) or _named(identifier)
            if term is not None:
                return Explanation(term)
            within = term_within(identifier) or term_with(identifier)
            if within is not None:
                return Explanation(within, nearest_to=identifier.strip())
            someone = person(identifier)
            if someone is not None:
                return Explanation(someone)
            if not identifier.strip():
                raise
            problems = [*_near(identifier), unknown.problems[0]]
            raise InputError("", "; ".join(problems), code=error.code) from None


def _named(name: str) -> Term | None:
    """Return what an arithmetic or a task of the zoo is, as a word of its own."""
    from negeig.automata.zoo import entries as tasks
    from negeig.precision.numbers.arithmetic import parse

    try:
        model = parse(name)
    except InputError:
        wanted = name.strip().lower().partition(":")[0]
        found = next((task for task in tasks() if task.head == wanted), None)
        if found is None:
            return None
        letters = f"Letters: {found.alphabet}; outputs: {found.outputs}."
        text = f"A task of the zoo, {found.pattern}: {found.sentence.rstrip('.')}. {letters}"
        return Term(name.strip(), text, "docs/zoo.md")
    text = f"A model of arithmetic: {model.describe()}."
    also = () if model.name == name.strip().lower() else (model.name,)
    return Term(name.strip(), text, "docs/arithmetic.md", also)


def _holding(part: str, names: Iterable[str]) -> list[str]:
    """Return up to three names that begin with a text of some letters, or that hold it."""
    found = [name for name in names if part in name] if len(part) > 2 else []
    return sorted(found, key=lambda name: not name.startswith(part))[:3]


def _near(identifier: str) -> list[str]:
    """Return what is said of a name that is none: the theorems and the words nearest to it."""
    ids = {entry.id.lower(): entry.id for entry in entries()}
    parts = ((part, name) for name in term_names() for part in re.split(r"[ '-]", name))
    words: dict[str, str] = {}
    for part, whole in (*zip(term_names(), term_names(), strict=True), *parts):
        words.setdefault(folded(part), whole)
    for someone in people():
        words.setdefault(folded(someone), someone)
    name = folded(identifier.strip())
    near = [
        (
            kind,
            dict.fromkeys(
                known[one]
                for one in _holding(name, known) or difflib.get_close_matches(name, known)
            ),
        )
        for kind, known in (("theorem", ids), ("word", words))
    ]
    said = [
        f"no {kind} {identifier!r}; nearest: {', '.join(found)}" for kind, found in near if found
    ]
    if ":" in identifier:
        from negeig.precision.numbers.arithmetic import unknown

        said.append(f"as an arithmetic {unknown(identifier)}")
    return said or [f"no theorem {identifier!r} and no such word"]
