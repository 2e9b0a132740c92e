"""Registries that are folders: what the modules of some packages define under one name.

To add a route, a backend or a command is to add a file; nothing lists it. A module is imported when
its entry is asked for, not when the names are.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib import import_module
from types import ModuleType
from typing import Generic, TypeVar

T = TypeVar("T")


class Folder(Mapping[str, T], Generic[T]):
    """The entries that modules define under one name, by the name of the module, in its order.

    Modules whose name begins with an underscore have no entry.

    Parameters
    ----------
    attribute : str
        What each module calls its entry, such as ``ROUTE``.
    *packages : str
        Full names of the packages whose modules are looked at, in this order.

    Examples
    --------
    >>> commands = Folder[object]("COMMAND", "negeig.cli.commands")
    >>> "check" in commands, "nothing" in commands
    (True, False)
    """

    def __init__(self, attribute: str, *packages: str) -> None:
        self.attribute, self.packages = attribute, packages
        self._paths: list[tuple[str, ...]] = []
        self._modules: dict[str, str] = {}
        # Entries are asked for by the thousand, and to import again takes long.
        self._imported: dict[str, ModuleType] = {}

    @cached_property
    def _own(self) -> list[ModuleType]:
        return [import_module(package) for package in self.packages]

    def _found(self) -> dict[str, str]:
        """Return the full name of each module, by its own; listed again when a path has changed."""
        paths = [tuple(package.__path__) for package in self._own]
        if paths != self._paths:
            self._paths = paths
            self._modules = {}
            self._imported = {}
            for package, path in zip(self.packages, paths, strict=True):
                for found in pkgutil.iter_modules(path):
                    if not found.name.startswith("_"):  # the first of equal names
                        self._modules.setdefault(found.name, f"{package}.{found.name}")
        return self._modules

    def __getitem__(self, name: str) -> T:
        module = self._found()[name]
        try:
            imported = self._imported.get(module) or import_module(module)
        except KeyError as error:  # which would read as if there were no entry
            raise ImportError(f"{module} cannot be imported: {error!r}") from error
        self._imported[module] = imported
        entry: T = getattr(imported, self.attribute)
        return entry

    def __contains__(self, name: object) -> bool:
        return name in self._found()

    def __iter__(self) -> Iterator[str]:
        return iter(self._found())

    def __len__(self) -> int:
        return len(self._found())
