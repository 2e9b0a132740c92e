"""A certificate that a network is right by regions: boxes of exact states, and where letters lead.

See :mod:`negeig.theory.closure.regions`. Only boxes are written down, in exact arithmetic: for the
errors of a rounded one a bound in every order of every sum takes an analysis of its own.
"""

from __future__ import annotations

from fractions import Fraction

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, Letter
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
    def of(cls, alone: LinearRNN) -> RegionRows:
        """Close one layer over its own letters. Raises InputError where no regions are found."""
        return cls(_known(closed_by_regions(alone)), alone.layers[0])

    def step(self, state: int, letter: Letter) -> tuple[int, Letter | None]:
        """Return the region that a letter leads to, and the symbol that comes out."""
        column = self._letters[letter]
        target = self._after[state][column]
        return target, self._emit[self.places[target][1]][column]

    def rows(self) -> list[Row]:
        """Return the rows of the certificate."""
        return self._rows


def regions_certificate(network: LinearRNN, machine: Machine) -> Certificate:
    """Return the certificate of a network of one rational layer, in exact arithmetic.

    Raises InputError where no boxes are found that prove it.

    Examples
    --------
    >>> import negeig
    >>> made = negeig.check(zoo="contains:01", backends=())
    >>> certificate = regions_certificate(made.network, made.machine)
    >>> certificate.kind, certificate.evidence["regions"]
    ('regions', [True])
    """
    subject = Subject.of(network, machine, "exact")
    (layer,) = subject.network.layers
    found = RegionRows(_known(proved_by_regions(subject.network, subject.machine)), layer)
    states = [[q, i] for i, (q, _) in enumerate(found.places)]
    return Certificate(
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


def one_layer_of(layer: Layer) -> LinearRNN:
    """Return a layer as a network of its own, whose outputs nobody asks for."""
    symbols = dict.fromkeys(symbol for row in layer.emit for symbol in row)
    return LinearRNN(alphabet=layer.alphabet, layers=(layer,), outputs=symbols, empty=None)


def _known(found: Regions | None) -> Regions:
    if found is None:
        raise InputError("certificate", "no regions are found")
    return found
