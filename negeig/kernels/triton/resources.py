"""What a compiled kernel takes: registers, stack, and instructions a step, read from its cubin.

Triton brings the disassemblers along, so no GPU is needed. A thread that runs out of registers
keeps numbers in its stack: an empty stack means that nothing was spilled.

The useful operations of a delta step in d dimensions are ``4 d + 1``: d products and d - 1 sums for
``k.h``, one difference and one product for t, d products and d differences for the state. Those
of decoding after a token are ``3 d``: d differences, d squares and d - 1 sums for the distance to
the guessed code, and one comparison.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import numpy as np

from negeig.claims import Unavailable
from negeig.kernels.codebook import Codebook
from negeig.kernels.ptx.compile import Compiled, Launch, compiling
from negeig.kernels.triton.launch import tensor
from negeig.kernels.triton.recurrent import WARP, Order, Recurrent, shape
from negeig.precision.stored import StoredLayer
from negeig.theory.networks.network import Layer


class Loop(NamedTuple):
    """A loop of the machine's instructions, from the first to the branch back.

    Parameters
    ----------
    first, last : int
        Places in the code.
    names : Counter
        Of its instructions, without modifiers: ``FMUL``, ``LDG``.
    """

    first: int
    last: int
    names: Counter[str]


@dataclass(frozen=True)
class Resources:
    """What one thread of a kernel takes.

    Parameters
    ----------
    registers : int
    stack : int
        Bytes a thread; 0 where nothing is spilled.
    loops : tuple of Loop
        The longest first.
    """

    registers: int
    stack: int
    loops: tuple[Loop, ...]

    def instructions_a_step(self, products: int, steps: int, squares: int = 0) -> float:
        """Return the instructions of a thread for one step, a token's share included.

        Parameters
        ----------
        products : int
            Multiplications of a step in one thread, by which steps are counted.
        steps : int
            Steps of a token.
        squares : int
            Multiplications of a token beside those of its steps.
        """
        tokens = self.loops[0]
        inner = [
            loop for loop in self.loops if tokens.first <= loop.first < loop.last <= tokens.last
        ]
        busy = [loop.names for loop in inner if loop.names["FMUL"] >= products]
        if len(busy) == 1:  # a token's are among those of its steps
            return busy[0].total() * (products + squares / steps) / busy[0]["FMUL"]
        own = busy[0].total() - busy[-1].total()  # a token's, around the loop over its steps
        return busy[-1].total() * products / busy[-1]["FMUL"] + own / steps


def useful(dim: int) -> int:
    """Return the operations of a delta step.

    Examples
    --------
    >>> useful(16)
    65
    """
    return 4 * dim + 1


def useful_decoding(dim: int) -> int:
    """Return the operations of decoding after a token: its distance to one code, compared.

    Examples
    --------
    >>> useful_decoding(16)
    48
    """
    return 3 * dim


def overhead(
    found: Resources, order: Order, dim: int, steps: int, *, decode: bool = False
) -> float:
    """Return the instructions of a recurrence over the useful ones, those of whole tokens."""
    words = shape(order, dim).words
    threads = WARP // words
    share = dim if order == "left to right" else -(-dim // (4 * threads)) * 4
    squares = _padded(order, dim) // threads if decode else 0
    spent = found.instructions_a_step(2 * share + 1, steps, squares) * threads
    return spent / (useful(dim) + (useful_decoding(dim) / steps if decode else 0))


def _padded(order: Order, dim: int) -> int:
    """Return the coordinates that a distance has, those of whole tiles."""
    tile = shape(order, dim).tile
    return -(-dim // tile) * tile


def blank_layer(dim: int, steps: int) -> StoredLayer:
    """Return a layer of one letter whose parameters are 0: kernels do not depend on values."""
    return StoredLayer(
        initial=np.zeros(dim, np.float32),
        starts=np.array([0, steps], np.int32),
        beta=np.zeros(steps, np.float32),
        write=np.zeros(steps, np.float32),
        key=np.zeros((steps, dim), np.float32),
        dense=np.full(steps, -1, np.int32),
        matrix=np.zeros((0, dim, dim), np.float32),
        bias=np.zeros((0, dim), np.float32),
    )


def blank_codebook(dim: int) -> Codebook:
    """Return two codes, 0 and 1 in every coordinate, and one letter that emits their numbers."""
    zero, one = (Fraction(0),) * dim, (Fraction(1),) * dim
    layer = Layer(alphabet=("a",), initial=zero, steps={"a": ()}, codes=(zero, one),
                  emit=(("0",), ("1",)))  # fmt: skip
    return Codebook(layer, ("0", "1"))


def recurrence(
    order: Order, dim: int, steps: int, target: str, *, bf16: bool = False, decode: bool = False
) -> Compiled:
    """Compile the recurrence of a dimension and of steps a token for a target.

    With ``decode`` it decodes on the way, and keeps what is emitted. Raises Unavailable where
    triton or torch is missing, InputError for an unknown target.
    """
    launches: list[Launch] = []
    with compiling(target, launches.append):
        codebook = blank_codebook(dim) if decode else None
        layer = Recurrent(
            blank_layer(dim, steps), order, codebook=codebook, bf16=bf16, where="compiled"
        )
        before = np.zeros((1, layer.table.padded), np.float32)
        letters, code = np.zeros((1, 1), np.int32), np.zeros(1, np.int32)
        layer.launch(*(tensor(array, "compiled") for array in (letters, before, code)))
    return launches[0].compiled


def resources(compiled: Compiled) -> Resources:
    """Read what a kernel takes. Raises Unavailable where triton brings no disassembler."""
    with tempfile.TemporaryDirectory() as folder:
        cubin = Path(folder) / "kernel.cubin"
        cubin.write_bytes(compiled.cubin)
        usage = _run("cuobjdump", "--dump-resource-usage", str(cubin))
        code = _run("nvdisasm", "-c", str(cubin))
    taken = dict(re.findall(r"(\w+):(\d+)", usage))
    return Resources(int(taken["REG"]), int(taken["STACK"]) + int(taken["LOCAL"]), loops(code))


def loops(code: str) -> tuple[Loop, ...]:
    """Return the instructions of each loop of a disassembly, the longest loop first.

    Examples
    --------
    >>> loops('''
    ... .L_x_1:
    ...         /*0000*/                   FMUL R1, R2, R3 ;
    ...         /*0010*/              @!P0 BRA `(.L_x_1) ;
    ...         /*0020*/                   EXIT ;
    ... ''')
    (Loop(first=0, last=1, names=Counter({'FMUL': 1, 'BRA': 1})),)
    """
    names, starts, spans = list[str](), dict[str, int](), list[tuple[int, int]]()
    for line in code.splitlines():
        if label := re.match(r"\s*(\.L_x_\d+):", line):
            starts[label[1]] = len(names)
        if one := re.match(r"\s*/\*[0-9a-f]{4,}\*/\s+(?:@\S+\s+)?([A-Z]\w*)(.*);", line):
            names.append(one[1])
            target = re.search(r"\(?(\.L_x_\d+)", one[2]) if one[1] == "BRA" else None
            # A branch to itself fills the end of the code.
            if target and starts.get(target[1], len(names)) < len(names) - 1:
                spans.append((starts[target[1]], len(names)))
    spans.sort(key=lambda span: span[0] - span[1])
    return tuple(Loop(begin, end - 1, Counter(names[begin:end])) for begin, end in spans)


def _run(tool: str, *arguments: str) -> str:
    triton = import_module("triton")
    path = Path(str(triton.__file__)).parent / "backends" / "nvidia" / "bin" / tool
    if not path.exists():
        raise Unavailable(f"triton {triton.__version__} brings no {tool}: nothing is read")
    command: Sequence[str] = [str(path), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
