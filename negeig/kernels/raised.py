"""What the code of others raises, told in words: an exception may fail even at being printed."""

from __future__ import annotations

from negeig.kernels.implementation import Answer, Kernel, Misbehaved, Recurrence


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


def contained(kernel: Kernel) -> Kernel:
    """Return a kernel that raises Misbehaved for what would end its process, as SystemExit does.

    For a process of its own, which no one else interrupts.
    """

    def run(asked: Recurrence) -> Answer:
        try:
            return kernel(asked)
        except Exception:
            raise
        except BaseException as error:  # SystemExit, KeyboardInterrupt, GeneratorExit
            raise Misbehaved(told(error)) from error

    return run
