"""What ``negeig check`` is asked about a language, read and refused before any work is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from numbers import Integral
from typing import cast

from negeig.claims import InputError
from negeig.pipeline.parts.arithmetics import parted
from negeig.pipeline.parts.asking import Answer, subjects
from negeig.pipeline.parts.layer_asking import questions, unlayered
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.numbers.formats import unknown_format
from negeig.theory.architectures import Subject
from negeig.theory.architectures.layer import EXACT
from negeig.theory.architectures.layer_reading import Source

DEFAULT_DIMENSION, DEFAULT_FORMAT = 64, "bf16"
"""Head dimension and format for which lengths are stated where none are asked for."""


class CheckOptions:
    """What to ask about a language.

    Parameters
    ----------
    arithmetic : sequence of str
        Arithmetic models in which closure is attempted, beside exact arithmetic; ``impl:NAME``
        and ``impl:NAME@bf16`` explore what an implementation computes of the network shown,
        ``any-order`` and ``any-order:bf16`` bound its sums in every order.
    backends : sequence of str
        Kernels that run the network; empty for none.
    dimension, format
        Head dimension and number format for which the length bounds of the limits are stated.
    seed : int
        Seed of the random words.
    architecture : str or sequence of str, optional
        Architectures or released models to ask about, also with commas between them: the verdict
        then says whether they can do the task.
    layer : str, LayerSpec or mapping, or several of them, optional
        Layers to ask about, as :func:`negeig.theory.architectures.layer_reading.read_layer` reads
        one.
    depth, heads : int, optional
        Most layers, and heads of each. The architectures are then asked about as layers of these
        sizes. They count instead of what a layer says, as do ``dimension`` and ``format`` where
        they are given.

    Raises
    ------
    InputError
        For an unknown arithmetic, backend, architecture or format, a dimension below 1, a layer
        that contradicts itself, and sizes without anything to ask about.
    """

    def __init__(
        self,
        *,
        arithmetic: Sequence[str] = ("bf16", "fp32"),
        backends: Sequence[str] = ("cpu",),
        dimension: int | None = None,
        format: str | None = None,
        seed: int = 0,
        architecture: str | Sequence[str] | None = None,
        layer: Source | Sequence[Source] | None = None,
        depth: int | None = None,
        heads: int | None = None,
    ) -> None:
        names = {"arithmetic": arithmetic, "backends": backends}
        if architecture is not None and not isinstance(architecture, str):
            names["architecture"] = architecture
        _check_types(names, {"dimension": dimension, "seed": seed, "depth": depth, "heads": heads})
        models, self.through = parted(arithmetic)
        spelt = {parse(name).name: name.strip().lower() for name in reversed(models)}
        self.arithmetic = tuple(spelt.values())[::-1]
        self.backends = tuple(backends)
        _check_backends(self.backends)
        if dimension is not None and dimension < 1:
            raise InputError("", f"the dimension of a head must be at least 1, found {dimension}")
        asked = () if architecture is None else subjects(architecture)
        layers = () if layer is None else _several(layer)
        given = {"depth": depth, "heads": heads, "dim": dimension, "format": format}
        sizes = {name: value for name, value in given.items() if value is not None}
        as_layers = depth is not None or heads is not None
        if as_layers and not layers and not asked:
            sought = [name for name in ("depth", "heads") if name in sizes]
            others = "ask about a layer (--layer) or an architecture (--arch) too"
            raise InputError("", f"{' and '.join(sought)}: sizes of layers; {others}")
        unsized = unlayered(asked) if as_layers else {}
        self.layers = questions(
            layers, [one for one in asked if as_layers and one not in unsized], sizes
        )
        self.asked: tuple[Subject, ...] = tuple(unsized) if as_layers else asked
        self.notices = tuple(unsized.values())
        is_layers_own = self.layers and format in EXACT
        self.format = DEFAULT_FORMAT if format is None or is_layers_own else format
        for problem in unknown_format(self.format):
            raise InputError("", problem)
        self.dimension, self.seed = DEFAULT_DIMENSION if dimension is None else dimension, seed

    def told(self, answer: Answer) -> Answer:
        """Return an answer about an architecture, which says so where the sizes do not count."""
        if not self.notices or answer.verdict != "possible":
            return answer
        said = filter(None, (answer.condition, "in layers of any number and size"))
        return replace(answer, condition=", ".join(said))


def _several(layer: Source | Sequence[Source]) -> tuple[Source, ...]:
    """Return the layers that are asked about, one or several."""
    if isinstance(layer, list | tuple):
        return tuple(layer)
    return (cast(Source, layer),)


def _check_types(names: Mapping[str, object], numbers: Mapping[str, object]) -> None:
    """Refuse values of a wrong type, all at once; a name on its own is not several names."""
    examples = {"arithmetic": "['bf16', 'fp32']", "backends": "['cpu']", "architecture": "'Mamba'"}
    problems = [
        f"{name}: expected names, as {examples[name]}, found {value!r}"
        for name, value in names.items()
        if isinstance(value, str)
        or not isinstance(value, Sequence)
        or not all(isinstance(one, str) for one in value)
    ]
    problems += [
        f"{name}: expected a whole number, found {value!r}"
        for name, value in numbers.items()
        if value is not None and (isinstance(value, bool) or not isinstance(value, Integral))
    ]
    if problems:
        raise InputError("", problems)


def _check_backends(backends: Sequence[str]) -> None:
    """Refuse an unknown backend before any work is done."""
    from negeig.kernels.backend import BACKENDS

    unknown = [backend for backend in backends if backend not in BACKENDS]
    if unknown:
        raise InputError("", f"unknown backend {unknown[0]!r}; known: {', '.join(BACKENDS)}")
