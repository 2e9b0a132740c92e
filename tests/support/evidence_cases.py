"""Evidence of every kind with what it is about, and oracles for what the documents state."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product
from typing import Any

from negeig.automata import zoo
from negeig.automata.decomposition.cascade_certificate import CascadeCertificate
from negeig.automata.decomposition.holonomy import holonomy
from negeig.automata.expressions.regex_machine import regex_to_machine
from negeig.automata.formats import json_file
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.varieties.membership import classify
from negeig.automata.varieties.table import CLASSES
from negeig.evidence import Evidence
from negeig.precision.cast.cast import FormatCast
from negeig.precision.cast.collisions import find_collision
from negeig.precision.numbers.formats import FORMATS
from negeig.theory.bounds.witnesses import Contexts, idempotent_witness, period_witness
from negeig.theory.contractions.refusal import infeasibility
from negeig.theory.contractions.semidefinite import program, solve
from negeig.theory.networks import network_json
from negeig.theory.networks.network import DenseStep, Layer, LinearRNN
from negeig.theory.spectra import certificate, refutation, spectrum

Case = tuple[Evidence[Any], Any]

PARITY = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[1, 0])


FIRST_LETTER = Machine(
    alphabet="ab", transitions=[[1, 2], [1, 1], [2, 2]], initial=0, outputs=[2, 0, 1]
)


def exact(rows: list[list[Any]]) -> tuple[tuple[Fraction, ...], ...]:
    return tuple(tuple(_fraction(x) for x in row) for row in rows)


def _fraction(x: Any) -> Fraction:
    return Fraction(int(x, 16)) if str(x).startswith("0x") else Fraction(x)


def _spectrum() -> Iterator[Case]:
    for rows in ([[0, -1], [1, 0]], [[0, 1], [1, 0]], [["1/2", 1, 0], [0, "1/3", 0], [0, 0, 0]]):
        matrix = exact(rows)
        yield certificate(matrix), matrix
        if against := refutation(matrix):
            yield against, matrix


def _infeasibility() -> Iterator[Case]:
    for machine in (zoo.get("starts-with:a").minimal(), FIRST_LETTER):
        found = infeasibility(machine)
        assert found is not None
        yield found, machine


def network() -> LinearRNN:
    """One layer whose state shrinks, so that its cast stands still."""
    half, one = Fraction(1, 2), Fraction(1)
    step = DenseStep(exact([[half, "1/4"], [0, "3/4"]]), (one, -one))
    layer = Layer(
        alphabet=("1",), initial=(Fraction(3), Fraction(1, 3)), steps={"1": (step,)},
        codes=((one, one),), emit=(("0",),),
    )  # fmt: skip
    return LinearRNN(alphabet=("1",), layers=(layer,), outputs={"0": 0}, empty=1)


def stack() -> LinearRNN:
    """A second layer on top, told whether the first one's state is nearer to 0 or to 8."""
    half, one = Fraction(1, 2), Fraction(1)
    first = Layer(
        alphabet=("1",), initial=(8 * one,), steps={"1": (DenseStep(((half,),), (0 * one,)),)},
        codes=((0 * one,), (8 * one,)), emit=(("low",), ("high",)),
    )  # fmt: skip
    second = Layer(
        alphabet=("low", "high"), initial=(one,), codes=((one,),), emit=(("0", "0"),),
        steps={"low": (DenseStep(((half,),), (one,)),), "high": (DenseStep(((one,),), (one,)),)},
    )  # fmt: skip
    return LinearRNN(alphabet=("1",), layers=(first, second), outputs={"0": 0}, empty=1)


def _collision() -> Iterator[Case]:
    for format, model, variant, signed in (
        ("bf16", network(), "state", False),
        ("e3m2fn", network(), "terms", True),
        ("e3m2fn", stack(), "state", False),
    ):
        found = find_collision(model, PARITY, FormatCast(FORMATS[format], signed), variant=variant)
        assert found is not None
        assert found.bound is not None
        yield found, (model, PARITY)
    blind = LinearRNN(alphabet=("1",), layers=(), outputs={"1": 0}, empty=1)
    found = find_collision(blind, PARITY, FormatCast(FORMATS["bf16"]))
    assert found is not None
    yield found, (blind, PARITY)


def _idempotents() -> Iterator[Case]:
    for machine in (zoo.get("starts-with:a").minimal(), regex_to_machine("a[ab]*b").minimal()):
        found, _ = idempotent_witness(Contexts(machine), transition_monoid(machine))
        assert found is not None
        yield found, machine


def _period() -> Iterator[Case]:
    yield period_witness(zoo.get("mod:6").minimal(), ("1",), (), ()), zoo.get("mod:6").minimal()
    late = Machine(
        alphabet="ab", transitions=[[1, 0], [2, 0], [3, 1], [1, 3]], initial=0, outputs=[5, 5, 6, 7]
    )
    yield period_witness(late, ("a",), ("b",), ("a",)), late


def _variety() -> Iterator[Case]:
    for regex in ("(ab)*", "(aa)*b", "a[ab]*"):
        machine = regex_to_machine(regex).minimal()
        for found in classify(transition_monoid(machine), only=("PT", "QA", "Fin", "SL", "TDef")):
            if found.witness is not None:
                yield found, machine


def _cascade() -> Iterator[Case]:
    for machine in (FIRST_LETTER, zoo.get("mod:3").minimal()):
        yield CascadeCertificate(holonomy(machine)), machine


MADE: dict[str, Callable[[], Iterator[Case]]] = {
    "cascade": _cascade,
    "collision": _collision,
    "idempotents": _idempotents,
    "infeasibility": _infeasibility,
    "period": _period,
    "spectrum": _spectrum,
    "variety": _variety,
}
"""Examples of every kind."""


def _cycle(size: int) -> dict[str, Any]:
    """States in a circle, every other one accepting: not minimal but for two."""
    rows = [[(q + 1) % size] for q in range(size)]
    return {
        "alphabet": ["a"], "initial": 0, "transitions": rows, "accepting": list(range(0, size, 2)),
    }  # fmt: skip


def _still() -> dict[str, Any]:
    """A network whose state never moves, and the parity of the letters a."""
    layer = {
        "alphabet": ["a", "b"], "dim": 1, "initial": ["1"], "steps": {"a": [], "b": []},
        "codes": [["1"]], "emit": [["0", "0"]],
    }  # fmt: skip
    return {
        "network": {
            "schema": "negeig.network/1", "alphabet": ["a", "b"], "field": None, "layers": [layer],
            "outputs": {"0": 0}, "empty": 0,
        },
        "machine": {
            "alphabet": ["a", "b"], "initial": 0, "transitions": [[1, 0], [0, 1]], "accepting": [0],
        },
    }  # fmt: skip


def forged(name: str, documents: list[dict[str, Any]]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Yield what certificates are about, and data that a careless check would believe."""
    about, data = (documents[0][key] for key in ("about", "evidence"))
    if name == "spectrum":
        third = [["0", "0", "1"], ["1", "0", "0"], ["0", "1", "0"]]  # eigenvalues: roots of x^3 - 1
        cubic = {"polynomial": ["-1", "0", "0", "1"], "exponent": 1}
        for points in (["0", "2", "0", "2"], ["0", "2"], ["0", "1", "2", "3"]):
            yield third, {"kind": "real", "factors": [{**cubic, "points": points}]}
        swap = {"polynomial": ["-1", "0", "1"], "exponent": 1, "points": ["-4", "0", "4"]}
        yield [["0", "1"], ["1", "0"]], {"kind": "nonnegative", "factors": [swap]}
        bomb = {"polynomial": ["1"], "exponent": 10**12, "points": ["0"]}
        yield [["0", "1"], ["1", "0"]], {"kind": "real", "factors": [swap, bomb]}
        yield [["0", "1"]], {"kind": "real", "factors": [swap]}
        yield [["0", "1"], ["1"]], {"kind": "non-real", "trace": ["0", "1"]}
    elif name == "infeasibility":
        yield about, {**data, "vanishing": ["0", "0", "0"], "equations": []}
        yield about, {**data, "vanishing": [], "equations": []}
        yield about, {**data, "e": ["a", "b"], "f": ["a", "b"]}
    elif name == "collision":
        low, _ = data["exponents"]
        yield about, {**data, "exponents": [low, low + 2], "outputs": data["outputs"][:1] * 2}
        yield about, {**data, "exponents": [low, low], "outputs": data["outputs"][:1] * 2}
        fields = {"cast": "bf16", "variant": "state", "bound": None, "suffix": [], "word": ["a"]}
        ends = {"exponents": [0, 1], "outputs": [1, 0], "states": ["3f80"]}
        yield _still(), {**fields, **ends, "prefix": ["b"]}  # the last letter tells
        yield _still(), {**fields, **ends, "prefix": []}  # and there is none before the first
        same = {"exponents": [1, 3], "outputs": [0, 0]}
        yield _still(), {**fields, **ends, "prefix": [], **same}
    elif name == "idempotents":
        yield about, {**data, "e": [], "f": []}
    elif name == "period":
        fields = {"word": ["a"], "prefix": [], "suffix": []}
        for index, period in ((0, 4), (1, 2), (0, 3), (-1, 2), (0, 1), (0, 0), (2, -2)):
            yield _cycle(6), {**fields, "index": index, "period": period}
    elif name == "variety":
        for document in documents:
            witness = document["evidence"]["witness"]
            for omega in (0, -(witness["omega"] or 0), (witness["omega"] or 1) + 0.5, None):
                if omega != witness["omega"]:
                    other = {**witness, "omega": omega}
                    yield document["about"], {**document["evidence"], "witness": other}
        dead = {**data["witness"], "prefix": ["a", "a"], "outputs": [0, 0]}
        yield about, {**data, "witness": dead}
        orders = next(c for c in CLASSES if c.short == "Gp")
        rule = next(r.text for r in orders.rules if "coprime" in r.text)
        witness = {
            "rule": rule, "words": {"x": ["a"] * 3, "y": ["a"] * 2}, "omega": None, "prefix": [],
            "suffix": [], "outputs": [0, 1],
        }  # fmt: skip
        for outputs in ([0, 1], [1, 0]):  # orders 2 and 3, but not as maps of what parity sees
            yield _cycle(6), {
                "name": orders.name, "short": "Gp", "holds": False, "of": orders.of,
                "identity": "; ".join(r.text for r in orders.rules), "source": orders.source,
                "reason": "", "witness": {**witness, "outputs": outputs},
            }  # fmt: skip
    elif name == "cascade":
        first, second = data["levels"]
        more = {"contexts": [*second["contexts"], [7]], "choice": [*second["choice"], [0, 0]]}
        yield about, {**data, "levels": [first, {**second, **more}]}
        yield about, {**data, "levels": [first, {**second, "maps": [*second["maps"], [1, 0]]}]}


# Whether a document's statement is true, in the simplest way: its fields are read as they are.


def _machine(about: Any) -> Machine:
    return json_file.parse(json.dumps(about), "machine")[0]


def _is_spectrum(about: Any, data: Any) -> bool:
    found = spectrum(exact(about))
    return {
        "nonnegative": found.is_nonnegative,
        "real": found.is_real,
        "non-real": not found.is_real,
        "not-nonnegative": not found.is_nonnegative,
    }[data["kind"]]


def _is_infeasible(about: Any, data: Any) -> bool:
    return solve(program(_machine(about))) is None


def casts_seen(
    layers: tuple[Layer, ...], word: list[str], cast: FormatCast, terms: bool
) -> list[str]:
    """Casts of all coordinates after a word, by running it."""
    if terms:
        (layer,) = layers
        zero = (Fraction(0),) * layer.dim

        def linear(letter: str, v: tuple[Any, ...]) -> tuple[Any, ...]:
            moved = zip(layer.apply(letter, v), layer.apply(letter, zero), strict=True)
            return tuple(x - y for x, y in moved)

        parts = [tuple(layer.initial)]
        for letter in word:
            parts = [linear(letter, v) for v in parts] + [tuple(layer.apply(letter, zero))]
        columns = zip(*parts, strict=True)
        return [cast.cell(sum(cast.cell(x).value for x in column)).bits for column in columns]
    states = [tuple(layer.initial) for layer in layers]
    for letter in word:
        for i, layer in enumerate(layers):
            states[i] = tuple(layer.apply(letter, states[i]))
            if i + 1 < len(layers):
                seen = [cast.cell(x).value for x in states[i]]
                far = [
                    sum((x - y) ** 2 for x, y in zip(seen, code, strict=True))
                    for code in layer.codes
                ]
                letter = layer.emit[far.index(min(far))][layer.alphabet.index(letter)]
    return [cast.cell(x).bits for state in states for x in state]


def _is_collision(about: Any, data: Any) -> bool:
    layers = network_json.loads(json.dumps(about["network"])).layers
    machine = _machine(about["machine"])
    one, two = (data["prefix"] + data["word"] * k + data["suffix"] for k in data["exponents"])
    name = data["cast"]
    cast = FormatCast(FORMATS[name.removesuffix("+-0")], name.endswith("+-0"))
    seen = [casts_seen(layers, word, cast, data["variant"] == "terms") for word in (one, two)]
    return (
        seen == [data["states"]] * 2
        and one[-1] == two[-1]
        and [machine.output(one), machine.output(two)] == data["outputs"]
        and machine.output(one) != machine.output(two)
    )


def _is_idempotent_pair(about: Any, data: Any) -> bool:
    machine = _machine(about)
    e, f, prefix, suffix = (data[key] for key in ("e", "f", "prefix", "suffix"))

    def after(state: int, word: list[str]) -> int:
        for letter in word:
            state = int(machine.transitions[state, machine.index(letter)])
        return state

    states = range(machine.size)
    idempotent = all(after(q, w + w) == after(q, w) for q in states for w in (e, f))
    one, two = prefix + e + f + e + suffix, prefix + f + e + suffix
    return idempotent and machine.output(one) != machine.output(two)


def _is_period(about: Any, data: Any) -> bool:
    machine = _machine(about)
    i, p, far = data["index"], data["period"], 3 * machine.size
    shown = [
        machine.output(data["prefix"] + data["word"] * k + data["suffix"]) for k in range(3 * far)
    ]

    def repeats(after: int, start: int) -> bool:
        return all(shown[k] == shown[k + after] for k in range(start, far))

    least = repeats(p, i) and not any(repeats(d, i) for d in range(1, p))
    return least and (i == 0 or not repeats(p, i - 1))


def _is_outside(about: Any, data: Any) -> bool:
    monoid = transition_monoid(_machine(about).minimal())
    return classify(monoid, only=[data["short"]])[0].holds is False


def _is_cascade(about: Any, data: Any) -> bool:
    machine = _machine(about)
    cascade = CascadeCertificate.from_json(data, machine).cascade
    words = (word for n in range(6) for word in product(machine.alphabet, repeat=n))
    return all(cascade.run(word) == machine.run(word) for word in words)


TRUE: dict[str, Callable[[Any, Any], bool]] = {
    "cascade": _is_cascade,
    "collision": _is_collision,
    "idempotents": _is_idempotent_pair,
    "infeasibility": _is_infeasible,
    "period": _is_period,
    "spectrum": _is_spectrum,
    "variety": _is_outside,
}
"""Whether the statement of a document is true, from ``about`` and ``evidence``."""
