"""``negeig kernel``: the arithmetic of compiled kernels for the layers of a language's network."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from negeig.automata.language import Language
from negeig.claims import DEFAULT_RESOURCES, InputError, Resources, StageProgress, Unavailable
from negeig.pipeline.parts.documents import versions
from negeig.theory.networks.network import LinearRNN

if TYPE_CHECKING:
    from negeig.kernels.ptx.compile import Compiled, Launch

DEFAULT = "triton@sm_90"


@dataclass(frozen=True, kw_only=True)
class Contraction:
    """Whether products and sums are contracted into fma, in the PTX and by ptxas.

    Parameters
    ----------
    fused : int
        fma in the PTX, of every format.
    left : int
        Pairs of a product and a sum that ptxas may contract.
    copies : int or None
        How often the SASS has each fma, sum and product of the PTX on float32; None where no number
        does.
    matrices : int
        Products of matrices in the PTX.

    Examples
    --------
    >>> Contraction(fused=3, left=0, copies=1).conclusion
    '3 fma in the PTX; ptxas could contract nothing: no unmarked product goes into a sum'
    """

    fused: int
    left: int
    copies: int | None
    matrices: int = 0

    @property
    def conclusion(self) -> str:
        """What follows, in words."""
        made = f"{self.fused or 'no'} fma in the PTX"
        if self.matrices:
            made += f", {self.matrices} products of matrices, whose order of sums is the hardware's"
        if not self.left:
            return f"{made}; ptxas could contract nothing: no unmarked product goes into a sum"
        if self.copies is not None:
            return f"{made}; ptxas could contract {self.left} pairs and did not: the counts agree"
        return f"{made}; ptxas could contract {self.left} pairs, and the counts do not exclude it"

    def to_json(self) -> dict[str, Any]:
        """Return it as ``contraction`` of ``negeig.kernel/1``."""
        return {
            "fma": self.fused, "contractible": self.left, "copies": self.copies,
            "conclusion": self.conclusion,
        }  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class KernelPage:
    """One kernel of an implementation for layers of one dimension.

    Parameters
    ----------
    implementation : str
    version : str or None
    dimension : int
    layers : tuple of int
        Those of this dimension.
    compiled : Compiled or None
        None where there is no such kernel.
    grid : tuple of int
    ptx, opcodes, sass : mapping
        Instructions by kind, by opcode, and of the machine code.
    registers : int
    stack, spilled : int
        Bytes of a thread. A Triton kernel has no arrays of its own, so what is on its stack did not
        fit into registers.
    contraction : Contraction or None
    formula : tuple of str
        Of the state after one delta step, a line each; empty where it is not read off.
    reason : str
        Why there is no kernel, or no formula.
    """

    implementation: str
    version: str | None
    dimension: int
    layers: tuple[int, ...]
    compiled: Compiled | None = None
    grid: tuple[int, ...] = ()
    ptx: dict[str, int] | None = None
    opcodes: dict[str, int] | None = None
    sass: dict[str, int] | None = None
    registers: int = 0
    stack: int = 0
    spilled: int = 0
    contraction: Contraction | None = None
    formula: tuple[str, ...] = ()
    reason: str = ""

    @property
    def races(self) -> bool:
        """Whether threads write different sums to one place."""
        return any("either(" in line for line in self.formula)

    def to_json(self) -> dict[str, Any]:
        """Return it as a row of ``negeig.kernel/1``."""
        made = self.compiled
        return {
            "implementation": self.implementation,
            "version": self.version,
            "dimension": self.dimension,
            "layers": list(self.layers),
            "kernel": None
            if made is None
            else {
                "name": made.name,
                "target": made.target,
                "grid": list(self.grid),
                "warps": made.warps,
                "stages": made.stages,
                "shared": made.shared,
                "fusion": made.fusion,
                "arguments": dict(made.signature),
                "constants": {name: str(value) for name, value in made.constants.items()},
                "ptx": {"kinds": self.ptx, "opcodes": self.opcodes},
                "sass": self.sass,
                "registers": self.registers,
                "stack": self.stack,
                "spilled": self.spilled,
                "contraction": None if self.contraction is None else self.contraction.to_json(),
            },
            "formula": list(self.formula) or None,
            "race": self.races,
            "reason": self.reason,
        }


@dataclass(frozen=True, kw_only=True)
class KernelResult:
    """Kernels of a language's network, those of each implementation in turn."""

    source: str
    network: str
    kernels: tuple[KernelPage, ...]

    @property
    def exit_code(self) -> int:
        """0, or 3 where there is no kernel for some layer."""
        return 3 if any(page.compiled is None for page in self.kernels) else 0

    def to_json(self) -> dict[str, Any]:
        """Return the object of schema ``negeig.kernel/1``."""
        return {
            "schema": "negeig.kernel/1",
            "source": self.source,
            "network": self.network,
            "kernels": [page.to_json() for page in self.kernels],
            "versions": versions(),
        }


def kernel(
    language: Language,
    impl: Sequence[str] = (DEFAULT,),
    *,
    resources: Resources = DEFAULT_RESOURCES,
    progress: StageProgress | None = None,
) -> KernelResult:
    """Return what compiled kernels compute for the layers of the network that ``compile`` chooses.

    Raises InputError for names that are no compiled kernel's, Unavailable where no layer has a
    delta step to run, and as :func:`negeig.pipeline.compile.compile` does.
    """
    from negeig.kernels.positions import inexpressible, needs
    from negeig.pipeline.compile import compile

    check(impl)
    made = compile(language, resources=resources, progress=progress)
    reason = inexpressible(made.network)
    if reason is not None:
        raise Unavailable(f"there is no kernel for this network: {reason}")
    needed = tuple(needs(made.network))
    found = [
        page
        for name in dict.fromkeys(impl)
        for dim, layers in _dimensions(made.network).items()
        for page in pages(name, dim, layers, needed)
    ]
    return KernelResult(source=language.source, network=made.idea, kernels=tuple(found))


def check(impl: Sequence[str]) -> None:
    """Raise InputError unless all are names of compiled kernels."""
    from negeig.kernels.registry import COMPILED, not_compiled

    problems = [not_compiled(name) for name in impl if name not in COMPILED]
    if problems or not impl:
        asked = f"give a compiled kernel's name, such as {DEFAULT}"
        raise InputError("--impl", problems or [asked], "unknown-implementation")


def _dimensions(network: LinearRNN) -> dict[int, tuple[int, ...]]:
    """Return the layers of each dimension."""
    found: dict[int, tuple[int, ...]] = {}
    for i, layer in enumerate(network.layers):
        found[layer.dim] = (*found.get(layer.dim, ()), i)
    return found


def pages(
    name: str, dim: int, layers: tuple[int, ...] = (), needed: Collection[str] = ()
) -> Iterator[KernelPage]:
    """Yield a page for each launch of one step; one without a kernel where there is none.

    ``name`` is of ``COMPILED``, ``needed`` of :data:`negeig.kernels.positions.NEEDS`.
    """
    from negeig.kernels.compiled_step import compiled_step
    from negeig.kernels.registry import COMPILED

    one = COMPILED[name]
    page = KernelPage(implementation=name, version=one.version, dimension=dim, layers=layers)
    refused = [reason for need, reason in one.cannot.items() if need in needed]
    if refused:
        yield replace(page, reason=f"no kernel for this layer: {'; '.join(refused)}")
        return
    try:
        step = compiled_step(name, dim, decays="decay" in needed)
    except Unavailable as error:
        yield replace(page, reason=str(error))
        return
    page = replace(page, formula=step.formula, reason=step.reason)
    if not step.launches:
        yield page
    for launch in step.launches:
        try:
            yield filled(page, launch)
        except (Unavailable, InputError) as error:  # of the latter, PTX that is not known
            yield replace(page, reason=str(error))


def filled(page: KernelPage, launch: Launch) -> KernelPage:
    """Return a page with what was compiled. Raises InputError for PTX that is not known."""
    from negeig.kernels.ptx.counts import (
        contractible,
        copies,
        kinds,
        opcodes,
        resources,
        sass_opcodes,
    )

    compiled = launch.compiled
    ptx, sass, taken = kinds(compiled.program), sass_opcodes(compiled), resources(compiled)
    contraction = Contraction(
        fused=sum(number for kind, number in ptx.items() if kind.startswith("fma ")),
        left=len(list(contractible(compiled.program))),
        copies=copies(ptx, sass), matrices=ptx["matrix_product"] + ptx["warpgroup_product"],
    )  # fmt: skip
    return replace(
        page, compiled=compiled, grid=launch.grid, ptx=dict(ptx.most_common()),
        opcodes=dict(opcodes(compiled.program).most_common()), sass=dict(sass.most_common()),
        registers=taken.registers, stack=taken.stack, spilled=taken.stack + taken.spilled,
        contraction=contraction,
    )  # fmt: skip
