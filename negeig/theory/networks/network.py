"""Linear RNNs as exact objects: delta steps, layers and networks.

A layer's state is a vector h. Reading a letter applies that letter's steps in order; each delta
step is what a delta-rule kernel executes, ``h <- h + beta * key * (write - key.h)``, that is the
generalised Householder factor ``I - beta key key^T`` plus a write. The layer then finds the code
nearest to its state and emits ``emit[code][letter]``, the letter that the next layer reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from negeig.claims import InputError, Letter, Output
from negeig.shown import Shown
from negeig.theory.exact.linear_algebra import identity, multiply
from negeig.theory.exact.numbers import Matrix, Number, NumberField, Vector, simplified


@dataclass(frozen=True)
class DeltaStep:
    """``h <- h + beta * key * (write - key.h)``, exact.

    Its linear part ``I - beta key key^T`` has the eigenvalue ``1 - beta |key|^2`` on the line of
    the key and 1 elsewhere. A reflection has eigenvalue -1 and write 0, an overwrite eigenvalue 0.

    Examples
    --------
    >>> swap = DeltaStep(Fraction(1), (Fraction(1), Fraction(-1)), Fraction(0))
    >>> swap.eigenvalue
    Fraction(-1, 1)
    >>> [str(x) for x in swap.apply((Fraction(5), Fraction(7)))]
    ['7', '5']
    """

    beta: Number
    key: Vector
    write: Number

    @property
    def eigenvalue(self) -> Number:
        """``1 - beta |key|^2``, the eigenvalue of the linear part on the line of the key."""
        square: Number = sum((k * k for k in self.key if k != 0), Fraction(0))
        return simplified(1 - self.beta * square)

    def apply(self, state: Sequence[Number]) -> Vector:
        """Apply the step exactly."""
        support = [(j, k) for j, k in enumerate(self.key) if k != 0]
        product: Number = sum((k * state[j] for j, k in support), Fraction(0))
        amount = self.beta * (self.write - product)
        after = list(state)
        for j, k in support:
            after[j] = after[j] + k * amount
        return tuple(after)

    def after(self, matrix: Matrix) -> Matrix:
        """Return the step's linear part times a matrix. Exact; few operations for sparse keys."""
        support = [(j, k) for j, k in enumerate(self.key) if k != 0]
        products = [
            sum((k * matrix[j][c] for j, k in support if matrix[j][c] != 0), Fraction(0))
            for c in range(len(self.key))
        ]
        rows = list(matrix)
        for j, k in support:
            factor = self.beta * k
            rows[j] = tuple(
                x if p == 0 else x - factor * p for x, p in zip(rows[j], products, strict=True)
            )
        return tuple(rows)


@dataclass(frozen=True)
class DenseStep:
    """``h <- matrix h + bias``, exact: for diagonal layers, audits and rounding cycles.

    Compiled networks use delta steps; files may hold dense ones.
    """

    matrix: Matrix
    bias: Vector

    def apply(self, state: Sequence[Number]) -> Vector:
        """Apply the step exactly."""
        return tuple(
            sum((a * h for a, h in zip(row, state, strict=True) if a != 0), Fraction(0)) + b
            for row, b in zip(self.matrix, self.bias, strict=True)
        )

    def after(self, matrix: Matrix) -> Matrix:
        """Return the step's linear part times a matrix. Exact."""
        return multiply(self.matrix, matrix)


Step: TypeAlias = DeltaStep | DenseStep


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Layer(Shown):
    """One linear recurrent layer with its decoder table.

    Parameters
    ----------
    alphabet : tuple of str
        The letters this layer reads; the first layer reads the task's letters.
    initial : Vector, length dim
        The state before the first letter.
    steps : mapping from letter to tuple of steps
        One entry for every letter; no steps at all is the identity.
    codes : tuple of Vector
        Points of the state space. The decoder finds the nearest one, the first of equals; exact
        arithmetic demands that the state equals a code where all steps are reflections and
        overwrites.
    emit : tuple of tuple of str
        ``emit[c][a]`` is the symbol for code c after reading ``alphabet[a]``.
    names : tuple of str, optional
        What each coordinate stands for, for printing.
    """

    alphabet: tuple[Letter, ...]
    initial: Vector
    steps: Mapping[Letter, tuple[Step, ...]]
    codes: tuple[Vector, ...]
    emit: tuple[tuple[Letter, ...], ...]
    names: tuple[str, ...] = ()

    def __repr__(self) -> str:
        sizes = f"dimension {self.dim}, at most {self.steps_per_token} steps a letter"
        return f"Layer({sizes}; {len(self.alphabet)} letters, {len(self.codes)} codes)"

    @property
    def dim(self) -> int:
        """Dimension of the state."""
        return len(self.initial)

    @property
    def steps_per_token(self) -> int:
        """The largest number of steps that any letter takes."""
        return max((len(s) for s in self.steps.values()), default=0)

    @cached_property
    def eigenvalues(self) -> tuple[Number, ...]:
        """Eigenvalues ``1 - beta |key|^2`` of all delta steps, without repetition, ascending.

        Dense steps are left out: they are no product of generalised Householder factors.
        """
        found: list[Number] = []
        for step in self._distinct_steps():
            if isinstance(step, DeltaStep) and step.eigenvalue not in found:
                found.append(step.eigenvalue)
        return tuple(sorted(found))

    def _distinct_steps(self) -> Iterator[Step]:
        """Yield the steps of all lists of steps, of which letters share many, each list once."""
        for steps in {id(own): own for own in self.steps.values()}.values():
            yield from steps

    @cached_property
    def rescales(self) -> bool:
        """Whether some step is another one than a reflection or an overwrite, or may be.

        A delta step multiplies a line by another number than -1, 0 and 1; a dense one may.
        """
        return any(value not in (-1, 0, 1) for value in self.eigenvalues) or any(
            isinstance(step, DenseStep) for step in self._distinct_steps()
        )

    def letter_matrix(self, letter: Letter) -> Matrix:
        """Return the linear part of one letter, the product of its steps' matrices. Exact."""
        matrix = identity(self.dim)
        for step in self.steps[letter]:
            matrix = step.after(matrix)
        return matrix

    def nearest(self, state: Vector) -> int:
        """Return the number of the code nearest to a state, the first of equals. Exact.

        Raises ValueError for a state that equals no code where no step contracts: reflections and
        overwrites are made to reach finitely many states, and each has its code.
        """
        if state in self.codes or not self.rescales:
            return self.codes.index(state)
        distances: list[Number] = [
            sum(((x - y) * (x - y) for x, y in zip(code, state, strict=True)), Fraction(0))
            for code in self.codes
        ]
        return min(range(len(distances)), key=lambda c: distances[c])

    def apply(self, letter: Letter, state: Vector) -> Vector:
        """Apply a letter's steps exactly."""
        for step in self.steps[letter]:
            state = step.apply(state)
        return state


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class LinearRNN(Shown):
    """A stack of layers with the outputs of the symbols that the last layer emits.

    With no layers the symbol emitted on a letter is the letter itself.

    Parameters
    ----------
    alphabet : tuple of str
        Letters of the task.
    layers : tuple of Layer
        Layer i + 1 reads the symbols that layer i emits.
    outputs : mapping from symbol to JSON value
        Output for each symbol of the last layer.
    empty : JSON value
        Output on the empty word, where no letter has been read.
    field : NumberField or None
        The number field of the entries, None when all are rational.
    """

    alphabet: tuple[Letter, ...]
    layers: tuple[Layer, ...]
    outputs: Mapping[Letter, Output]
    empty: Output
    field: NumberField | None = None

    def __repr__(self) -> str:
        dims = ", ".join(str(layer.dim) for layer in self.layers) or "none"
        return f"LinearRNN(dimensions of the layers: {dims}; {len(self.alphabet)} letters)"

    def run(self, word: Sequence[Letter]) -> tuple[Output, ...]:
        """Return the outputs after every prefix of a word, exactly, the empty prefix first.

        Raises InputError for a letter that the network does not read, ValueError when a state
        equals no code, unless some step of the layer contracts: then the nearest one counts. The
        reference implementation of what a network means; for all words at once see
        :mod:`negeig.theory.closure.exact_search`.

        Examples
        --------
        >>> one = Fraction(1)
        >>> flip = DeltaStep(2 * one, (one,), 0 * one)
        >>> layer = Layer(alphabet=("1",), initial=(one,), steps={"1": (flip,)},
        ...               codes=((one,), (-one,)), emit=(("even",), ("odd",)))
        >>> net = LinearRNN(alphabet=("1",), layers=(layer,), outputs={"even": 1, "odd": 0},
        ...                 empty=1)
        >>> net.run("111")
        (1, 0, 1, 0)
        """
        states = [layer.initial for layer in self.layers]
        outputs = [self.empty]
        for letter in word:
            if letter not in self.alphabet:
                known = ", ".join(map(repr, self.alphabet))
                raise InputError("", f"letter {letter!r} is not in the alphabet {known}")
            symbol = letter
            for i, layer in enumerate(self.layers):
                states[i] = layer.apply(symbol, states[i])
                code = layer.nearest(states[i])
                symbol = layer.emit[code][layer.alphabet.index(symbol)]
            outputs.append(self.outputs[symbol])
        return tuple(outputs)
