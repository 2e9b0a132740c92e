"""The commands that reach a mismatch again, and that go on with a run that was stopped."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from negeig.automata.expressions.letters import write_letters
from negeig.claims import Letter
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
        """Return the command that goes on; None where nothing is left.

        With a checkpoint, or one row whose state fits on a line, as if it had not been stopped;
        otherwise the rows stand at their initial states again.
        """
        asked, run = self.options, self.run
        if not (run.interrupted or run.stopped is not None):
            return None
        planned = str(asked.tokens or sum(part.tokens for part in run.parts))
        part, here = run.parts[run.part], run.standing
        if asked.checkpoint is not None or here is None or asked.word is not None:
            mine = ["--words", asked.words, "--seed", str(asked.seed), "--rows", str(asked.rows)]
            mine += ["--tokens", planned]
            if asked.offset:
                mine += ["--offset", str(asked.offset)]
            if asked.checkpoint is not None:
                mine += ["--checkpoint", asked.checkpoint]
            return self._command(*mine)
        rows = len(here.machine)
        left = (part.length - here.position) * rows
        left += sum(p.tokens for p in run.parts[run.part + 1 :])
        place = ["--rows", str(part.rows)]
        if asked.row is not None:
            place += ["--row", str(asked.row)]
        place += ["--offset", str(here.position), "--tokens", str(left)]
        if rows == 1 and len(state := state_text(here)) <= LONGEST_STATE:
            place += ["--state", state]
        return self._command(*self._words(part), *place)

    def _words(self, part: Part) -> list[str]:
        return ["--words", part.name, "--seed", str(self.options.seed)]

    def _command(self, *more: str) -> str:
        asked, named = self.options, list(self.arguments)
        by = ["--impl", asked.impl] if asked.impl else ["--backend", asked.backend]
        behind = named[named.index("--") :] if "--" in named else []  # an expression with a -
        front = named[: len(named) - len(behind)]
        return shlex.join(["negeig", "run", *front, *by, *more, *behind])
