"""Networks as arrays: what every backend runs.

Parameters are rounded to float32, to nearest even, from the exact numbers; codes are rounded to
float64, because the decoder compares in float64. Everything symbolic (letters, emitted symbols,
outputs) becomes a small integer, so that a backend is arithmetic and table lookups only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from negeig.arrays import Float32s, Float64s, Ints
from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, Output, output_text
from negeig.kernels import codes as codebook
from negeig.precision.numbers.formats import FP32
from negeig.precision.stored import nearest
from negeig.theory.exact.numbers import Number
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN


@dataclass(frozen=True, eq=False, kw_only=True)
class PackedLayer:
    """One layer as arrays; every array is C-contiguous.

    Parameters
    ----------
    initial : float32 (dim,)
    n_steps : int32 (letters,)
        Steps of each letter; the rows below are padded with steps that change nothing.
    betas, writes : float32 (letters, steps)
    keys : float32 (letters, steps, dim)
    dense : int32 (letters, steps)
        Which of ``matrices`` a dense step uses; -1 for a delta step.
    matrices : float32 (m, dim, dim)
    biases : float32 (m, dim)
    codes : float64 (codes, dim)
    half_norms, radii : float64 (codes,)
    order : int32 (codes,)
        For the decoder; see :mod:`negeig.kernels.codes`.
    emit : int32 (codes, letters)
        The next layer's letter; for the last layer an index into ``PackedNetwork.outputs``.
    """

    initial: Float32s
    n_steps: Ints
    betas: Float32s
    writes: Float32s
    keys: Float32s
    dense: Ints
    matrices: Float32s
    biases: Float32s
    codes: Float64s
    half_norms: Float64s
    radii: Float64s
    order: Ints
    emit: Ints

    @property
    def dim(self) -> int:
        """Dimension of the state."""
        return int(self.initial.shape[0])


@dataclass(frozen=True, eq=False, kw_only=True)
class PackedNetwork:
    """A network and the machine it is compared with, as arrays.

    Parameters
    ----------
    layers : tuple of PackedLayer
    first_letters : int32 (letters,)
        The first layer's letter (with no layers: the symbol) for each letter of the machine.
    outputs : int32 (symbols + 1,)
        Output number of each symbol of the last layer. The last entry, which index -1 finds,
        is -1: no symbol at all, so no output.
    empty : int
        Output number on the empty word.
    machine_outputs : int32 (states,)
        Output numbers of the machine. Equal numbers mean equal JSON values: 1 is not true.
    """

    layers: tuple[PackedLayer, ...]
    first_letters: Ints
    outputs: Ints
    empty: int
    machine_outputs: Ints


def pack(network: LinearRNN, machine: Machine) -> PackedNetwork:
    """Round a network to float32 and number its symbols, in the machine's order of letters.

    Raises
    ------
    InputError
        Naming every parameter that overflows float32, every symbol that the next layer does not
        read or that has no output, and alphabets that differ.

    Examples
    --------
    >>> one = Fraction(1)
    >>> layer = Layer(alphabet=("1",), initial=(one,), steps={"1": (DeltaStep(2 * one, (one,),
    ...               0 * one),)}, codes=((one,), (-one,)), emit=(("even",), ("odd",)))
    >>> network = LinearRNN(alphabet=("1",), layers=(layer,), outputs={"even": 1, "odd": 0},
    ...                     empty=1)
    >>> machine = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> packed = pack(network, machine)
    >>> packed.layers[0].betas.tolist(), packed.layers[0].radii.round(3).tolist()
    ([[2.0]], [1.0, 1.0])
    """
    problems: list[str] = []
    if set(network.alphabet) != set(machine.alphabet):
        shown = ", ".join(map(repr, machine.alphabet))
        read = ", ".join(map(repr, network.alphabet))
        problems.append(f"the network reads {read} but the machine {shown}")

    # Symbols of layer i are numbered as the letters of layer i + 1, those of the last as outputs.
    symbols = tuple(network.outputs)
    readers = [layer.alphabet for layer in network.layers] + [symbols]
    first = {letter: i for i, letter in enumerate(readers[0])}
    reader = "the first layer" if network.layers else "the table of outputs"
    problems += [
        f"letter {letter!r} is not in {reader}"
        for letter in network.alphabet
        if letter not in first
    ]
    layers = [
        _pack_layer(i, layer, readers[i + 1], problems) for i, layer in enumerate(network.layers)
    ]
    if problems:
        raise InputError("network", problems)

    numbers: dict[str, int] = {}

    def number(output: Output) -> int:
        return numbers.setdefault(output_text(output), len(numbers))

    return PackedNetwork(
        layers=tuple(layers),
        first_letters=np.array([first[letter] for letter in machine.alphabet], np.int32),
        outputs=np.array([number(network.outputs[s]) for s in symbols] + [-1], np.int32),
        empty=number(network.empty),
        machine_outputs=np.array([number(output) for output in machine.outputs], np.int32),
    )


def to_float32(number: Number) -> np.float32:
    """Round an exact number to the nearest float32, ties to even; infinite when it overflows.

    Rounded once from the exact value: going through float64 can round a tie the wrong way. Zero
    is +0.

    Examples
    --------
    >>> float(to_float32(Fraction(1, 10)))
    0.10000000149011612
    >>> above_a_tie = 1 + Fraction(1, 2**24) + Fraction(1, 2**80)
    >>> float(to_float32(above_a_tie) - 1), float(np.float32(float(above_a_tie)) - 1)
    (1.1920928955078125e-07, 0.0)
    """
    if isinstance(number, Fraction) and number.denominator == 1 and abs(number) <= 2**24:
        return np.float32(number.numerator)
    return np.float32(nearest(number, FP32) + 0.0)


def _pack_layer(
    index: int, layer: Layer, next_letters: Sequence[str], problems: list[str]
) -> PackedLayer:
    """Pack one layer; problems are appended, and the arrays are then not to be used."""
    letters, dim, steps = len(layer.alphabet), layer.dim, max(layer.steps_per_token, 1)
    place = f"layer {index}"

    def rounded(number: Number, where: str) -> np.float32:
        value = to_float32(number)
        if not np.isfinite(value):
            problems.append(f"{place}, {where}: the entry overflows float32")
        return value

    betas = np.zeros((letters, steps), np.float32)
    writes = np.zeros((letters, steps), np.float32)
    keys = np.zeros((letters, steps, dim), np.float32)
    dense = np.full((letters, steps), -1, np.int32)
    matrices: list[list[list[np.float32]]] = []
    biases: list[list[np.float32]] = []
    for a, letter in enumerate(layer.alphabet):
        for i, step in enumerate(layer.steps[letter]):
            where = f"letter {letter!r}, step {i}, "
            if isinstance(step, DeltaStep):
                betas[a, i] = rounded(step.beta, where + "beta")
                writes[a, i] = rounded(step.write, where + "write")
                for j, entry in enumerate(step.key):
                    keys[a, i, j] = rounded(entry, f"{where}key[{j}]")
            else:
                dense[a, i] = len(matrices)
                matrices.append(
                    [
                        [rounded(entry, f"{where}matrix[{r}][{c}]") for c, entry in enumerate(row)]
                        for r, row in enumerate(step.matrix)
                    ]
                )
                biases.append([rounded(b, f"{where}bias[{j}]") for j, b in enumerate(step.bias)])

    codes = codebook.values(layer.codes, dim)
    problems += [
        f"{place}, code {c}, entry {j}: the entry overflows float32"
        for c, j in np.argwhere(np.abs(codes) >= 2.0**128)
    ]
    if not layer.codes:
        problems.append(f"{place} has no codes")
    next_index = {symbol: i for i, symbol in enumerate(next_letters)}
    unread = {symbol for row in layer.emit for symbol in row} - set(next_index)
    problems += [
        f"{place} emits {symbol!r}, which the next layer or the table of outputs does not have"
        for symbol in sorted(unread)
    ]
    initial = np.array([rounded(h, f"initial[{j}]") for j, h in enumerate(layer.initial)])
    sound = bool((np.abs(codes) < 2.0**128).all())
    return PackedLayer(
        initial=initial.astype(np.float32),
        n_steps=np.array([len(layer.steps[letter]) for letter in layer.alphabet], np.int32),
        betas=betas,
        writes=writes,
        keys=keys,
        dense=dense,
        matrices=np.array(matrices, np.float32).reshape(-1, dim, dim),
        biases=np.array(biases, np.float32).reshape(-1, dim),
        codes=codes,
        half_norms=codebook.half_norms(layer.codes, codes) if sound else np.zeros(len(codes)),
        radii=codebook.radii(codes) if sound else np.zeros(len(codes)),
        order=codebook.order(codes),
        emit=np.array(
            [[next_index.get(symbol, -1) for symbol in row] for row in layer.emit], np.int32
        ),
    )
