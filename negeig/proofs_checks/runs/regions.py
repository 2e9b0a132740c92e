"""A certificate that a network is right by regions: boxes of states, and where letters lead.

See :mod:`negeig.theory.closure.regions`. Only boxes are written down. In a rounded arithmetic they
have the largest margin that is found: the checker bounds errors in its own, plain way.
"""

from __future__ import annotations

from fractions import Fraction
from io import BufferedReader, BytesIO
from typing import Any

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, Letter
from negeig.precision.closure.letter_error import NoBound
from negeig.precision.closure.margins import layer_margin
from negeig.precision.numbers.arithmetic import Arithmetic
from negeig.proofs_checks import checker
from negeig.proofs_checks.certificate import Certificate
from negeig.proofs_checks.runs.closure import CLAIM
from negeig.proofs_checks.runs.numbers import number_writer
from negeig.proofs_checks.runs.subject import Subject
from negeig.proofs_checks.runs.tables import Row
from negeig.theory.closure.regions import Regions, closed_by_regions, proved_by_regions
from negeig.theory.networks.network import Layer, LinearRNN


class RegionRows:
    """The regions of one layer as the rows of a certificate.

    Raises InputError where they are no boxes, or one of them leaves the cell of its code.
    """

    def __init__(self, found: Regions, layer: Layer) -> None:
        search, number = found.search, number_writer(None)
        if not found.template.is_boxes:
            raise InputError("certificate", "there is none for regions other than boxes")
        self.places = list(found.found)
        places = search.plain
        index = {place: i for i, place in enumerate(self.places)}
        nothing = (Fraction(0),) * layer.dim
        columns = [search.task.alphabet.index(letter) for letter in layer.alphabet]
        self._letters = {letter: a for a, letter in enumerate(layer.alphabet)}
        self._after: list[list[int]] = []
        self._rows: list[Row] = []
        for place, box in found.found.items():
            if places.cell(box) != place[1]:
                raise InputError("certificate", "a region leaves the cell of its code")
            reached = []
            for a in columns:
                target = places.place(place[0], a, places.image(a, box, nothing))
                assert target is not None  # as it was verified
                reached.append(index[target])
            self._after.append(reached)
            ends = [[number(low), number(high)] for low, high in box]
            self._rows.append([{"box": ends, "code": place[1], "after": reached}])
        self._emit = layer.emit

    @classmethod
    def of(cls, alone: LinearRNN, model: Arithmetic) -> RegionRows:
        """Close one layer over its own letters. Raises InputError where no regions are found."""
        return cls(_wide(closed_by_regions(alone), model), alone.layers[0])

    def step(self, state: int, letter: Letter) -> tuple[int, Letter | None]:
        """Return the region that a letter leads to, and the symbol that comes out."""
        column = self._letters[letter]
        target = self._after[state][column]
        return target, self._emit[self.places[target][1]][column]

    def rows(self) -> list[Row]:
        """Return the rows of the certificate."""
        return self._rows


def regions_certificate(
    network: LinearRNN, machine: Machine, arithmetic: str | Arithmetic = "exact"
) -> Certificate:
    """Return the certificate of a network of one rational layer.

    Raises InputError where no boxes are found that prove it, or none with a margin in which the
    checker's bound of errors has room.

    Examples
    --------
    >>> import negeig
    >>> made = negeig.compile(zoo="ends-with:01")
    >>> for arithmetic in ("exact", "fp32"):
    ...     certificate = regions_certificate(made.network, made.machine, arithmetic)
    ...     print(certificate.kind, certificate.evidence["regions"])
    regions [True]
    regions [True]
    """
    subject = Subject.of(network, machine, arithmetic)
    (layer,) = subject.network.layers
    regions = proved_by_regions(subject.network, subject.machine)
    found = RegionRows(_wide(regions, subject.arithmetic), layer)
    states = [[q, i] for i, (q, _) in enumerate(found.places)]
    return believed(
        Certificate(
            kind="regions",
            claim=CLAIM,
            about=subject.to_json(),
            evidence={
                "layers": [len(states)],
                "regions": [True],
                "classes": [],
                "states": len(states),
            },
            rows=(found.rows(), states),
        )
    )


def believed(certificate: Certificate) -> Certificate:
    """Return a certificate that the checker verifies. Raises InputError for any other.

    Its bound of the errors is another than ours, and may have no room where ours has.
    """
    file: Any = BytesIO("".join(line + "\n" for line in certificate.lines()).encode())
    ((verdict, reason, _),) = checker.check(BufferedReader(file), set())
    if verdict != "VERIFIED":
        raise InputError("certificate", f"the checker does not verify it: {reason}")
    return certificate


def one_layer_of(layer: Layer) -> LinearRNN:
    """Return a layer as a network of its own, whose outputs nobody asks for."""
    symbols = dict.fromkeys(symbol for row in layer.emit for symbol in row)
    return LinearRNN(alphabet=layer.alphabet, layers=(layer,), outputs=symbols, empty=None)


def _wide(found: Regions | None, model: Arithmetic) -> Regions:
    """Return regions, with a margin where something is rounded."""
    if found is None:
        raise InputError("certificate", "no regions are found")
    if model.is_exact:
        return found
    try:
        return layer_margin(found, model).regions
    except NoBound as problem:
        raise InputError("certificate", f"no bound on the error of a letter: {problem}") from None
