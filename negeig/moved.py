"""Where things went: what is imported under an old name fails with a line that has the new one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

RENAMED = {
    "automata.pictures": "report.pictures",
    "kernels.codes": "kernels.codebook",
    "kernels.packing": "precision.stored",
    "kernels.run": "kernels.conformance",
    "kernels.threads": "threads",
    "kernels.triton_recurrent": "kernels.backends.triton",
    "options": "cli.options",
    "pipeline.parts.optimising": "pipeline.choosing",
    "precision.packing": "precision.numbers.compiled_model",
    "precision.parameters": "precision.stored",
    "proofs_checks.algebra": "pipeline.monoid",
    "proofs_checks.layout": "report.terminal.text_rows",
    "proofs_checks.listings": "pipeline",
    "proofs_checks.optimiser": "pipeline.choosing",
    "proofs_checks.registry": "theory.theorems",
    "proofs_checks.result": "pipeline.parts.documents",
    "proofs_checks.terminal": "report.terminal",
    "proofs_checks.terminal_algebra": "report.terminal.monoid",
    "proofs_checks.terminal_audit": "report.terminal.audit",
    "proofs_checks.terminal_collisions": "report.terminal.collide",
    "proofs_checks.terminal_compile": "report.terminal.compile",
    "proofs_checks.terminal_limits": "report.terminal.limit_rows",
    "theory.architectures.catalogue": "theory.architectures",
    "theory.constructions.groups.dyadic": "theory.constructions.groups.dyadic_roots",
    "theory.constructions.one_hot": "theory.constructions.direct",
    "theory.factors.dyadic_roots": "theory.factors.dyadic_simplex",
}
"""Modules whose own name changed. Others kept it in another folder, where they are found."""


class _Moved:
    """Asked last, when there is no module of a name. Its base class would take long to import."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not name.startswith("negeig."):
            return None
        old = name.removeprefix("negeig.")
        new = [RENAMED[old]] if old in RENAMED else _elsewhere(old.rpartition(".")[2])
        if not new or old in new:
            return None
        places = " or ".join(f"negeig.{place}" for place in new)
        raise ModuleNotFoundError(f"{name} has moved: it is {places} now", name=name)


def _elsewhere(name: str) -> list[str]:
    """Return the modules and folders of this name, wherever they are."""
    from pathlib import Path

    package = Path(__file__).parent
    found = [*package.rglob(f"{name}.py"), *package.rglob(f"{name}/__init__.py")]
    parts = (path.relative_to(package).with_suffix("").parts for path in found)
    return sorted(".".join(p for p in place if p != "__init__") for place in parts)


def install() -> None:
    """Let imports of modules that have moved say where to."""
    if not any(isinstance(finder, _Moved) for finder in sys.meta_path):
        sys.meta_path.append(_Moved())


def names_of(package: str, **new: str) -> Callable[[str], object]:
    """Return a ``__getattr__`` for a module: old names say where they are.

    A name that changed, too, follows its module after a colon.

    Examples
    --------
    >>> names_of("negeig.tasks", read="negeig.tasks.reading")("read")
    Traceback (most recent call last):
        ...
    ImportError: negeig.tasks.read has moved: it is negeig.tasks.reading.read now
    """

    def look_up(name: str) -> object:
        if name in new:
            place, _, renamed = new[name].partition(":")
            raise ImportError(f"{package}.{name} has moved: it is {place}.{renamed or name} now")
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return look_up
