"""Networks as JSON: schema ``negeig.network/1``, written by ``compile`` and read by the rest.

One object with the keys

``schema``
    ``"negeig.network/1"``.
``alphabet``
    Letters of the task.
``field``
    null for rational entries, or ``{"minimal_polynomial": [integers, constant term first],
    "root": decimal string near the intended real root}``.
``layers``
    Objects with ``alphabet``, ``dim``, ``initial`` (numbers), ``steps`` (a list of steps for every
    letter, an empty one for the identity), ``codes`` (points) and ``emit`` (one row for each code,
    one symbol for each letter). A step is ``{beta, key, write}`` or ``{matrix, bias}``. Optional:
    ``names``, what each coordinate stands for.
``outputs``, ``empty``
    Output for each symbol of the last layer (for each letter when there are no layers), and on the
    empty word: JSON values.
``about``
    Optional: an object that says how the network was made. Readers ignore it.

A number is a string ``"p"`` or ``"p/q"``; in a number field a list of them, the coefficients of
the powers of the root.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from negeig.automata.formats.documents import glance, other_than
from negeig.automata.formats.files import decode, read_bytes
from negeig.automata.formats.json_file import loads as load_json
from negeig.automata.formats.json_file import written_output
from negeig.automata.problems import Problems
from negeig.claims import InputError
from negeig.theory.exact.numbers import FieldElement, Number, Vector
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN, Step
from negeig.theory.networks.network_reader import MAX_DIGITS, SCHEMA, Reader

READ = "here a network is read, which negeig compile -o NAME.json writes"


def to_json(network: LinearRNN, about: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the network as a JSON object; numbers in lowest terms.

    Parameters
    ----------
    network : LinearRNN
    about : mapping, optional
        How the network was made, as JSON values; written as it is.

    Raises
    ------
    InputError
        When a number has more than 4,000 digits, an output or ``about`` is no JSON value, or a
        layer has names, but not one for each coordinate.

    Examples
    --------
    >>> from negeig.theory.networks.network import Layer
    >>> one = Fraction(1)
    >>> flip = DeltaStep(2 * one, (one,), 0 * one)
    >>> layer = Layer(alphabet=("1",), initial=(one,), steps={"1": (flip,)},
    ...               codes=((one,), (-one,)), emit=(("even",), ("odd",)))
    >>> net = LinearRNN(alphabet=("1",), layers=(layer,), outputs={"even": 1, "odd": 0}, empty=1)
    >>> to_json(net)["layers"][0]["steps"]
    {'1': [{'beta': '2', 'key': ['1'], 'write': '0'}]}
    """
    field = network.field
    degree = 1 if field is None else field.degree

    def number(value: Number) -> str | list[str]:
        if field is None:
            return _text(value)
        if isinstance(value, FieldElement):
            return [_text(c) for c in value.coefficients]
        return [_text(value)] + ["0"] * (degree - 1)

    def vector(values: Vector) -> list[str | list[str]]:
        return [number(value) for value in values]

    def step(value: Step) -> dict[str, Any]:
        if isinstance(value, DeltaStep):
            beta, write = number(value.beta), number(value.write)
            return {"beta": beta, "key": vector(value.key), "write": write}
        return {"matrix": [vector(row) for row in value.matrix], "bias": vector(value.bias)}

    def layer_json(index: int, layer: Layer) -> dict[str, Any]:
        value: dict[str, Any] = {
            "alphabet": list(layer.alphabet),
            "dim": layer.dim,
            "initial": vector(layer.initial),
            "steps": {a: [step(s) for s in layer.steps[a]] for a in layer.alphabet},
            "codes": [vector(code) for code in layer.codes],
            "emit": [list(row) for row in layer.emit],
        }
        if layer.names:
            if len(layer.names) != layer.dim:
                raise InputError(
                    "network",
                    f"layers[{index}]: {len(layer.names)} names for {layer.dim} coordinates",
                )
            value["names"] = list(layer.names)
        return value

    for output in (*network.outputs.values(), network.empty):
        written_output(output)
    return {
        "schema": SCHEMA,
        "alphabet": list(network.alphabet),
        "field": field
        and {"minimal_polynomial": list(field.minimal_polynomial), "root": field.root},
        "layers": [layer_json(i, layer) for i, layer in enumerate(network.layers)],
        "outputs": dict(network.outputs),
        "empty": network.empty,
        **({} if about is None else {"about": _about(about)}),
    }


def dumps(network: LinearRNN, about: Mapping[str, Any] | None = None) -> str:
    """Write a network as JSON text that :func:`loads` reads back as an equal network.

    ``about`` and errors as for :func:`to_json`.
    """
    return json.dumps(to_json(network, about), ensure_ascii=False, allow_nan=False)


def read(path: str, max_bytes: int = 64_000_000) -> LinearRNN:
    """Read a network file; ``-`` is standard input.

    Raises InputError as :func:`loads` does, and when the file cannot be opened or is larger than
    ``max_bytes``, which is checked before it is read.
    """
    name, data = read_bytes(path, max_bytes)
    return loads(data, name, max_bytes)


def loads(source: str | bytes, name: str = "network", max_bytes: int = 64_000_000) -> LinearRNN:
    """Parse a network.

    Parameters
    ----------
    source : str or bytes
        The whole document; bytes are UTF-8.
    name : str
        What messages call it.
    max_bytes : int
        The largest document to parse.

    Raises
    ------
    InputError
        Listing every problem with its place, such as ``layers[0].steps["a"][1].key[3]``.

    Examples
    --------
    >>> text = '''{"schema": "negeig.network/1", "alphabet": ["a", "b"], "field": null,
    ...            "layers": [], "outputs": {"a": 1, "b": 0}, "empty": 0}'''
    >>> loads(text).run("ab")
    (0, 1, 0)
    >>> loads(text.replace("[]", '""'))
    Traceback (most recent call last):
    negeig.claims.InputError: network: layers: expected a list, found ""
    """
    if len(source) > max_bytes:
        raise InputError(
            name,
            f"the file is too large: {len(source):,} bytes, the limit is {max_bytes:,}; "
            "raise it with --max-bytes",
            code="file-too-large",
        )
    text = decode(source, name) if isinstance(source, bytes) else source
    if not text.strip():
        raise InputError(name, f"nothing is there; {READ}", code="bad-file")
    try:
        document = load_json(text)
    except ValueError as error:
        other = other_than("network", glance(text))
        problem = f"{other}; {READ}" if other else f"not valid JSON: {error}"
        raise InputError(name, problem, code="bad-file") from None
    if other := other_than("network", document):
        raise InputError(name, f"{other}; {READ}", code="bad-file")
    problems = Problems(name)
    network = Reader(problems).network(document)
    if problems or network is None:
        raise problems.error()
    return network


def _about(about: Mapping[str, Any]) -> Any:
    try:
        return json.loads(json.dumps(dict(about), allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError("network", f"about is not a JSON object: {error}") from None


def _text(value: Number) -> str:
    """Write a rational in lowest terms."""
    rational = value if isinstance(value, Fraction) else value.rational()
    if rational is None:
        raise InputError("network", "an entry is not rational, and the network names no field")
    try:
        text = str(rational)
    except ValueError:  # Python refuses to write very long integers
        text = "0" * (MAX_DIGITS + 1)
    if len(text) > MAX_DIGITS:
        raise InputError("network", f"a number has more than {MAX_DIGITS:,} digits")
    return text
