"""Reading a network document: every problem of it, with its place, and never anything else.

What the keys mean is said in :mod:`negeig.theory.networks.network_json`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from typing import Any, Final, TypeVar

from negeig.automata.formats.json_file import output_problem
from negeig.automata.problems import Problems, letter_problems, shown
from negeig.claims import InputError, Letter, Output
from negeig.theory.exact.numbers import Number, NumberField, Vector
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN, Step

SCHEMA = "negeig.network/1"

MAX_DIGITS = 4000
"""Longest number string; Python itself refuses conversions a little above this."""

MAX_DEGREE = 32
"""Largest degree of a number field that is read."""

MAX_COEFFICIENT = 10**100
"""Coefficients of a minimal polynomial are smaller than this."""

ABSENT: Final = object()
"""Stands for the value of a key that is missing."""

_RATIONAL = re.compile(r"-?[0-9]+(?:/[0-9]+)?")
_DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")

T = TypeVar("T")


class Reader:
    """Reads a document; every method notes what is wrong and returns None where it found nothing.

    ``path`` is where in the document a value stands, for messages.
    """

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.field: NumberField | None = None
        self.in_field = False
        self._known: dict[str, Fraction] = {}

    def _wrong(self, path: str, expected: str, found: object) -> None:
        """Note a value of the wrong kind; that a key is missing has been noted already."""
        if found is not ABSENT:
            self.problems.add(f"{path}: expected {expected}, found {shown(found)}")

    def network(self, value: object) -> LinearRNN | None:
        """Read the whole document; the network is sound only when no problem was noted."""
        keys = ("schema", "alphabet", "field", "layers", "outputs", "empty")
        found = self._fields(value, "", keys, optional=("about",))
        if found is None:
            return None
        if found["schema"] != SCHEMA:
            self._wrong("schema", f'"{SCHEMA}"', found["schema"])
        self.field = self._number_field(found["field"])
        alphabet = self._letters(found["alphabet"], "alphabet")
        layers = self._entries(found["layers"], "layers", self._layer)
        outputs = self._outputs(found["outputs"])
        self._output(found["empty"], "empty")
        if not isinstance(found["about"], dict):
            self._wrong("about", "an object", found["about"])
        if alphabet is None or layers is None or outputs is None:
            return None
        self._connections(alphabet, layers, outputs)
        return LinearRNN(
            alphabet=alphabet,
            layers=layers,
            outputs=outputs,
            empty=found["empty"],
            field=self.field,
        )

    def _connections(
        self, alphabet: Sequence[Letter], layers: Sequence[Layer], outputs: dict[Letter, Output]
    ) -> None:
        """Check that every symbol is read by the next layer, and the last ones have outputs."""
        symbols: dict[str, str] = {a: f"alphabet: letter {shown(a)}" for a in alphabet}
        for i, layer in enumerate(layers):
            self._reads(symbols, set(layer.alphabet), f"layers[{i}] does not read")
            symbols = {
                symbol: f"layers[{i}].emit[{c}][{a}]: {shown(symbol)}"
                for c, row in enumerate(layer.emit)
                for a, symbol in enumerate(row)
            }
        self._reads(symbols, set(outputs), "outputs lacks")

    def _reads(self, symbols: dict[str, str], known: set[str], complaint: str) -> None:
        missing = [where for symbol, where in symbols.items() if symbol not in known]
        self.problems.extend(len(missing), (f"{where}, which {complaint}" for where in missing))

    def _layer(self, value: object, path: str) -> Layer | None:
        keys = ("alphabet", "dim", "initial", "steps", "codes", "emit")
        found = self._fields(value, path, keys, optional=("names",))
        if found is None:
            return None
        alphabet = self._letters(found["alphabet"], f"{path}.alphabet")
        dim = found["dim"]
        if type(dim) is not int or dim < 1:
            self._wrong(f"{path}.dim", "an integer, 1 or more", dim)
            dim = None
        initial = self._vector(found["initial"], f"{path}.initial", dim)
        steps = self._steps(found["steps"], f"{path}.steps", alphabet, dim)
        codes = self._entries(
            found["codes"], f"{path}.codes", partial(self._vector, dim=dim), least=1
        )
        names: tuple[str, ...] | None = ()
        if found["names"] is not ABSENT:
            names = self._entries(
                found["names"],
                f"{path}.names",
                partial(self._symbol, what="a name"),
                exactly=dim,
                each="coordinate",
            )
        width = None if alphabet is None else len(alphabet)
        emit = self._entries(
            found["emit"],
            f"{path}.emit",
            partial(self._entries, item=self._symbol, exactly=width, each="letter"),
            exactly=None if codes is None else len(codes),
            each="code",
        )
        if alphabet is None or initial is None or steps is None or codes is None or emit is None:
            return None
        return Layer(
            alphabet=alphabet,
            initial=initial,
            steps=steps,
            codes=codes,
            emit=emit,
            names=names or (),
        )

    def _steps(
        self, value: object, path: str, alphabet: Sequence[Letter] | None, dim: int | None
    ) -> dict[Letter, tuple[Step, ...]] | None:
        if not isinstance(value, dict):
            self._wrong(path, "an object", value)
            return None
        for letter in alphabet or ():
            if letter not in value:
                self.problems.add(f"{path}: no steps for letter {shown(letter)}")
        steps: dict[Letter, tuple[Step, ...]] = {}
        for letter, listed in value.items():
            place = f"{path}[{shown(letter)}]"
            if alphabet is not None and letter not in alphabet:
                self.problems.add(f"{place}: the letter is not in the layer's alphabet")
            found: tuple[Step, ...] | None = self._entries(
                listed, place, partial(self._step, dim=dim)
            )
            if found is not None:
                steps[letter] = found
        return steps if len(steps) == len(value) else None

    def _step(self, value: object, path: str, dim: int | None) -> Step | None:
        if isinstance(value, dict) and ("matrix" in value or "bias" in value):
            dense = self._fields(value, path, ("matrix", "bias"))
            if dense is None:
                return None
            matrix = self._entries(
                dense["matrix"],
                f"{path}.matrix",
                partial(self._vector, dim=dim),
                exactly=dim,
                each="coordinate",
            )
            bias = self._vector(dense["bias"], f"{path}.bias", dim)
            return None if matrix is None or bias is None else DenseStep(matrix, bias)
        delta = self._fields(value, path, ("beta", "key", "write"))
        if delta is None:
            return None
        beta = self._number(delta["beta"], f"{path}.beta")
        key = self._vector(delta["key"], f"{path}.key", dim)
        write = self._number(delta["write"], f"{path}.write")
        return None if beta is None or key is None or write is None else DeltaStep(beta, key, write)

    def _fields(
        self, value: object, path: str, keys: Sequence[str], optional: Sequence[str] = ()
    ) -> dict[str, Any] | None:
        """Return an object's values for these keys, ABSENT where one is missing, and no others.

        That a key is missing is a problem unless it is optional.
        """
        where = path or "document"
        if not isinstance(value, dict):
            self._wrong(where, "an object", value)
            return None
        known = (*keys, *optional)
        unknown = [key for key in value if key not in known]
        missing = [key for key in keys if key not in value]
        self.problems.extend(
            len(unknown),
            (f"{where}: unknown key {shown(k)}; the keys are {', '.join(known)}" for k in unknown),
        )
        self.problems.extend(len(missing), (f'{where}: "{key}" is missing' for key in missing))
        return {key: value.get(key, ABSENT) for key in known}

    def _entries(
        self,
        value: object,
        path: str,
        item: Callable[[object, str], T | None],
        *,
        least: int = 0,
        exactly: int | None = None,
        each: str = "",
    ) -> tuple[T, ...] | None:
        if not isinstance(value, list):
            self._wrong(path, "a list", value)
            return None
        if exactly is not None and len(value) != exactly:
            self.problems.add(
                f"{path}: {len(value)} entries, expected {exactly}, one for each {each}"
            )
            return None
        if len(value) < least:
            self.problems.add(f"{path}: expected {least} or more entries, found none")
            return None
        found = [item(entry, f"{path}[{i}]") for i, entry in enumerate(value)]
        kept = tuple(entry for entry in found if entry is not None)
        return kept if len(kept) == len(found) else None

    def _vector(self, value: object, path: str, dim: int | None) -> Vector | None:
        return self._entries(value, path, self._number, exactly=dim, each="coordinate")

    def _number(self, value: object, path: str) -> Number | None:
        if not self.in_field:
            return self._rational(value, path)
        coefficients = self._entries(value, path, self._rational, least=1)
        if coefficients is None or self.field is None:
            return None
        if len(coefficients) > self.field.degree:
            self.problems.add(
                f"{path}: {len(coefficients)} coefficients, at most {self.field.degree} in a "
                "field of that degree"
            )
            return None
        element = self.field.element(coefficients)
        rational = element.rational()
        return element if rational is None else rational

    def _rational(self, value: object, path: str) -> Fraction | None:
        if isinstance(value, str):
            if value in self._known:
                return self._known[value]
            if len(value) > MAX_DIGITS:
                self.problems.add(f"{path}: a number of more than {MAX_DIGITS:,} characters")
                return None
            if _RATIONAL.fullmatch(value):
                try:
                    self._known[value] = Fraction(value)
                except ZeroDivisionError:
                    self.problems.add(f"{path}: the denominator of {shown(value)} is zero")
                    return None
                return self._known[value]
        self._wrong(path, 'a number as a string "p" or "p/q"', value)
        return None

    def _number_field(self, value: object) -> NumberField | None:
        self.in_field = value is not None and value is not ABSENT
        if not self.in_field:
            return None
        found = self._fields(value, "field", ("minimal_polynomial", "root"))
        if found is None:
            return None
        coefficients = self._entries(
            found["minimal_polynomial"], "field.minimal_polynomial", self._integer, least=2
        )
        if coefficients is not None and len(coefficients) > MAX_DEGREE + 1:
            self.problems.add(f"field.minimal_polynomial: a degree above {MAX_DEGREE}")
            coefficients = None
        root = found["root"]
        if not isinstance(root, str) or len(root) > MAX_DIGITS or not _DECIMAL.fullmatch(root):
            self._wrong("field.root", "a decimal number as a string", root)
            return None
        if coefficients is None:
            return None
        try:
            return NumberField(coefficients, root)
        except InputError as error:
            self.problems.extend(len(error.problems), (f"field: {p}" for p in error.problems))
            return None

    def _integer(self, value: object, path: str) -> int | None:
        if type(value) is int and abs(value) < MAX_COEFFICIENT:
            return value
        self._wrong(path, "an integer of at most 100 digits", value)
        return None

    def _letters(self, value: object, path: str) -> tuple[Letter, ...] | None:
        if not isinstance(value, list):
            self._wrong(path, "a list", value)
            return None
        problems = letter_problems(value)
        self.problems.extend(len(problems), (f"{path}: {problem}" for problem in problems))
        return None if problems else tuple(value)

    def _symbol(self, value: object, path: str, what: str = "a symbol") -> str | None:
        if isinstance(value, str) and output_problem(value) is None:
            return value
        self._wrong(path, f"{what}, a string of Unicode characters", value)
        return None

    def _outputs(self, value: object) -> dict[Letter, Output] | None:
        if not isinstance(value, dict):
            self._wrong("outputs", "an object", value)
            return None
        for symbol, output in value.items():
            self._output(output, f"outputs[{shown(symbol)}]")
        return value

    def _output(self, value: object, path: str) -> None:
        problem = None if value is ABSENT else output_problem(value)
        if problem:
            self.problems.add(f"{path}: {problem}")
