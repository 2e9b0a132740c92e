"""Varieties: the classes of languages that contain a task, and witnesses where they do not.

A class is decided on the transition monoid M of the minimal machine, on its semigroup S of
non-empty words, or on that of the words over the letters that do anything (the *tier*). Maps act on
the right and words are read left to right, so that R-triviality and reverse definiteness are about
appending letters. Tasks with more than two outputs are classified by their monoid in the same way;
classes that need a language (finite, strictly local, ...) are then left undecided.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import TransitionMonoid, transition_monoid
from negeig.automata.varieties.identities import Implication, Rule, separating_context
from negeig.automata.varieties.subsemigroup import Structure
from negeig.automata.varieties.table import CLASSES, VarietyClass
from negeig.claims import InputError, LimitReached, Output, Word, output_text
from negeig.evidence import Evidence, read_word, unknown_letters
from negeig.moved import names_of

MAX_LOOKUPS = 100_000_000

__getattr__ = names_of(__name__, refutes="negeig.automata.varieties.membership:Membership.verify")


@dataclass(frozen=True)
class Witness:
    """Words that break a rule, and a context in which the machine shows it.

    Attributes
    ----------
    rule : str
        The rule that is broken, one of those in the membership's ``identity``.
    words : tuple of (str, Word)
        A word for each of its variables.
    omega : int or None
        A number that may stand for every ω.
    context : tuple of two Words, or None
        Prefix and suffix with which the two sides of the rule have different outputs; None where
        the rule compares no two words, or its memberships have their contexts already.
    outputs : tuple of two outputs, or None
        These outputs, left side first.
    """

    rule: str
    words: tuple[tuple[str, Word], ...]
    omega: int | None = None
    context: tuple[Word, Word] | None = None
    outputs: tuple[Output, Output] | None = None

    def problems(self, machine: Machine, entry: VarietyClass, rule: Rule) -> list[str]:
        """Return why the words do not break a rule of a class on a machine."""
        words, context = dict(self.words), self.context or ((), ())
        if unknown := unknown_letters(machine.alphabet, *words.values(), *context):
            return unknown
        if len(words) < len(self.words) or not _in_range(machine, entry, rule, words):
            return ["words: two for one variable, or one that its variable does not range over"]
        try:
            broken = rule.broken(machine, words)
        except KeyError as variable:
            return [f"words: none for the variable {variable}"]
        if broken is None:
            return [f"the words do not break {rule.text}"]
        if not _may_stand(self.omega, broken.omega):
            return ["omega: not a number that may stand for every ω"]
        if broken.pair is None:
            return [] if self.context is self.outputs is None else ["context: the rule needs none"]
        if self.context is None:
            return ["context: missing"]
        prefix, suffix = context
        *_, state = machine.states(prefix)
        found = tuple(_output(machine, int(m[state]), suffix) for m in broken.pair)
        one, other = map(output_text, found)
        if one == other:
            return ["context: the outputs do not differ"]
        return [] if output_text(found) == output_text(self.outputs) else ["outputs: not these"]

    def to_json(self) -> dict[str, Any]:
        """JSON value; words are lists of letters."""
        return {
            "rule": self.rule,
            "words": {variable: list(word) for variable, word in self.words},
            "omega": self.omega,
            "prefix": None if self.context is None else list(self.context[0]),
            "suffix": None if self.context is None else list(self.context[1]),
            "outputs": None if self.outputs is None else list(self.outputs),
        }


@dataclass(frozen=True, kw_only=True)
class Membership(Evidence[Machine]):
    """Whether a task is in one class; where it is not, the evidence for it.

    Attributes
    ----------
    name, short : str
        In words, and the usual symbol; for the classes of the Language Toolkit, its own.
    holds : bool or None
        None where it is not decided; ``reason`` says why.
    of : str
        ``"monoid"`` M, ``"semigroup"`` S or ``"tier"``: what the variables of the rules range over.
    identity : str
        The rules that define the class, separated by semicolons.
    witness : Witness or None
        Where it does not hold; None where finding it passed the limit, which ``reason`` says.
    source : str
        Who proved that these rules define the class.
    """

    name: str
    short: str
    holds: bool | None
    of: str
    identity: str
    source: str
    witness: Witness | None = None
    reason: str = ""

    def problems(self, machine: Machine, /) -> list[str]:
        """Return why this does not show, on the machine alone, that the class lacks the task.

        The words are run through the machine; the monoid is not used. It is checked that the rule
        is one of the class, that its side conditions hold, that the words break it, and that the
        context tells its two sides apart; and that all that is said of the class is in the table.
        """
        entry = next((c for c in CLASSES if c.short == self.short), None)
        if entry is None:
            return ["short: no class has this symbol"]
        if machine.minimal().size < machine.size:
            return ["the machine is not minimal, and what words do to its states proves nothing"]
        if entry.of_language and not machine.is_acceptor:
            return ["the task has other outputs than 0 and 1: not a language"]
        witness = self.witness
        if self.holds is not False or witness is None:
            return [f"nothing shows that the task is not in {self.short}"]
        if self != _membership(entry, False, witness):
            return [f"the table says something else of {self.short}"]
        rule = next((r for r in entry.rules if r.text == witness.rule), None)
        if rule is None:
            return [f"rule: none of those of {self.short}"]
        return witness.problems(machine, entry, rule)

    def to_json(self) -> dict[str, Any]:
        """JSON object with the attributes' names."""
        return {
            "name": self.name,
            "short": self.short,
            "holds": self.holds,
            "of": self.of,
            "identity": self.identity,
            "witness": None if self.witness is None else self.witness.to_json(),
            "source": self.source,
            "reason": self.reason,
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Membership:
        """Read what :meth:`to_json` wrote of a class that lacks the task, to be verified.

        Raises InputError where the form is wrong.
        """
        try:
            fields = data["witness"]
            ends, outputs = (fields["prefix"], fields["suffix"]), fields["outputs"]
            witness = Witness(
                rule=fields["rule"],
                words=tuple((v, read_word(word)) for v, word in fields["words"].items()),
                omega=fields["omega"],
                context=None if ends == (None, None) else (read_word(ends[0]), read_word(ends[1])),
                outputs=None if outputs is None else tuple(outputs),
            )
            return Membership(**{**data, "witness": witness})
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise InputError("witness", f"no membership: {error!r:.200}") from None


def classify(
    monoid: TransitionMonoid, *, only: Iterable[str] | None = None, max_lookups: int = MAX_LOOKUPS
) -> tuple[Membership, ...]:
    """Return the membership of a task in every class, in the order of the table.

    Parameters
    ----------
    monoid : TransitionMonoid
        Of the minimal machine of the task.
    only : iterable of str, optional
        Names or symbols of the classes wanted.
    max_lookups : int
        Look-ups in tables that one class may take; past it the class is left undecided. Most
        classes take O(size x letters), or O(size) products for each regular D-class.

    Raises
    ------
    InputError
        When the machine is not minimal, or ``only`` names a class that is not in the table.

    Examples
    --------
    >>> machine = Machine(alphabet="ab", transitions=[[1, 2], [2, 0], [2, 2]], initial=0,
    ...                   outputs=[1, 0, 0])
    >>> found = classify(transition_monoid(machine), only=["LT", "PT"])  # of (ab)*
    >>> [(membership.name, membership.holds) for membership in found]
    [('piecewise testable', False), ('locally testable', True)]
    >>> found[0].witness.rule, dict(found[0].witness.words)
    ('(xy)^ω x = (xy)^ω', {'x': ('b',), 'y': ('a',)})
    >>> found[0].verify(machine)
    True
    """
    machine = monoid.machine
    if machine.minimal().size != machine.size:
        raise InputError("machine", "classes are decided on the minimal machine; minimise it first")
    chosen = _chosen(only)
    structure = Structure(monoid, max_lookups)
    tier = structure
    if any(c.of == "tier" for c in chosen) and neutral_letters(machine):
        projected = tier_machine(machine)
        tier = Structure(transition_monoid(projected, max_elements=monoid.size), max_lookups)
    return tuple(_decide(c, tier if c.of == "tier" else structure) for c in chosen)


def neutral_letters(machine: Machine) -> tuple[str, ...]:
    """Letters that change no state: those not on the tier of a language."""
    still = (machine.transitions == np.arange(machine.size)[:, None]).all(axis=0)
    return tuple(a for a, does_nothing in zip(machine.alphabet, still, strict=True) if does_nothing)


def tier_machine(machine: Machine) -> Machine:
    """Return the machine over its other letters; the same one where it has no others."""
    neutral = neutral_letters(machine)
    kept = [i for i, letter in enumerate(machine.alphabet) if letter not in neutral]
    if len(kept) in (0, len(machine.alphabet)):
        return machine
    return Machine(
        alphabet=[machine.alphabet[i] for i in kept],
        transitions=machine.transitions[:, kept],
        initial=machine.initial,
        outputs=machine.outputs,
        points=None if machine.points is None else [machine.points[i] for i in kept],
    )


def _may_stand(omega: int | None, least: int | None) -> bool:
    """Whether a number is a positive multiple of the least that may stand for every ω."""
    if least is None or type(omega) is not int:
        return omega is least
    return omega > 0 and omega % least == 0


def _in_range(machine: Machine, entry: VarietyClass, rule: Rule, words: dict[str, Word]) -> bool:
    """Whether the words are words of what the variables range over."""
    if entry.of == "monoid":
        return True
    free = "uvst" if isinstance(rule, Implication) else ""
    neutral = set(neutral_letters(machine)) if entry.of == "tier" else set()
    if tier_machine(machine) is machine:
        neutral = set()
    return all((word or v in free) and not neutral & set(word) for v, word in words.items())


def _output(machine: Machine, state: int, word: Word) -> Output:
    for letter in word:
        state = int(machine.transitions[state, machine.index(letter)])
    return machine.outputs[state]


def _chosen(only: Iterable[str] | None) -> list[VarietyClass]:
    if only is None:
        return list(CLASSES)
    wanted = list(only)
    known = {label for c in CLASSES for label in (c.name, c.short)}
    unknown = [label for label in wanted if label not in known]
    if unknown:
        shown = ", ".join(c.short for c in CLASSES)
        raise InputError("only", [f"no class {u!r}; there are {shown}" for u in unknown])
    return [c for c in CLASSES if c.name in wanted or c.short in wanted]


def _membership(
    entry: VarietyClass, holds: bool | None, witness: Witness | None = None, reason: str = ""
) -> Membership:
    """Return what the table says of a class, with a decision about a task."""
    return Membership(
        name=entry.name,
        short=entry.short,
        holds=holds,
        of=entry.of,
        identity="; ".join(rule.text for rule in entry.rules),
        source=entry.source,
        witness=witness,
        reason=reason,
    )


def _decide(entry: VarietyClass, structure: Structure) -> Membership:
    if entry.of_language and not structure.machine.is_acceptor:
        return _membership(
            entry, None, reason="the task has other outputs than 0 and 1: not a language"
        )
    structure.charged = 0
    try:
        found = entry.decide(structure)
    except LimitReached as limit:
        return _membership(entry, None, reason=str(limit))
    if found is None:
        return _membership(entry, True)
    rule, words = found
    if not words:
        return _membership(entry, False, reason="no witness found within max_lookups")
    return _membership(entry, False, witness(structure.machine, rule, words))


def witness(machine: Machine, rule: Rule, words: dict[str, Word]) -> Witness:
    """Return words that break a rule on a minimal machine with a context that shows it."""
    broken = rule.broken(machine, words)
    if broken is None:
        raise RuntimeError(f"the words {words} do not break {rule.text}")
    parts = (rule.text, tuple(sorted(words.items())), broken.omega)
    if broken.pair is None:
        return Witness(*parts)
    prefix, suffix = separating_context(machine, *broken.pair)
    *_, state = machine.states(prefix)
    outputs = tuple(_output(machine, int(m[state]), suffix) for m in broken.pair)
    return Witness(*parts, (prefix, suffix), (outputs[0], outputs[1]))
