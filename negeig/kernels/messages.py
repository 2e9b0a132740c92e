"""What a process that runs implementations tells the one that started it, beside results."""

from __future__ import annotations

from typing import Literal, NamedTuple

from negeig.kernels.trial import FirstWrong


class At(NamedTuple):
    """What a process is at: loading the implementation, preparing its words, or a call of it.

    ``wrong`` is what was found until then, which a call that never ends does not undo.
    """

    kind: Literal["loading", "words", "call"]
    text: str
    wrong: FirstWrong | None = None


LOADING, WORDS = At("loading", "while it was loaded"), At("words", "while its words were drawn")


class Refused(NamedTuple):
    """An InputError, or another error of negeig, as it is pickled."""

    source: str
    problems: list[str]
    code: str


class Broken(NamedTuple):
    """An error of negeig's own, by its traceback."""

    text: str
