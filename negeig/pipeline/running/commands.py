"""The commands that reach a mismatch again, and that go on with a run that was stopped."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from negeig.automata.expressions.letters import write_letters
from negeig.claims import Letter
from negeig.kernels.streams.comparing import Standing
from negeig.kernels.streams.kinds import Part
from negeig.kernels.streams.running import Run
from negeig.kernels.streams.saved import state_text
from negeig.pipeline.running.options import RunOptions

LONGEST_STATE = 4_000
"""Characters of a state on a command line, at most."""


@dataclass(frozen=True)
class Commands:
    """Commands about one run.

    Parameters
    ----------
    arguments : tuple of str
        What names the language on the command line.
    options : RunOptions
    run : Run
    """

    arguments: tuple[str, ...]
    options: RunOptions
    run: Run

    def replay(self, word: Sequence[Letter] | None) -> str | None:
        """Return the command that reaches the mismatch again at once; None where there is none.

        The word itself where it is short, otherwise its last letter from the states before it.
        """
        wrong, asked = self.run.mismatch, self.options
        if wrong is None:
            return None
        if word is not None:
            return self._command("--word", write_letters(word))
        if wrong.part.kind == "closure":
            letters = self.run.comparison.letters  # all are read in a state, or none
            sources = -(-self.run.reached[self.run.part].tokens // letters)
            return self._command("--words", "closure", "--tokens", str(sources * letters))
        state, begun = state_text(wrong.before), asked.offset
        row = ["--rows", str(wrong.part.rows), "--row", str(wrong.row)]
        if wrong.again and len(state) <= LONGEST_STATE:
            place = ["--offset", str(wrong.position - 1), "--state", state, "--tokens", "1"]
        else:  # all letters of the row
            place = ["--offset", str(begun)] if begun else []
            place += ["--tokens", str(wrong.position - begun)]
        return self._command(*self._words(wrong.part), *row, *place)

    def resume(self) -> str | None:
        """Return the command that reads the letters that are left; None where there are none.

        With a checkpoint, or one row whose state fits on a line, as if it had not been stopped;
        otherwise the rows stand at their initial states again. What is left of a mix are several
        commands on one line, ``&&`` between them: like the mix they end at the first mismatch.
        """
        asked, run = self.options, self.run
        if not (run.interrupted or run.stopped is not None):
            return None
        if asked.word is not None:
            return self._command("--word", write_letters(asked.word))
        if asked.checkpoint is not None or (run.standing is None and len(run.parts) == 1):
            return self._command(*self._asked())
        later = [self._whole(part) for part in run.parts[run.part + 1 :]]
        return " && ".join([*self._rest(run.parts[run.part], run.standing), *later]) or None

    @property
    def begins_again(self) -> bool:
        """Whether the command that goes on begins rows again that stand in the middle of a word."""
        here, part = self.run.standing, self.run.parts[self.run.part]
        if self.options.checkpoint is not None or here is None or here.position == part.length:
            return False
        return len(here.machine) > 1 or len(state_text(here)) > LONGEST_STATE

    def _asked(self) -> list[str]:
        """Return the options of the run itself."""
        asked = self.options
        mine = ["--words", asked.words, "--seed", str(asked.seed), "--rows", str(asked.rows)]
        if asked.tokens is not None:
            mine += ["--tokens", str(asked.tokens)]
        if asked.row is not None:
            mine += ["--row", str(asked.row)]
        if asked.offset:
            mine += ["--offset", str(asked.offset)]
        if asked.state is not None:
            mine += ["--state", asked.state]
        if asked.checkpoint is not None:
            mine += ["--checkpoint", asked.checkpoint]
        return mine

    def _whole(self, part: Part) -> str:
        """Return the command that reads a part from its beginning."""
        rows = [] if part.kind in ("all", "closure") else ["--rows", str(part.rows)]
        return self._command(*self._words(part), *rows, "--tokens", str(part.tokens))

    def _rest(self, part: Part, here: Standing | None) -> list[str]:
        """Return the command that goes on in a part; none where it is read to its end."""
        asked = self.options
        if here is None:
            return [self._whole(part)]
        rows = len(here.machine)
        left = (part.length - here.position) * rows
        if not left:
            return []
        place = ["--rows", str(part.rows)]
        if asked.row is not None:
            place += ["--row", str(asked.row)]
        place += ["--offset", str(here.position), "--tokens", str(left)]
        if rows == 1 and len(state := state_text(here)) <= LONGEST_STATE:
            place += ["--state", state]
        return [self._command(*self._words(part), *place)]

    def _words(self, part: Part) -> list[str]:
        return ["--words", part.name, "--seed", str(self.options.seed)]

    def _command(self, *more: str) -> str:
        asked, named = self.options, list(self.arguments)
        by = ["--impl", asked.impl] if asked.impl else ["--backend", asked.backend]
        behind = named[named.index("--") :] if "--" in named else []  # an expression with a -
        front = named[: len(named) - len(behind)]
        return shlex.join(["negeig", "run", *front, *by, *more, *behind])
