"""What a run is asked for, checked before anything is read."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from negeig.claims import InputError, Letter
from negeig.kernels.backend import BACKENDS
from negeig.kernels.streams.kinds import MAX_POSITION, MAX_ROWS, MAX_SEED, STREAMED

ROWS = 64
"""Words that are read side by side unless it is given: enough for the lanes of two cores."""


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """What is run; whole floats such as 1e6 become numbers.

    Attributes
    ----------
    backend : str
        A name in ``BACKENDS``.
    impl : str or None
        An implementation of others in its place, ``NAME`` or ``NAME@bf16``.
    tokens : int or None
        Letters to read at most, of all rows together; None for a number that follows from sizes.
    words : str
        A kind of :data:`negeig.kernels.streams.kinds.KINDS`.
    word : tuple of letters or None
        One word, in place of a kind.
    seed : int
    rows : int
        Words that are read side by side.
    row : int or None
        The one of them that is read.
    offset : int
        Letters of every row that are left out; it begins there.
    state : str or None
        Where that one row begins, as a replay has it: else at the initial states.
    checkpoint : str or None
        A file that the run is written to now and then; where there is one already it goes on.
    threads : int or None
        Of the backend ``cpu``, at most so many; None for as many as there are cores.

    Raises
    ------
    InputError
        With everything that is wrong whatever the language.
    """

    backend: str = "cpu"
    impl: str | None = None
    tokens: int | None = None
    words: str = "mix"
    word: tuple[Letter, ...] | None = None
    seed: int = 0
    rows: int = ROWS
    row: int | None = None
    offset: int = 0
    state: str | None = None
    checkpoint: str | None = None
    threads: int | None = None

    def __post_init__(self) -> None:
        if problems := self._read_types():
            raise InputError("", problems)
        if self.backend not in BACKENDS:
            problems.append(
                f"--backend: {self.backend!r} is unknown; there are {', '.join(BACKENDS)}"
            )
        if self.tokens is not None and not 1 <= self.tokens <= MAX_POSITION:
            problems.append(
                f"--tokens: from 1 to {MAX_POSITION:,} letters, found {_short(self.tokens)}"
            )
        if not 0 <= self.seed <= MAX_SEED:
            problems.append(f"--seed: from 0 to {MAX_SEED}, found {self.seed}")
        if not 1 <= self.rows <= MAX_ROWS:
            problems.append(f"--rows: from 1 to {MAX_ROWS:,}, found {self.rows}")
        elif self.row is not None and not 0 <= self.row < self.rows:
            problems.append(f"--row: from 0 to {self.rows - 1}, found {self.row}")
        if not 0 <= self.offset <= MAX_POSITION:
            problems.append(f"--offset: from 0 to {MAX_POSITION:,}, found {_short(self.offset)}")
        if self.threads is not None and self.threads < 1:
            problems.append(f"--threads: at least 1, found {self.threads}")
        kind = self.words.partition(":")[0]
        placed = {
            "--row": self.row is not None, "--offset": self.offset != 0,
            "--state": self.state is not None,
        }  # fmt: skip
        if self.word is not None or kind not in STREAMED:
            what = "--word" if self.word is not None else f"--words {self.words}"
            problems += [
                f"{name} belongs to --words {', '.join(STREAMED)}, not to {what}"
                for name, is_given in placed.items()
                if is_given
            ]
        if self.word is not None and self.checkpoint is not None:
            problems.append("--checkpoint belongs to words that are drawn, not to --word")
        if self.state is not None and self.row is None and self.rows != 1:
            problems.append("--state is that of one row: give --row R too")
        if problems:
            raise InputError("", problems)

    def _read_types(self) -> list[str]:
        """Make whole numbers int; return what is of another type than its option."""
        problems, optional = [], ("impl", "tokens", "row", "state", "checkpoint", "threads", "word")
        for name, value in list(vars(self).items()):
            if value is None and name in optional:
                continue
            if name in ("tokens", "seed", "rows", "row", "offset", "threads"):
                number = _whole(value)
                if number is None:
                    problems.append(f"--{name}: expected a whole number, found {value!r}")
                object.__setattr__(self, name, number)
            elif name == "word":
                if not isinstance(value, tuple) or not all(isinstance(a, str) for a in value):
                    problems.append(f"--word: expected a sequence of letters, found {value!r}")
            elif not isinstance(value, str):
                problems.append(f"--{name}: expected text, found {value!r}")
        return problems


def _short(number: int) -> str:
    """Return a whole number in full, or to three digits where it is longer than any that is meant.

    Examples
    --------
    >>> _short(1_000_000), _short(10**99)
    ('1,000,000', '1.00e+99')
    """
    return f"{number:,}" if abs(number) < 10**24 else f"{Decimal(number):.3g}"


def _whole(value: Any) -> int | None:
    """Return a whole number as int; None for all else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    try:
        return operator.index(value)
    except TypeError:
        return None
