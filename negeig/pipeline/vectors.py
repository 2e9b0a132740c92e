"""``negeig vectors``: test vectors for delta-rule kernels, from a language."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from negeig import __version__
from negeig.arrays import Ints
from negeig.automata.language import Language
from negeig.automata.machines.machine import Machine
from negeig.claims import (
    DEFAULT_RESOURCES,
    Claim,
    InputError,
    Letter,
    Resources,
    StageProgress,
)
from negeig.kernels.layouts import LAYOUTS, get_layout
from negeig.kernels.tensor_file import write
from negeig.kernels.vectors import Vectors, option_problems
from negeig.kernels.vectors import vectors as make
from negeig.kernels.words import Plan, batches
from negeig.pipeline.compile import Compilation
from negeig.pipeline.compile import compile as compile_language
from negeig.pipeline.parts.budget_not_met import BudgetNotMet
from negeig.pipeline.parts.documents import layer_json
from negeig.pipeline.parts.front import Point
from negeig.theory.constructions.budget import Budget
from negeig.theory.networks.network_json import dumps

MEANINGS = {
    "q": "queries: a unit vector for each head, so that its output is one coordinate of the state",
    "k": "keys, filled with zeros up to dim",
    "v": "values that the steps write",
    "g": "logarithm of the decay: 0 everywhere",
    "beta": "beta of every step; 0 at positions that a letter does not need",
    "h0": "the initial state",
    "o": "expected outputs at every position",
    "state": "expected state after the last position",
    "states": "expected state after every token, all coordinates of all layers, in value column 0",
    "letters": "the words, numbers in the alphabet",
    "outputs": "what the machine outputs after every token, numbers in values",
}
"""What the tensors of a file mean."""


@dataclass(frozen=True, kw_only=True)
class VectorsOptions:
    """What vectors are asked for.

    Attributes
    ----------
    layout, dtype : str
        Whose interface, and the type of the inputs: see ``LAYOUTS`` and ``DTYPES``.
    batch, length : int
        Words, and letters of each.
    dim, value_dim : int
        Key and value dimension.
    heads : int or None
        Heads; None for one for each coordinate of the states, the fewest that there can be.
    seed : int
        Of the words.
    tolerance : float or None
        Allows values that are not exact.
    layers, steps : int or None
        Most layers, and most steps a letter, of the network.
    routes : tuple of str
        Routes that may be used; empty for all.

    Raises
    ------
    InputError
        With everything that is wrong whatever the language.
    """

    layout: str = "fla"
    batch: int = 2
    length: int = 1000
    dim: int = 64
    value_dim: int = 16
    dtype: str = "bf16"
    heads: int | None = None
    seed: int = 0
    tolerance: float | None = None
    layers: int | None = None
    steps: int | None = None
    routes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        known = self.layout in LAYOUTS
        problems = [] if known else [
            f"unknown layout {self.layout!r}; known: {', '.join(LAYOUTS)}"
        ]  # fmt: skip
        problems += option_problems(
            get_layout(self.layout if known else "fla"),
            self.batch, self.length, self.dtype, self.dim, self.value_dim, self.tolerance,
        )  # fmt: skip
        if self.seed < 0:
            problems.append(f"the seed must be 0 or more, found {self.seed}")
        if self.heads is not None and self.heads < 1:
            problems.append(f"heads must be 1 or more, found {self.heads}")
        try:
            self.budget()
        except InputError as error:
            problems += error.problems
        if problems:
            raise InputError("vectors", problems)

    def budget(self, **demands: Any) -> Budget:
        """Return a budget of these sizes and routes, with further demands."""
        return Budget(layers=self.layers, steps=self.steps, routes=self.routes, **demands)


@dataclass(frozen=True, kw_only=True)
class VectorsResult:
    """Test vectors, the network that they are of, and what is proved of it.

    Attributes
    ----------
    source, alphabet
        The language.
    made : Vectors
    point : Point
        The network with its route and its proofs.
    seed : int
    path : str
        The file that the call reads.
    """

    source: str
    alphabet: tuple[Letter, ...]
    made: Vectors
    point: Point
    seed: int
    path: str
    exit_code: int = 0

    @property
    def claims(self) -> tuple[Claim, ...]:
        """What is proved of the network."""
        return self.point.claims

    @property
    def call(self) -> str:
        """Python that loads the file, calls a kernel and compares."""
        made = self.made
        return made.layout.call(self.path, made.dtype, len(made.heads), made.tolerance)

    def to_json(self) -> dict[str, Any]:
        """Return the object of schema ``negeig.vectors/1``."""
        made, construction = self.made, self.point.construction
        batch, positions, _, dim, columns = made.shape
        layers = [layer_json(layer) for layer in made.network.layers]
        return {
            "schema": "negeig.vectors/1",
            "version": __version__,
            "source": self.source,
            "alphabet": list(self.alphabet),
            "network": {"route": construction.route, "layers": layers},
            "claims": [claim.to_json() for claim in self.claims],
            "layout": made.layout.name,
            "dtype": made.dtype,
            "batch": batch,
            "length": positions // made.steps,
            "steps": made.steps,
            "positions": positions,
            "heads": [list(head) for head in made.heads],
            "dim": dim,
            "value_dim": columns,
            "scale": made.scale,
            "seed": self.seed,
            "exact": made.tolerance is None,
            "tolerance": made.tolerance,
            "bits": made.bits,
            "chunks": list(made.chunks),
            "arithmetic": made.arithmetic,
            "unit_keys": made.unit_keys,
            "normalisation": made.normalisation,
            "values": list(made.values),
            "tensors": [
                {
                    "name": name,
                    "dtype": made.tensors[name].dtype.name,
                    "shape": list(made.tensors[name].shape),
                    "meaning": meaning,
                }
                for name, meaning in MEANINGS.items()
            ],
            "call": self.call,
        }

    def metadata(self) -> dict[str, str]:
        """Return the same as text under names, without seconds, and the network as JSON."""
        document = self.to_json()
        for claim in document["claims"]:
            del claim["seconds"]
        texts = {
            key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            for key, value in document.items()
        }
        about = {"route": self.point.construction.route}
        return texts | {"negeig.network": dumps(self.made.network, about)}

    def save(self) -> None:
        """Write the file, whole or not at all; equal vectors give equal bytes.

        Raises InputError when it cannot be written, Unavailable without safetensors.
        """
        write(self.path, self.made.tensors, self.metadata())


def vectors(
    language: Language,
    options: VectorsOptions | None = None,
    *,
    path: str = "vectors.safetensors",
    resources: Resources = DEFAULT_RESOURCES,
    progress: StageProgress | None = None,
) -> VectorsResult:
    """Return test vectors of the cheapest network that the type holds exactly; nothing is written.

    Networks whose keys have length 1 come first, since a kernel that normalises keys runs them
    too, and those with finitely many exact states.

    Raises
    ------
    InputError
        Where the network does not fit the options, or what is expected is not exact and no
        tolerance is given.
    BudgetNotMet
        Where the type holds no network that was found.
    LimitReached
        For tensors that are too large.

    Examples
    --------
    >>> from negeig.automata.language import Source
    >>> found = vectors(Source("regex", "(11)*").read(), VectorsOptions(batch=1, length=5))
    >>> found.made.tensors["states"].ravel().tolist(), found.made.unit_keys
    ([-1.0, 1.0, -1.0, 1.0, -1.0], True)
    """

    def compiled(budget: Budget) -> Compilation:
        return compile_language(language, budget, resources=resources, progress=progress)

    options = VectorsOptions() if options is None else options
    source = str(language.source)
    return of_compiled(source, compiled, options, path=path, max_bytes=resources.max_memory)


def of_compiled(
    source: str,
    compiled: Callable[[Budget], Compilation],
    options: VectorsOptions,
    *,
    path: str = "vectors.safetensors",
    max_bytes: int = DEFAULT_RESOURCES.max_memory,
) -> VectorsResult:
    """Return the same from a function that compiles the language within a budget.

    Raises as :func:`vectors` does.
    """
    refused: InputError | None = None
    for found, point in _networks(compiled, options):
        network = point.construction.network
        try:
            made = make(
                network,
                _words(found.machine, network.alphabet, options),
                get_layout(options.layout),
                dtype=options.dtype,
                dim=options.dim,
                value_dim=options.value_dim,
                heads=options.heads,
                tolerance=options.tolerance,
                max_bytes=max_bytes,
            )
        except InputError as error:
            refused = refused or error
            continue
        return VectorsResult(
            source=source,
            alphabet=network.alphabet,
            made=made,
            point=point,
            seed=options.seed,
            path=path,
        )
    assert refused is not None  # a budget that is not met raises
    raise refused


def _networks(
    compiled: Callable[[Budget], Compilation], options: VectorsOptions
) -> Iterator[tuple[Compilation, Point]]:
    """Yield networks in the order in which they are tried, each from a budget of its own."""
    demands: list[dict[str, Any]] = [{"held_by": (options.dtype,)}]
    if options.tolerance is not None:
        demands.append({})
    budgets = [options.budget(unit_keys=unit, **d) for d in demands for unit in (True, False)]
    for budget in budgets:
        try:
            found = compiled(budget)
        except BudgetNotMet as error:
            if budget is budgets[-1]:
                error.args = (f"{error}\n  {_hint(options)}",)
                raise
            continue
        fitting = (p for p in found.front if p.wins and not p.demands.endless)
        yield found, next(fitting, found.winner)


def _hint(options: VectorsOptions) -> str:
    """Say which options of the vectors are budgets, and which of the budgets' are none here."""
    other = "" if options.tolerance is not None else "; --tolerance X lets numbers be rounded"
    return (
        f"of these, --layers and --steps are options here; --dtype, now {options.dtype}, has to "
        f"hold every number, as --held-by says{other}"
    )


def _words(machine: Machine, alphabet: tuple[Letter, ...], options: VectorsOptions) -> Ints:
    """Return random words, numbered as an alphabet."""
    plan = Plan(0, ((options.batch, options.length),), options.batch * options.length)
    (words,) = batches(machine, plan, options.seed)
    number = np.array([alphabet.index(letter) for letter in machine.alphabet], np.int32)
    return number[words]
