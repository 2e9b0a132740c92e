"""Verdicts, evidence and errors: what every other part of negeig returns or raises.

A result is a :class:`Claim`: a statement, the model of arithmetic it is about, a verdict and
the evidence. ``open`` is never a success and ``passed`` (seen on samples) is never a proof.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from fractions import Fraction
from math import floor, log10
from typing import Any, ClassVar, TypeAlias

from negeig.shown import Shown

Letter: TypeAlias = str
"""One letter of an alphabet; may be longer than one character."""

Word: TypeAlias = tuple[Letter, ...]
"""A word: letters in reading order, the empty tuple being the empty word."""

Output: TypeAlias = Any
"""What a machine outputs in a state: any JSON value. Acceptors output 0 or 1."""

Progress: TypeAlias = Callable[[int], None]
"""Called now and then with the work done so far; may raise LimitReached, which ends the work."""

StageProgress: TypeAlias = Callable[[str, int], None]
"""The same for work in several stages: called with the name of the stage and what it has done."""


_ENCODER = json.JSONEncoder(sort_keys=True, default=repr)


def output_text(output: Output) -> str:
    """Return a text that is equal exactly for equal JSON values of the same types: 1 is not true.

    What is no JSON value counts as its ``repr``.

    Examples
    --------
    >>> output_text(1) == output_text(True), output_text((1, 2)) == output_text([1, 2])
    (False, True)
    """
    return _ENCODER.encode(output)


MAX_EFFORT = 8
"""Largest effort of a search."""


class Verdict(StrEnum):
    """How a claim ended."""

    PROVED = "proved"
    REFUTED = "refuted"
    OPEN = "open"
    PASSED = "passed"


@dataclass(frozen=True, kw_only=True)
class Closure:
    """All states that words of any length reach were explored, and every one is right.

    ``states`` of the whole network; of its layers one by one where the proof is ``layerwise``,
    which never lists the states of the stack.
    """

    states: int
    layerwise: bool = False
    detail: str = ""
    verdict: ClassVar[Verdict] = Verdict.PROVED


@dataclass(frozen=True, kw_only=True)
class Region:
    """Boxes of states that letters carry into each other hold every state, and each is right.

    In a rounded arithmetic one letter, read anywhere in the boxes, errs by at most ``error`` in
    any coordinate, which is no more than ``margin``: so far the images of the boxes may be off.
    Exact arithmetic has no error. A margin is None where it was not looked for.
    """

    boxes: int
    margin: Fraction | None = None
    error: Fraction | None = None
    detail: str = ""
    states: ClassVar[None] = None
    verdict: ClassVar[Verdict] = Verdict.PROVED

    def to_json(self) -> dict[str, Any]:
        """Return it as the ``region`` of a claim."""
        margin, error = (None if x is None else str(x) for x in (self.margin, self.error))
        return {"boxes": self.boxes, "margin": margin, "error": error}


@dataclass(frozen=True, kw_only=True)
class Horizon:
    """Words of at most ``length`` letters are right: how far errors are bounded, and no farther.

    ``error`` bounds how far the state is from the exact one after that many letters, and ``limit``
    is how far it may be; None where all these words were explored. Nothing is said of longer ones,
    so the verdict is ``open``; ``word`` is the first on which the network was seen to err, if any.
    """

    length: int
    error: Fraction | None
    limit: Fraction | None
    word: Word | None = None
    detail: str = ""
    states: ClassVar[None] = None
    verdict: ClassVar[Verdict] = Verdict.OPEN

    def to_json(self) -> dict[str, Any]:
        """Return it as the ``horizon`` of a claim."""
        word = None if self.word is None else list(self.word)
        error, limit = (None if x is None else str(x) for x in (self.error, self.limit))
        return {"length": self.length, "error": error, "limit": limit, "word": word}


@dataclass(frozen=True, kw_only=True)
class Exactness:
    """Nothing is rounded in any order of any sum, so the exact states, all right, are reached.

    ``operands`` and ``sums`` name the formats that these are kept in at least. It is claimed for
    chunks of ``chunk`` positions, 0 for one position at a time, and holds up to ``largest_chunk``.
    ``bounds`` has a row of JSON for each kind of sum.
    """

    states: int
    operands: str
    sums: str
    chunk: int
    largest_chunk: int
    bounds: tuple[Mapping[str, str | int], ...]
    detail: str = ""
    verdict: ClassVar[Verdict] = Verdict.PROVED

    def to_json(self) -> dict[str, Any]:
        """Return it as the ``exactness`` of a claim."""
        names = ("operands", "sums", "chunk", "largest_chunk")
        return {name: getattr(self, name) for name in names} | {"bounds": list(self.bounds)}


@dataclass(frozen=True, kw_only=True)
class Refutation:
    """A word after which something is wrong, and how many states were seen until then."""

    word: Word | None
    states: int
    detail: str = ""
    verdict: ClassVar[Verdict] = Verdict.REFUTED


@dataclass(frozen=True, kw_only=True)
class Run:
    """Positions compared with the machine, how many differed, and a shortest word that errs.

    Empirical: ``passed`` at best. ``open`` where time ran out before anything was wrong.
    """

    tokens: int
    mismatches: int
    word: Word | None
    verdict: Verdict
    device: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Open:
    """Nothing was decided; ``detail`` says why. ``states`` were seen where any were explored."""

    states: int | None = None
    detail: str
    verdict: ClassVar[Verdict] = Verdict.OPEN


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """What a claim rests on beside its evidence: what has to hold of a program that it is about.

    Parameters
    ----------
    name : str
        Short name, such as ``"deterministic"``.
    statement : str
        What is assumed, in words.
    tested : str
        How it was tested, or where the test failed.
    held : bool
        Whether every test passed: empirical. A claim of which one failed is never ``proved``.
    tokens : int or None
        Tokens of the longest call of the test, where it is about calls of many; else None.
    """

    name: str
    statement: str
    tested: str
    held: bool
    tokens: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as a row of the ``assumptions`` of a claim."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Claim(Shown):
    """One statement about a network and a machine, with its evidence; the verdict follows from it.

    Parameters
    ----------
    id : str
        Short name, such as ``"exact"``, ``"bf16"`` or ``"kernel:cpu"``.
    statement : str
        The statement in words.
    arithmetic : str
        The model of arithmetic the statement is about, such as ``"bf16:all-ops"``.
    evidence : Closure, Region, Exactness, Refutation, Run or Open
        Its ``detail`` is for people; nothing is decided by it.
    seconds : float
        Wall time.
    assumptions : tuple of Assumption
        Of a claim about an implementation.

    Examples
    --------
    >>> claim = Claim(id="exact", statement="correct on every word", arithmetic="exact",
    ...               evidence=Closure(states=2))
    >>> claim.verdict.value, claim.to_json()["states"]
    ('proved', 2)
    """

    id: str
    statement: str
    arithmetic: str
    evidence: Closure | Region | Exactness | Refutation | Run | Open
    seconds: float = 0.0
    assumptions: tuple[Assumption, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """``passed`` is empirical; ``proved`` holds for words of every length."""
        return self.evidence.verdict

    @property
    def detail(self) -> str:
        """What was tried, or what the evidence is, in words."""
        return self.evidence.detail

    @property
    def states(self) -> int | None:
        """Distinct states reached, where any were explored."""
        return None if isinstance(self.evidence, Run) else self.evidence.states

    @property
    def word(self) -> Word | None:
        """A word on which the network errs, where one was found."""
        return self.evidence.word if isinstance(self.evidence, (Refutation, Run)) else None

    @property
    def tokens(self) -> int | None:
        """Positions compared with the machine, where words were run."""
        return self.evidence.tokens if isinstance(self.evidence, Run) else None

    @property
    def mismatches(self) -> int | None:
        """How many of them differed."""
        return self.evidence.mismatches if isinstance(self.evidence, Run) else None

    def to_json(self) -> dict[str, Any]:
        """Return the claim as a row of ``negeig.check/1``.

        ``assumptions`` where it has any, ``exactness`` where that is the evidence.
        """
        row: dict[str, Any] = {
            "id": self.id,
            "statement": self.statement,
            "verdict": self.verdict.value,
            "arithmetic": self.arithmetic,
            "states": self.states,
            "tokens": self.tokens,
            "mismatches": self.mismatches,
            "word": None if self.word is None else list(self.word),
            "seconds": round(self.seconds, 6),
            "detail": self.detail,
        }
        if isinstance(self.evidence, Exactness):
            row["exactness"] = self.evidence.to_json()
        if self.assumptions:
            row["assumptions"] = [assumed.to_json() for assumed in self.assumptions]
        return row


@dataclass(frozen=True, kw_only=True)
class Resources:
    """Resource limits of one call; each is an option of the command line.

    Attributes
    ----------
    max_states, max_elements, max_closure, max_bytes, max_memory : int
        Machine states, monoid elements, network states in one closure, bytes of an input file,
        bytes of the tables of one computation.
    effort : int
        How much counted work searches may do, from 1 to 8; each step about four times as much.
        More effort never loses a network.

    Raises
    ------
    InputError
        For an effort out of range.
    """

    max_states: int = 100_000
    max_elements: int = 2_000_000
    max_closure: int = 2_000_000
    max_bytes: int = 64_000_000
    max_memory: int = 4 << 30
    effort: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.effort <= MAX_EFFORT:
            raise InputError("", f"--effort must be from 1 to {MAX_EFFORT}, found {self.effort}")


class NegeigError(Exception):
    """Base of every error negeig raises on purpose; ``exit_code`` is the command line's."""

    exit_code = 4
    code = "internal"


class InputError(NegeigError):
    r"""Input that cannot be used: every problem found, in one message.

    Examples
    --------
    >>> str(InputError("machine.json", ["row 0 has 1 entry, expected 2", "no initial state"]))
    'machine.json: 2 problems\n  row 0 has 1 entry, expected 2\n  no initial state'
    """

    exit_code = 2

    def __init__(self, source: str, problems: list[str] | str, code: str = "bad-input") -> None:
        self.source = source
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        self.code = code
        if len(self.problems) == 1:
            text = f"{source}: {self.problems[0]}" if source else self.problems[0]
        else:
            lines = "".join(f"\n  {problem}" for problem in self.problems)
            text = f"{source}: " * bool(source) + f"{len(self.problems)} problems{lines}"
        super().__init__(text)

    def _render_traceback_(self) -> list[str]:  # for notebooks: the input is wrong, not the code
        return [f"InputError: {self}"]


class LimitReached(NegeigError):
    """A resource limit was hit: which, how far the work got, and the option that raises it.

    Examples
    --------
    >>> print(LimitReached("machine states", 100_000, reached=100_001, option="--max-states"))
    machine states: stopped at 100,001, the limit is 100,000; raise it with --max-states
    """

    exit_code = 3
    code = "limit"

    def __init__(
        self, limit: str, value: int | float, *, reached: int | float, option: str = "",
        detail: str = "",
    ) -> None:  # fmt: skip
        self.limit, self.value, self.reached, self.option = limit, value, reached, option
        counted = reached < 10**21
        found = f"stopped at {reached:,}" if counted else f"at least 10^{floor(log10(reached))}"
        text = f"{limit}: {found}, the limit is {value:,}"
        if option == "--timeout":
            text = f"stopped after {value:g} second{'s' * (value != 1)}"
        text += f"; raise it with {option}" * bool(option) + f". {detail}" * bool(detail)
        super().__init__(text)


class Stopped(LimitReached):
    """The command was told to stop: what is proved so far is kept, and nothing more is begun."""


class Unavailable(NegeigError):
    """A requested device, backend or optional package is missing; says how to get it."""

    exit_code = 3
    code = "unavailable"


DEFAULT_RESOURCES = Resources()
