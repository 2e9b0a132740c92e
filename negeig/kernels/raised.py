"""What the code of others raises, told in words: an exception may fail even at being printed."""

from __future__ import annotations


class Misbehaved(Exception):
    """An implementation returned what it should not: another shape, or another type."""


class Undetermined(Misbehaved):
    """What it computes is not determined by its code alone, so nothing is said of it."""


class NoDevice(Undetermined):
    """It asks for a GPU, and there is none."""


def told(error: BaseException) -> str:
    """Return the type of an exception and its text; of a :class:`Misbehaved` the text alone.

    Raises nothing, whatever ``str`` of it does.

    Examples
    --------
    >>> told(ValueError("no")), told(KeyboardInterrupt()), told(Misbehaved("another shape"))
    ('ValueError: no', 'KeyboardInterrupt', 'another shape')
    """
    name = type(error).__name__
    try:
        text = str(error)
    except BaseException as failed:
        return f"{name}, whose text cannot be had: {type(failed).__name__}"
    if isinstance(error, Misbehaved):
        return text
    return f"{name}: {text}" if text else name
