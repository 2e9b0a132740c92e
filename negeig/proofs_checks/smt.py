"""Closed tables in SMT-LIB: unsatisfiable if every letter leads where the table says.

The steps of the network are written with the operations of the theory of floating-point numbers,
bf16 being ``(_ FloatingPoint 8 8)``, so that a solver's own arithmetic and not ours decides. One
assertion says that somewhere a letter leads from a state of the table to another one than named,
that the machine goes to one with other transitions, or that the symbol emitted there has another
output than the machine. The code nearest to each state is part of the table and not recomputed:
for that see :mod:`~.coq` and the checker.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from negeig.claims import InputError, output_text
from negeig.precision.numbers.formats import Format
from negeig.precision.stored import StoredLayer
from negeig.proofs_checks.closed_table import ClosedTable, Value
from negeig.proofs_checks.coq_text import symbols_of


def smt(table: ClosedTable) -> Iterator[str]:
    r"""Yield the lines of an SMT-LIB file, unsatisfiable if and only if all edges are right.

    O(states x letters x dimensions) characters.

    Raises
    ------
    InputError
        Where the arithmetic is not one of rounding to nearest even in formats of IEEE 754's
        layout, from left to right.

    Examples
    --------
    >>> from negeig.automata.machines.machine import Machine
    >>> from negeig.proofs_checks.closed_table import closed_table
    >>> from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
    >>> one = Fraction(1)
    >>> flip = DeltaStep(2 * one, (one,), 0 * one)
    >>> layer = Layer(alphabet=("1",), initial=(one,), steps={"1": (flip,)},
    ...               codes=((one,), (-one,)), emit=(("even",), ("odd",)))
    >>> net = LinearRNN(alphabet=("1",), layers=(layer,), outputs={"even": 1, "odd": 0}, empty=1)
    >>> parity = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> print(*list(smt(closed_table(net, parity, "bf16")))[-4:])  # doctest: +NORMALIZE_WHITESPACE
    (not (and (step0-0 (fp #b0 #b01111111 #b0000000) (fp #b1 #b01111111 #b0000000))
     (= #x1 #x1) (= #x1 #x1)))
    (not (and (step0-0 (fp #b1 #b01111111 #b0000000) (fp #b0 #b01111111 #b0000000))
     (= #x0 #x0) (= #x0 #x0)))
    ))
    (check-sat)
    """
    model = table.arithmetic
    if table.stored is None or not model.is_basic or model.grid is not None:
        raise InputError(
            "arithmetic",
            f"{model.name} has no form in SMT-LIB here: it takes rounding to nearest even in "
            "floating-point formats, from left to right",
        )
    assert model.operations is not None
    assert model.state is not None
    writer = _Steps(model.operations, model.state, model.fma, model.rounded)
    symbols = symbols_of(table)
    yield from _heading(table)
    yield "(set-logic QF_FP)"
    for i, layer in enumerate(table.stored.layers):
        names = table.network.layers[i].alphabet
        for b, symbol in enumerate(symbols[i]):
            yield from writer.letter(f"step{i}-{b}", layer, names.index(symbol))
    outputs = list(dict.fromkeys(map(output_text, table.machine.outputs)))
    rows: dict[tuple[int, ...], int] = {}
    # States that differ in their output only are as good as each other once it was compared.
    alike = [rows.setdefault(tuple(row), len(rows)) for row in table.machine.transitions.tolist()]
    yield "(assert (or false"
    for source, targets in enumerate(table.targets):
        for a, target in enumerate(targets):
            edge = _edge(table, symbols, outputs, alike, writer, source, a, target)
            yield f"(not (and {' '.join(edge)}))"
    yield "))"
    yield "(check-sat)"


def _heading(table: ClosedTable) -> Iterator[str]:
    """Yield comments that say to whoever is sent the file what it asks, and how to ask it."""
    letters = list(map(ascii, table.machine.alphabet))
    yield f"; {table.arithmetic.name}; {len(table.states)} states; letters {letters}"
    yield "; unsat: every letter leads from every state of a network where the file says, and every"
    yield "; output is the machine's. sat: somewhere one does not."
    yield "; z3 FILE, or cvc5 --fp-exp FILE (without the option IEEE 754's own formats only)"


def _edge(
    table: ClosedTable,
    symbols: Sequence[Sequence[str]],
    outputs: Sequence[str],
    alike: Sequence[int],
    writer: _Steps,
    source: int,
    a: int,
    target: int,
) -> Iterator[str]:
    """Yield what holds of an edge: the step of each layer, the machine's, and the output."""
    symbol = symbols[0][a]
    for i, layer in enumerate(table.network.layers):
        before, after = table.states[source][i], table.states[target][i]
        name = f"step{i}-{symbols[i].index(symbol)}"
        yield f"({name} {' '.join(map(writer.state, (*before, *after)))})"
        code = table.decoded[target][i]
        symbol = layer.emit[code][layer.alphabet.index(symbol)]
    goal = int(table.machine.transitions[table.machine_states[source], a])
    yield _equal(alike[table.machine_states[target]], alike[goal], len(alike))
    found, wanted = (
        output_text(table.network.outputs[symbol]),
        output_text(table.machine.outputs[goal]),
    )
    place = outputs.index(found) if found in outputs else len(outputs)
    yield _equal(place, outputs.index(wanted), len(outputs))


def _equal(a: int, b: int, most: int) -> str:
    """Return that two numbers, which are at most so large, are equal."""
    digits = len(f"{most:x}")
    return f"(= #x{a:0{digits}x} #x{b:0{digits}x})"


class _Steps:
    """Writes steps with operations in one format on a state in another, or the same."""

    def __init__(self, operations: Format, state: Format, fma: bool, rounded: str) -> None:
        self._operations, self._state = operations, state
        self._fma, self._rounded = fma, rounded
        self._sort, self._wide = _sort(state), _sort(operations)

    def letter(self, name: str, layer: StoredLayer, letter: int) -> Iterator[str]:
        """Define that a letter's steps lead from one vector to another."""
        dim = layer.dim
        before, after = ([f"{x}{j}" for j in range(dim)] for x in "hg")
        parameters = " ".join(f"({x} {self._sort})" for x in (*before, *after))
        yield f"(define-fun {name} ({parameters}) Bool"
        values, depth = [self._convert(self._operations, h) for h in before], 0
        for step in range(int(layer.starts[letter]), int(layer.starts[letter + 1])):
            inner = [f"v{depth}-{j}" for j in range(dim)]
            yield _let(zip(inner, values, strict=True))
            depth += 1
            if (dense := int(layer.dense[step])) < 0:
                key, write = layer.key[step].tolist(), float(layer.write[step])
                t = f"t{depth}"
                yield _let([(t, self._amount(float(layer.beta[step]), key, write, inner))])
                depth += 1
                values = [self._plus(-k, t, x) for k, x in zip(key, inner, strict=True)]
            else:
                rows, bias = layer.matrix[dense].tolist(), layer.bias[dense].tolist()
                sums = [self._dot(row, inner) for row in rows]
                values = [
                    s if b == 0 else f"(fp.add RNE {s} {self.number(b)})"
                    for s, b in zip(sums, bias, strict=True)
                ]
            if self._rounded == "step":
                values = [self._wider(self._stored(x)) for x in values]
        equal = [f"(= {g} {self._stored(x)})" for g, x in zip(after, values, strict=True)]
        yield f"(and true {' '.join(equal)}){')' * depth})"

    def number(self, x: Value) -> str:
        """Write a number in the format of the operations."""
        return _bits(x, self._operations)

    def state(self, x: Value) -> str:
        """Write a coordinate of a state."""
        return _bits(x, self._state)

    def _convert(self, target: Format, x: str) -> str:
        if self._operations == self._state:
            return x
        return f"((_ to_fp {_exponent_bits(target)} {target.precision}) RNE {x})"

    def _stored(self, x: str) -> str:
        return self._convert(self._state, x)

    def _wider(self, x: str) -> str:
        return self._convert(self._operations, x)

    def _plus(self, a: float, x: str, y: str) -> str:
        """Write a x + y."""
        if self._fma:
            return f"(fp.fma RNE {self.number(a)} {x} {y})"
        return f"(fp.add RNE {y} (fp.mul RNE {self.number(a)} {x}))"

    def _dot(self, key: Sequence[float], h: Sequence[str]) -> str:
        total = f"(fp.mul RNE {self.number(key[0])} {h[0]})"
        for k, x in zip(key[1:], h[1:], strict=True):
            total = self._plus(k, x, total)
        return total

    def _amount(self, beta: float, key: Sequence[float], write: float, h: Sequence[str]) -> str:
        u = self._dot(key, h)
        if write:
            u = f"(fp.add RNE {u} {self.number(-write)})"
        return f"(fp.mul RNE {self.number(beta)} {u})"


def _let(bindings: Iterable[tuple[str, str]]) -> str:
    return f"(let ({' '.join(f'({name} {value})' for name, value in bindings)})"


def _exponent_bits(form: Format) -> int:
    """Return the width of the exponent; InputError for a format that is not IEEE 754's layout."""
    bits = (form.emax + 1).bit_length()
    layout = form.emax == 2 ** (bits - 1) - 1 and form.emin == 1 - form.emax
    if not (layout and form.has_inf and form.has_nan and form.has_negative_zero) or form.unused:
        raise InputError("arithmetic", f"{form.name} is no format of SMT-LIB: its layout differs")
    return bits


def _sort(form: Format) -> str:
    return f"(_ FloatingPoint {_exponent_bits(form)} {form.precision})"


def _bits(x: Value, form: Format) -> str:
    """Write a finite number of a format by its bits."""
    exponent, fraction = 0, 0
    if x:
        exact = abs(Fraction(x))
        unit = form.unit(exact)
        significand = int(exact / Fraction(2) ** unit)
        normal = significand >> (form.precision - 1)
        fraction = significand - (normal << (form.precision - 1))
        exponent = normal * (unit + form.precision - 1 + form.emax)
    sign = "1" if str(x)[0] == "-" else "0"
    width = form.precision - 1
    return f"(fp #b{sign} #b{exponent:0{_exponent_bits(form)}b} #b{fraction:0{width}b})"
