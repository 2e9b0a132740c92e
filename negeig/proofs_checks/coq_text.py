"""How numbers, layers and arithmetics are written in Coq."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import lcm
from typing import Any, Protocol, TypeAlias

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, Letter
from negeig.precision.numbers.arithmetic import Arithmetic
from negeig.precision.numbers.formats import Format
from negeig.precision.stored import StoredNetwork
from negeig.proofs_checks.closed_table import State, Value
from negeig.theory.exact.numbers import simplified
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN


def listed(items: Iterable[str]) -> str:
    """Return a list.

    Examples
    --------
    >>> listed("ab"), places((0, 4))
    ('[a; b]', '[1; 5]%positive')
    """
    return f"[{'; '.join(items)}]"


def places(numbers: Iterable[int]) -> str:
    """Return a list of places, which are numbered from 1 in Coq."""
    return listed(str(n + 1) for n in numbers) + "%positive"


def comment(title: str, names: Iterable[str]) -> str:
    r"""Return a comment that lists names; what would end it or begin a string is escaped.

    Examples
    --------
    >>> print(comment("letters", ["a", '*) "']))
    (* letters: 'a', '\x2a) \x22' *)
    """
    shown = ", ".join(map(ascii, names)).replace("*", "\\x2a").replace('"', "\\x22")
    return f"(* {title}: {shown} *)"


class Subject(Protocol):
    """What a theorem is about, and in which arithmetic; ``stored`` is None where it is exact."""

    @property
    def network(self) -> LinearRNN:
        """The network."""
        ...

    @property
    def machine(self) -> Machine:
        """The machine that it computes."""
        ...

    @property
    def stored(self) -> StoredNetwork | None:
        """The entries of the network in the arithmetic's format."""
        ...

    @property
    def arithmetic(self) -> Arithmetic:
        """The arithmetic."""
        ...


def symbols_of(table: Subject) -> list[tuple[Letter, ...]]:
    """Return what each layer reads, the first one the machine's letters, and what the last emits.

    The order is that of their numbers.
    """
    alphabet = tuple(table.machine.alphabet)
    if not table.network.layers:
        return [alphabet]
    above = [tuple(layer.alphabet) for layer in table.network.layers[1:]]
    return [alphabet, *above, tuple(table.network.outputs)]


class ExactNumbers:
    """Rationals, or integers where nothing else occurs and they are not asked for."""

    def __init__(self, table: Subject, *, rationals: bool = False) -> None:
        self._network = table.network
        entries = (x for layer in table.network.layers for x in _entries(layer))
        self.integral = not rationals and all(x.denominator == 1 for x in entries)

    def arithmetic(self) -> str:
        """Define the arithmetic A."""
        return f"Definition A : arithmetic := {'integers' if self.integral else 'exact'}.\n"

    def number(self, x: Value) -> str:
        """Write an entry."""
        p, q = x.as_integer_ratio()
        return str(p) if self.integral else f"({p}) # {q}"

    def vector(self, values: Iterable[Value]) -> str:
        """Write a vector."""
        return listed(map(self.number, values))

    def states(self, state: State) -> str:
        """Write the vectors of all layers."""
        return listed(map(self.vector, state))

    row = states

    def row_definition(self) -> str:
        """Define how a row of the table is read."""
        return _row("Z" if self.integral else "Q", "h")

    def layer(self, i: int, letters: Sequence[Letter], emitted: Sequence[Letter]) -> str:
        """Write a layer whose letters and emitted symbols are numbered in these orders."""
        layer = self._network.layers[i]
        steps = [
            [
                ("Delta", step.beta, step.key, step.write)
                if isinstance(step, DeltaStep)
                else ("Dense", step.matrix, step.bias)
                for step in layer.steps[a]
            ]
            for a in letters
        ]
        return _layer(self, layer, letters, emitted, steps)


class RoundedNumbers:
    """Floating-point numbers; a row of the table has pairs of significand and exponent."""

    def __init__(self, table: Subject) -> None:
        if not table.arithmetic.is_basic:
            raise InputError(
                "arithmetic",
                f"{table.arithmetic.name} is not defined in the Coq development, which rounds to "
                "nearest even, from left to right, subnormal numbers kept",
            )
        self._table, self._model = table, table.arithmetic

    def arithmetic(self) -> str:
        """Define the arithmetic A."""
        return _arithmetic(self._model)

    def number(self, x: Value) -> str:
        """Write an entry of the network: its value is all that counts."""
        if not x:
            return f"Zero {'true' if str(x)[0] == '-' else 'false'}"
        p, q = x.as_integer_ratio()
        even = (p & -p).bit_length() - 1
        return f"Fin ({p >> even}) ({even - q.bit_length() + 1})"

    def vector(self, values: Iterable[Value]) -> str:
        """Write a vector of entries of the network."""
        return listed(map(self.number, values))

    def states(self, state: State) -> str:
        """Write the vectors of all layers as the table's row of them is read."""
        return f"(map numbers {self.row(state)})"

    def row(self, state: State) -> str:
        """Write the pairs of a state, the significand as the state's format has it."""
        return listed(listed(map(self._pair, vector)) for vector in state)

    def row_definition(self) -> str:
        """Define how a row of the table is read."""
        return _row("Z", "(map numbers h)")

    def layer(self, i: int, letters: Sequence[Letter], emitted: Sequence[Letter]) -> str:
        """Write a layer whose letters and emitted symbols are numbered in these orders."""
        layer = self._table.network.layers[i]
        assert self._table.stored is not None
        stored = self._table.stored.layers[i]
        steps: list[list[tuple[Any, ...]]] = []
        for a in map(layer.alphabet.index, letters):
            own: list[tuple[Any, ...]] = []
            for j in range(stored.starts[a], stored.starts[a + 1]):
                d, beta, write = int(stored.dense[j]), float(stored.beta[j]), float(stored.write[j])
                if d < 0:
                    own.append(("Delta", beta, stored.key[j].tolist(), write))
                else:
                    own.append(("Dense", stored.matrix[d].tolist(), stored.bias[d].tolist()))
            steps.append(own)
        return _layer(self, layer, letters, emitted, steps)

    def _pair(self, x: Value) -> str:
        if not x:
            return "0; 1" if str(x)[0] == "-" else "0; 0"
        exact = Fraction(x)
        unit = self._model.state_rounding.target.unit(exact)
        if (exact / Fraction(2) ** unit).denominator != 1:  # a start that is on no grid
            assert self._model.operations is not None
            unit = self._model.operations.unit(exact)
        return f"{exact / Fraction(2) ** unit}; {unit}"


Numbers: TypeAlias = ExactNumbers | RoundedNumbers
"""How the numbers of a network are written."""


def numbers_of(table: Subject, *, rationals: bool = False) -> Numbers:
    """Return how the numbers of a table are written; ``rationals`` where they are no integers."""
    if table.stored is None:
        return ExactNumbers(table, rationals=rationals)
    return RoundedNumbers(table)


def _row(kind: str, values: str) -> str:
    return f"""Definition row (h : list (list {kind})) (k : list index) (q : index) (t : list index)
  : entry A := @Build_entry A {values} k q t.
"""


def _layer(
    numbers: Numbers,
    layer: Layer,
    letters: Sequence[Letter],
    emitted: Sequence[Letter],
    steps: Sequence[Sequence[tuple[Any, ...]]],
) -> str:
    """Write a layer; its steps are those of each letter, with the entries that are run."""

    def step(kind: str, *entries: Any) -> str:
        if kind == "Delta":
            beta, key, write = entries
            return f"delta ({numbers.number(beta)}) {numbers.vector(key)} ({numbers.number(write)})"
        return f"dense {listed(map(numbers.vector, entries[0]))} {numbers.vector(entries[1])}"

    scope = "%Q" if isinstance(numbers, ExactNumbers) and not numbers.integral else ""
    moves = ";\n    ".join(listed(step(*one) for one in own) + scope for own in steps)
    exact = [[Fraction(simplified(x)) for x in code] for code in layer.codes]  # type: ignore[arg-type]
    scale = lcm(*(x.denominator for code in exact for x in code))
    codes = listed(listed(str(x * scale) for x in code) for code in exact)
    number = {symbol: i for i, symbol in enumerate(emitted)}
    nowhere = len(number)  # a symbol that nothing reads has a number that no table has
    columns = [layer.alphabet.index(a) for a in letters]
    emit = ";\n    ".join(
        f"array {places(number.get(row[c], nowhere) for c in columns)}" for row in layer.emit
    )
    return f"""  @Build_layer A (* steps by letter *) (array [
    {moves}])
  (* codes and what they are divided by *) {codes} {scale}
  (* emitted by code and letter *) (array [
    {emit}])"""


def _arithmetic(model: Arithmetic) -> str:
    operations, state = model.operations, model.state
    assert operations is not None
    assert state is not None
    letter = step = "unchanged"
    if model.grid is not None:
        letter = f"(to_grid ({-model.grid}))"
    elif model.rounded == "letter":
        letter = "(convert state_format)"
    elif model.rounded == "step":
        step = "(convert state_format)"
    fma = "true" if model.fma else "false"
    return f"""{comment("arithmetic", [model.name, model.describe()])}
{format_definition("operations", operations)}
{format_definition("state_format", state)}
Definition A : arithmetic := rounding operations {fma} {step} {letter}.
"""


def format_definition(name: str, form: Format) -> str:
    """Define a number format under a name.

    Examples
    --------
    >>> from negeig.precision.numbers.formats import BF16
    >>> format_definition("f", BF16).splitlines()[:3]
    ['Definition f : format := {|', '  precision := 8;', '  unit := -133;']
    """

    def flag(value: bool) -> str:
        return "true" if value else "false"

    return f"""Definition {name} : format := {{|
  precision := {form.precision};
  unit := {form.emin - form.precision + 1};
  top := {form.emax - form.precision + 1};
  largest := {2**form.precision - 1 - form.unused};
  has_infinity := {flag(form.has_inf)};
  has_nan := {flag(form.has_nan)};
  has_negative_zero := {flag(form.has_negative_zero)}
|}}."""


def _entries(layer: Layer) -> Iterable[Any]:
    yield from layer.initial
    for steps in layer.steps.values():
        for step in steps:
            if isinstance(step, DeltaStep):
                yield from (step.beta, *step.key, step.write)
            else:
                yield from (x for row in step.matrix for x in row)
                yield from step.bias
