"""A Triton kernel compiled as its own launcher compiles it, for a GPU that is not there.

Triton asks a driver which GPU there is and hands it every launch. Here the driver names a target
and gives the launch to a function. So heuristics, the specialisation of arguments (multiples of 16,
ones, None), options and the cache of compiled kernels are Triton's own doing. Where a kernel comes
with several configurations to choose from by their speed, all count as equally fast and the first
is taken.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from negeig.claims import InputError, Unavailable
from negeig.kernels.extras import in_a_clone
from negeig.kernels.ptx.parse import parse
from negeig.kernels.ptx.program import Program
from negeig.kernels.ptx.targets import TARGETS


@dataclass(frozen=True, eq=False, kw_only=True)
class Compiled:
    """What a launch runs.

    Parameters
    ----------
    name, target : str
        Of the kernel, and the GPU, of ``TARGETS``.
    ptx : str
    cubin : bytes
        What ptxas made of the PTX.
    signature : mapping
        The kernel's parameters in order, and their types as Triton writes them: ``*fp32``, ``i32``,
        ``constexpr`` where the value is compiled in.
    constants : mapping
        Those values, by the names of their parameters.
    warps, stages, shared : int
        Warps of a block, stages of pipelined loops, bytes of shared memory of a block.
    fusion : bool
        Whether the compilers may contract a product and a sum into one fma.
    """

    name: str
    target: str
    ptx: str
    cubin: bytes
    signature: Mapping[str, str]
    constants: Mapping[str, Any]
    warps: int
    stages: int
    shared: int
    fusion: bool

    @cached_property
    def program(self) -> Program:
        """The PTX, read. Raises InputError as :func:`~negeig.kernels.ptx.parse.parse` does."""
        return _read(self.ptx, f"{self.name} for {self.target}")


@lru_cache(maxsize=64)
def _read(ptx: str, name: str) -> Program:
    """Read a text once: Triton makes many launchers of one kernel, and executors keep programs."""
    return parse(ptx, name)


@dataclass(frozen=True, eq=False)
class Launch:
    """A kernel, the number of its blocks, and its arguments in the order of the signature."""

    compiled: Compiled
    grid: tuple[int, int, int]
    arguments: tuple[Any, ...]


@contextmanager
def compiling(
    target: str, launched: Callable[[Launch], None], *, fusion: bool = True
) -> Iterator[None]:
    """Have Triton compile for a target and give every launch to a function.

    Parameters
    ----------
    target : str
        Of ``TARGETS``.
    launched : callable
        Called with every :class:`Launch`, in place of the GPU.
    fusion : bool
        Whether compilers may contract where a kernel does not say itself: ``fp_fusion`` as Triton
        has it, and for ptxas.

    Raises
    ------
    InputError
        For another target, a kernel that does not compile, and arguments, options or a grid that do
        not fit it, with what Triton says of them.
    Unavailable
        Where triton is missing, or was told to interpret kernels.
    """
    if target not in TARGETS:
        raise InputError("target", f"expected one of {', '.join(TARGETS)}, found {target!r}")
    try:
        knobs = import_module("triton").knobs
        driver = import_module("triton.runtime.driver").driver
    except ImportError as error:
        raise Unavailable(f"compiling needs {error.name}: {in_a_clone('gpu')}") from error
    if os.environ.get("TRITON_INTERPRET") == "1":
        raise Unavailable("TRITON_INTERPRET=1 has Triton interpret kernels, not compile them")
    before = driver._active
    language = knobs.language
    with language.scope():
        language.default_fp_fusion = fusion and language.default_fp_fusion
        driver.set_active(_Driver(target, language.default_fp_fusion, launched))
        try:
            yield
        except import_module("triton.errors").TritonError as error:
            raise InputError("kernel", f"it does not compile: {error}", "bad-kernel") from error
        except Exception as error:
            if not _is_of_triton(error):
                raise
            said = f"{type(error).__name__}: {error}"
            raise InputError("kernel", f"it cannot be launched so: {said}", "bad-kernel") from error
        finally:
            driver._active = before


def _is_of_triton(error: Exception) -> bool:
    """Whether Triton raised it, and not what calls it or is called by it."""
    package = str(Path(str(import_module("triton").__file__)).parent)
    places = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    own = [place for place in places if not place.startswith("<")]  # Triton makes functions
    return own[-1].startswith(package)


_made: dict[tuple[str, str], Compiled] = {}
"""By target and Triton's hash of a kernel: it makes a launcher of one anew with every driver."""


class _Driver:
    """What Triton asks of a driver, and of its ``utils``."""

    def __init__(self, target: str, fusion: bool, launched: Callable[[Launch], None]) -> None:
        self.target, self.fusion, self.launched = target, fusion, launched
        self.utils = self

    def get_current_target(self) -> Any:
        capability = int(self.target.removeprefix("sm_"))
        return import_module("triton.backends.compiler").GPUTarget("cuda", capability, 32)

    def get_current_device(self) -> str:
        # Compiled kernels are kept by device and by options as given, fusion not being among them.
        return f"{self.target} {self.fusion}"

    def get_current_stream(self, device: str) -> int:
        return 0

    def get_device_properties(self, device: str) -> dict[str, int]:
        return TARGETS[self.target]

    def get_benchmarker(self) -> Callable[..., list[float]]:
        return lambda call, **_: [1.0, 1.0, 1.0]

    def load_binary(self, *_: Any) -> tuple[None, None, int, int, int]:
        return None, None, 0, 0, 1024  # module, function, registers, spills, most threads

    def launcher_cls(self, source: Any, metadata: Any) -> Callable[..., None]:
        key = self.target, metadata.hash
        if key not in _made:
            _made[key] = _compiled(self.target, source, metadata)
        compiled = _made[key]

        def launch(x: int, y: int, z: int, *others: Any) -> None:
            # A stream, a function, metadata of the kernel and of the launch, and two hooks.
            self._launched(Launch(compiled, (x, y, z), others[6:]))

        return launch

    @staticmethod
    def _launched(launch: Launch) -> None:
        # The launcher outlives the driver: whichever is active takes the launch.
        import_module("triton.runtime.driver").driver.active.launched(launch)


def _compiled(target: str, source: Any, metadata: Any) -> Compiled:
    cache = import_module("triton.runtime.cache").get_cache_manager(metadata.hash)
    group = cache.get_group(f"{source.name[:150]}.json") or {}
    files = {Path(path).suffix: Path(path) for path in group.values()}
    names = list(source.signature)
    return Compiled(
        name=metadata.name, target=target, ptx=files[".ptx"].read_text(),
        cubin=files[".cubin"].read_bytes(), signature=source.signature,
        constants={names[path[0]]: value for path, value in source.constants.items()},
        warps=metadata.num_warps, stages=metadata.num_stages, shared=metadata.shared,
        fusion=metadata.enable_fp_fusion,
    )  # fmt: skip
