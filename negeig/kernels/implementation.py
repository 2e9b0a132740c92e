"""Other people's implementations of the delta rule as data: what runs, and what it cannot express.

An implementation takes a :class:`Recurrence`, plain arrays, and returns the states it reached. A
module of :mod:`negeig.kernels.adapters` holds those of one package and ends in
``IMPLEMENTATIONS = (...)``; it is imported when it is asked for, and its package when one of them
is loaded.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from ctypes import CDLL, byref, c_int
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata, util
from pathlib import Path
from types import ModuleType
from typing import NamedTuple, TypeAlias
from zlib import crc32

import numpy as np

from negeig.arrays import Float32s, Float64s
from negeig.claims import Unavailable
from negeig.kernels.extras import in_a_clone
from negeig.kernels.raised import Misbehaved as Misbehaved
from negeig.kernels.raised import Undetermined as Undetermined
from negeig.kernels.raised import told

DTYPES = {"fp32": "float32", "bf16": "bfloat16", "fp16": "float16"}
"""Number formats of inputs, and what array libraries call them."""


def format_of(name: str) -> str:
    """Return a format of inputs by either of its names; another name as it is.

    Examples
    --------
    >>> format_of("bfloat16"), format_of("bf16"), format_of("bf17")
    ('bf16', 'bf16', 'bf17')
    """
    return {library: own for own, library in DTYPES.items()}.get(name, name)


@dataclass(frozen=True, eq=False, kw_only=True)
class Recurrence:
    """Rows of positions; at each ``h <- decay h``, then ``h <- h + beta key (write - key.h)``.

    Parameters
    ----------
    dtype : str
        Name in ``DTYPES`` in which keys, betas and writes are given; they are values of it.
    steps : int
        Positions of one token; their number is a multiple of it.
    initial : float32 (rows, dim)
    decay : float32 (rows, positions)
        0 to 1.
    beta, write : float32 (rows, positions)
    key : float32 (rows, positions, dim)
    values : int
        Value channels; the j-th holds the state and the writes times :func:`factor` of j, exactly,
        and the last one is read. More than one only where :attr:`Implementation.tensors` says so.
    views : bool
        Whether tensors are to be views into wider ones, NaN beside them: not contiguous, as a
        projection that is cut into parts. Only where :attr:`Implementation.tensors` says so.
    turned : bool
        Whether heads are to hold other rows: head h of row r is given row r + h, and so is read.
        Only where :attr:`Implementation.tensors` says so.
    scale : float
        What queries are to be multiplied by, a power of 2, undone in the answer: states are what
        they are. Other than 1 only where :attr:`Implementation.takes_scale` says so.
    """

    dtype: str
    steps: int
    initial: Float32s
    decay: Float32s
    beta: Float32s
    write: Float32s
    key: Float32s
    values: int = 1
    views: bool = False
    turned: bool = False
    scale: float = 1.0

    @property
    def shape(self) -> tuple[int, int, int]:
        """Rows, positions, dimension."""
        rows, positions, dim = self.key.shape
        return rows, positions, dim


def factor(channel: int) -> int:
    """Return what a value channel is multiplied by: a power of -2, so that every bit is kept.

    Examples
    --------
    >>> [factor(j) for j in (0, 1, 2, 64)]
    [1, -2, 4, 16]
    """
    factor: int = (-2) ** (channel % 5)
    return factor


class Answer(NamedTuple):
    """What an implementation computed.

    Parameters
    ----------
    states : float32 (rows, positions, dim)
        The state after every position, as it was read; of positions within a token nothing is
        looked at.
    format : str
        Name in ``DTYPES`` of the numbers that were read.
    final : float32 (rows, dim) or None
        The state that is handed on to the next call, None where there is none.
    changed : tuple of str
        The tensors given that the call changed.
    """

    states: Float32s
    format: str
    final: Float32s | None
    changed: tuple[str, ...] = ()


Kernel: TypeAlias = Callable[[Recurrence], Answer]


@dataclass(frozen=True, kw_only=True)
class ChunkForm:
    """How a chunked implementation computes a chunk, as it was read in its code.

    What is read: every entry of its products of matrices is the sum of its products, keys are not
    divided by anything, decays of 1 multiply, and nothing is cast to fewer bits than said here.

    Parameters
    ----------
    read_in : str
        The version whose code was read, such as ``fla-core 0.6.0``; of another nothing is known.
    triangular : str
        How the triangular matrix is inverted, in words.
    columns : bool
        Whether beta is in its columns, as in low-rank forms, whose chunks add up values first.
    operands : str or None
        Format that operands of products are in at least; None for that of the inputs.
    sums : str
        Format that sums are in at least.
    """

    read_in: str
    triangular: str
    columns: bool = False
    operands: str | None = "fp32"
    sums: str = "fp32"


@dataclass(frozen=True, kw_only=True)
class Implementation:
    """One function of a package, with what is needed to call it.

    Parameters
    ----------
    name : str
        ``package.function``.
    packages : tuple of str
        Distributions that it needs; the version of the first is reported.
    load : callable
        Imports the function and returns the kernel.
    dtypes : tuple of str
        Names in ``DTYPES`` that it takes.
    chunk : int or None
        Positions of a chunk; None for one position at a time.
    device : str
        ``cpu``, or ``cuda`` for what needs a GPU.
    normalises : bool
        Whether it divides keys by their length itself, as layers have it do. A task may then give
        it keys of another length than the network's.
    resumes : bool
        Whether it takes an initial state in float32. Where it does not, a first position makes one,
        as far as the inputs' format holds it.
    tensors : bool
        Whether it is called with torch tensors that are laid out here, so that it can be given
        several value channels, and views.
    takes_scale : bool
        Whether it is told what to multiply queries by.
    form : ChunkForm or None
        How it computes a chunk, where that was read.
    cannot : mapping
        Needs of a network (:data:`negeig.kernels.positions.NEEDS`) that its interface cannot
        express, with the reason.
    note : str
        What else is done to its arguments or results, in words; empty where nothing is.
    """

    name: str
    packages: tuple[str, ...]
    load: Callable[[], Kernel]
    dtypes: tuple[str, ...] = tuple(DTYPES)
    chunk: int | None = None
    device: str = "cpu"
    normalises: bool = False
    resumes: bool = True
    tensors: bool = False
    takes_scale: bool = False
    form: ChunkForm | None = None
    cannot: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    @property
    def version(self) -> str | None:
        """Name and version of its package, None where one that it needs is not installed.

        From metadata: nothing of it is imported.
        """
        versions = [_version(package) for package in self.packages]
        return None if None in versions else f"{self.packages[0]} {versions[0]}"

    @property
    def remedy(self) -> str:
        """The command that installs the packages that are missing, empty where none is."""
        missing = [package for package in self.packages if _version(package) is None]
        return f"{in_a_clone('peers')}, or pip install {' '.join(missing)}" if missing else ""

    @property
    def missing(self) -> str:
        """Why it cannot run here, empty where it can: what to install, or that there is no GPU."""
        return self.remedy or (NO_GPU if self.device == "cuda" and not has_gpu() else "")

    def kernel(self) -> Kernel:
        """Import it. Raises Unavailable when something is missing, or other than expected."""
        if self.missing:
            raise Unavailable(f"{self.name} cannot run here: {self.missing}")
        try:
            return self.load()
        except Exception as error:  # what is imported may raise anything
            what = f"{self.name} of {self.version} cannot be loaded: {told(error)}"
            raise Unavailable(what) from error


NO_GPU = "there is no GPU on this machine"


@cache
def has_gpu() -> bool:
    """Whether the driver of NVIDIA's GPUs finds one; nothing else is imported."""
    try:
        driver, count = CDLL("libcuda.so.1"), c_int(0)
    except OSError:
        return False
    ready = driver.cuInit(0) == 0 and driver.cuDeviceGetCount(byref(count)) == 0
    return ready and count.value > 0


def _version(package: str) -> str | None:
    try:
        return metadata.version(package).partition("+")[0]  # 2.13.0+cpu is 2.13.0
    except metadata.PackageNotFoundError:
        return None


def held(values: Float32s | Float64s, name: str) -> Float32s:
    """Round float32 or float64 values to a format, to nearest even, as float32.

    Examples
    --------
    >>> held(np.array([515.0, 513.0]), "bf16").tolist()
    [516.0, 512.0]
    """
    if name == "fp32":
        return values.astype(np.float32)
    import ml_dtypes

    kind = np.float16 if name == "fp16" else ml_dtypes.bfloat16
    with np.errstate(over="ignore"):
        rounded: Float32s = values.astype(kind).astype(np.float32)
    return rounded


def module_of_file(package: str, *path: str) -> ModuleType:
    """Import one file of a package by its path, and not the package.

    Raises ImportError when it is not there.
    """
    found = util.find_spec(package)
    for folder in (found and found.submodule_search_locations) or ():
        file = Path(folder, *path)
        if file.is_file():
            return module_of(file)
    raise ImportError(f"no file {'/'.join(path)} in {package}")


def module_of(file: Path) -> ModuleType:
    """Import a file. Raises what it raises, and ImportError when it is no file of Python."""
    name = f"_negeig_{file.stem}_{crc32(str(file.absolute()).encode()):08x}"
    spec = util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no file of Python")
    module = sys.modules[name] = util.module_from_spec(spec)  # dataclasses look there
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
