"""The directive ``api``: the public names of ``negeig``, and the classes that functions return."""

from __future__ import annotations

import inspect
import re
from typing import Any

from sphinx.application import Sphinx

import negeig
from generated import generated

MEMBERS = "\n   :members:\n   :inherited-members: Exception, tuple, object"


def page() -> str:
    """Return the Markdown of the reference of the Python interface."""
    public = {name: getattr(negeig, name) for name in negeig.__all__ if name[0] != "_"}
    functions = {name: value for name, value in public.items() if inspect.isfunction(value)}
    classes = {name: value for name, value in public.items() if inspect.isclass(value)}
    errors = {name for name, value in classes.items() if issubclass(value, Exception)}
    parts = ["## Functions", *(_shown("function", f"negeig.{name}") for name in sorted(functions))]
    parts += ["## What they return", *(_shown("class", path) for path in _returned(functions))]
    parts += ["## For the test suites of kernels", _shown("module", "negeig.testing")]
    parts += ["## Objects", *(_shown("class", f"negeig.{n}") for n in sorted({*classes} - errors))]
    parts += ["## Errors", *(_shown("exception", f"negeig.{name}") for name in sorted(errors))]
    return "\n\n".join(parts)


def _shown(kind: str, path: str) -> str:
    options = {"class": MEMBERS, "module": "\n   :members:"}.get(kind, "")
    return f"```{{eval-rst}}\n.. auto{kind}:: {path}{options}\n```"


def _returned(functions: dict[str, Any]) -> list[str]:
    """Return the paths of the classes that functions return, public ones left out."""
    found = set()
    for function in functions.values():
        kind = inspect.signature(function).return_annotation
        kind = kind if inspect.isclass(kind) else function.__globals__.get(kind)
        if inspect.isclass(kind) and kind.__name__ not in negeig.__all__:
            found.add(f"{kind.__module__}.{kind.__qualname__}")
    return sorted(found)


def written_out(docstring: str) -> str:
    """Return what napoleon made of a docstring, without two things that it misreads.

    Of attributes that share a text Sphinx takes the first names for the type of the last one; and
    what stands before a colon in the text of a property is called its type.

    Examples
    --------
    >>> print(written_out(":ivar rows, tokens: How many there\\n                    are."))
    :ivar rows: How many there are.
    :ivar tokens: How many there are.
    >>> written_out("exact, and others.\\n\\n:type: Its proofs")
    'Its proofs: exact, and others.'
    """
    split = re.sub(r"(?m)^:ivar ((?:\w+, )+\w+): (.*(?:\n +.*)*)", _one_each, docstring)
    return re.sub(r"(?s)\A(.*?)\n+:type: (.*)\Z", r"\2: \1", split.rstrip("\n"))


def _one_each(shared: re.Match[str]) -> str:
    text = " ".join(shared[2].split())
    return "\n".join(f":ivar {name}: {text}" for name in shared[1].split(", "))


def _process(*event: Any) -> None:
    lines = event[-1]
    lines[:] = [*written_out("\n".join(lines)).split("\n"), ""]


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("api", generated(page))
    app.connect("autodoc-process-docstring", _process, priority=900)  # after napoleon
    return {"parallel_read_safe": True, "parallel_write_safe": True}
