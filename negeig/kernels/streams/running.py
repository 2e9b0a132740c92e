"""A run: its parts read one after the other, saved now and then, stopped and gone on with."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from negeig.claims import InputError, StageProgress, Stopped
from negeig.kernels.streams.comparing import Comparison, Mismatch, Reading, Standing, read_all
from negeig.kernels.streams.kinds import Part, letters_of
from negeig.kernels.streams.reaching import Reaching
from negeig.kernels.streams.saved import Checkpoint
from negeig.work import CountedStage

SAVE_WORK = 2e9
"""Nanoseconds of work between two checkpoints, about."""


@dataclass
class Progress:
    """How far a part was read.

    Parameters
    ----------
    part : Part
    tokens : int
        Letters compared with the machine.
    note : str
        What else is known of it.
    """

    part: Part
    tokens: int = 0
    note: str = ""

    @property
    def done(self) -> bool:
        """Whether it was read to its end, or to where nothing is left."""
        return self.tokens >= self.part.tokens or bool(self.note)


@dataclass(kw_only=True)
class Run:
    """The parts of a run as they are read.

    Parameters
    ----------
    comparison : Comparison
    parts : sequence of Part
    seed : int
    rows : range or None
        The rows that are read of the one part there is; None for all of every part.
    start : Standing or None
        Where these rows begin; None for the initial states and position 0.
    fresh : bool
        Whether that is at the initial states.
    threads : int
        Most threads.
    checkpoint : str or None
        The file that is written.
    about : mapping
        What the checkpoint is of.

    Attributes
    ----------
    reached : list of Progress
        One for each part.
    part : int
        Which is being read.
    before : int
        Letters compared before, by the run that is gone on with.
    mismatch : Mismatch or None
        The first one.
    current : Reading or None
        What is being read, or was last, of a part that can be gone on with.
    stopped : Stopped or None
        Why it was stopped.
    interrupted : bool
    unsaved : str
        Why the checkpoint could not be written, the last time that it was; empty where it was.
    seconds : float
        What the reading took.
    """

    comparison: Comparison
    parts: Sequence[Part]
    seed: int
    rows: range | None = None
    start: Standing | None = None
    fresh: bool = True
    threads: int = 1
    checkpoint: str | None = None
    about: Mapping[str, Any] = field(default_factory=dict)
    part: int = 0
    before: int = 0
    mismatch: Mismatch | None = None
    current: Reading | None = None
    stopped: Stopped | None = None
    interrupted: bool = False
    unsaved: str = ""
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.reached = [Progress(part) for part in self.parts]

    @property
    def tokens(self) -> int:
        """Letters compared with the machine, those before the first mismatch and the wrong one."""
        return sum(reached.tokens for reached in self.reached)

    @property
    def standing(self) -> Standing | None:
        """Where the rows of the current part are, None where they cannot be gone on with."""
        return None if self.current is None or not self.current.whole else self.current.standing()

    def go_on(self, saved: Checkpoint) -> None:
        """Begin where another run of the same words stopped.

        Raises InputError unless the words are the same, except that the last ones may be longer.
        """
        for i, (kind, rows, length, order, tokens, note) in enumerate(saved.parts):
            old, last = Part(kind, rows, length, order), i == saved.part
            if i > saved.part:
                break
            at = saved.standing.position if last and saved.standing is not None else length
            mine = self.parts[i] if i < len(self.parts) else Part("nothing", 0, 0)
            same = mine == old or (last and replace(mine, length=length) == old)
            if not same or mine.length < at:
                raise InputError(
                    "--checkpoint",
                    f"it has read {_described(old)}, to letter {at:,}; now there is "
                    f"{_described(mine)}: give the --tokens, --words and --rows that wrote it",
                )
            self.reached[i].tokens, self.reached[i].note = tokens, note
        self.part, self.start, self.before = saved.part, saved.standing, self.tokens
        self.fresh = saved.standing is None

    def run(self, progress: StageProgress | None = None) -> None:
        """Read all parts to the end, or to the first mismatch, or until ``progress`` raises.

        ``progress`` is called with what is read, how fast and for how long still, and the letters
        done; it may raise Stopped or KeyboardInterrupt, which end the run with what it has.
        """
        started = time.perf_counter()
        planned = sum(part.tokens for part in self.parts)
        saved, cost = self.tokens, self.comparison.backend.nanoseconds_per_token()
        try:
            if self.tokens == 0 and self.start is None:
                self.mismatch = self.comparison.empty(self.parts[0])
            while self.mismatch is None:
                for _ in self._read():
                    if progress is not None:
                        rate = (self.tokens - self.before) / (time.perf_counter() - started)
                        left = (planned - self.tokens) / max(rate, 1)
                        name = self.parts[self.part].name
                        at = f"{name}, {rate / 1e6:.3g} M/s, {left:,.0f} s left"
                        progress(CountedStage(at, planned), self.tokens)
                    if (self.tokens - saved) * cost > SAVE_WORK:
                        saved = self.tokens
                        self.save()
                if self.mismatch is not None or self.part + 1 == len(self.parts):
                    break
                self.part += 1
        except Stopped as stopped:
            self.stopped = stopped
        except KeyboardInterrupt:
            self.interrupted = True
        self.seconds = time.perf_counter() - started
        self.save()

    def save(self) -> None:
        """Write the checkpoint, where there is one and nothing is wrong.

        A disk that is full ends no run: what was found is worth more than the file, and the one
        written before still holds. ``unsaved`` says it.
        """
        if self.checkpoint is None or self.mismatch is not None:
            return
        if self.current is not None and not self.current.whole:
            return  # the one written before still holds
        parts = [
            [r.part.kind, r.part.rows, r.part.length, r.part.order, r.tokens, r.note]
            for r in self.reached
        ]
        if self.current is None:  # a part that begins again
            parts[self.part][4:] = [0, ""]
        written = Checkpoint(
            about=self.about, parts=parts, part=self.part, standing=self.standing
        )  # fmt: skip
        try:
            written.save(self.checkpoint)
            self.unsaved = ""
        except InputError as error:
            self.unsaved = error.problems[0]

    def _read(self) -> Iterator[None]:
        """Read the part that is next; after every piece its progress is noted."""
        part, reached = self.parts[self.part], self.reached[self.part]
        self.current = None
        if part.kind == "closure":
            reaching = Reaching(self.comparison, part)
            for tokens in reaching.explore():
                reached.tokens = tokens
                yield
            self.mismatch = reaching.mismatch
            reached.note = f"{reaching.states:,} states"
            reached.note += ", which are all" if reaching.closed else ", and there are more"
            return
        letters = letters_of(part, self.comparison.machine, self.seed)
        if part.kind == "all":
            found: Mismatch | None = None
            for tokens, found in read_all(self.comparison, part, letters, self.threads):
                reached.tokens = tokens
                if found is not None:
                    reached.tokens = (found.position - 1) * part.rows + found.row + 1
                yield
            self.mismatch = found
            return
        rows = self.rows or range(part.rows)
        start = self.start or self.comparison.standing(len(rows))
        begun, tokens = start.position, reached.tokens
        self.current = reading = Reading(
            self.comparison, part, letters, rows, start, self.threads, fresh=self.fresh
        )
        self.start, self.fresh = None, True  # those of later parts
        for position in reading.read(part.length):
            reached.tokens = tokens + (position - begun) * len(rows)
            if (wrong := reading.mismatch) is not None:
                before = (wrong.position - 1 - begun) * len(rows) + wrong.row - rows.start
                reached.tokens, self.mismatch = tokens + before + 1, wrong
            yield


def _described(part: Part) -> str:
    return f"{part.name}, {part.rows:,} rows of {part.length:,} letters"
