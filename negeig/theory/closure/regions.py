"""Proof by regions: sets of states that letters carry into sets, where the orbit is infinite.

A layer that contracts may reach infinitely many states, such as ``h <- h/4 + w``, whose state
holds all letters read so far. Then a closure never ends, but the states that decode to one code
lie in a box: for each machine state q and code c a box that holds every state that words leading
to q are decoded to c in. The start lies in its box; every letter carries every box into a box of
one code's cell, and there the decoder emits what the machine outputs. By induction the network is
right on words of every length. The boxes are found by following letters from the start, each
widened where it grows, and then verified from scratch, all in rationals. Where boxes fail, other
templates are tried (:mod:`negeig.theory.closure.templates`).

*Margin.* Where all this holds with every image moved by up to mu in each coordinate, an arithmetic
that errs by at most mu in one letter, wherever in the regions it is read, stays in them too. Only
the coordinates that a letter computes are moved: the others stay as they are in any arithmetic.
See the page on regions in ``docs/theory``.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from negeig.automata.machines.machine import Machine
from negeig.claims import Progress
from negeig.theory.closure.boxes import Affine
from negeig.theory.closure.explore import Task
from negeig.theory.closure.region_search import Found, Moves, RegionSearch, moves
from negeig.theory.closure.templates import Template, keeps_errors, templates
from negeig.theory.closure.transducers import Closed
from negeig.theory.networks.network import Layer, LinearRNN

BETTER = Fraction(9, 8)
"""How much larger the margin of another template has to be."""


@dataclass(frozen=True, eq=False)
class Regions:
    """Regions that letters carry into each other, verified exactly.

    Attributes
    ----------
    found : mapping of (machine state, code) to box
        Intervals of the rows of the template: of the coordinates themselves for boxes.
    search : RegionSearch
        The layer, the machine and the template that they are for; it verifies them.
    margin : Fraction or None
        How far every image may be off, in the coordinates that have a margin, and still lie in its
        region. 0 where there is no room at all, None where it was not looked for.
    """

    found: Found
    search: RegionSearch
    margin: Fraction | None = None

    def __len__(self) -> int:
        return len(self.found)

    @property
    def template(self) -> Template:
        """The directions in which the regions are bounded."""
        return self.search.template

    @property
    def boxes(self) -> Found:
        """Boxes of states around the regions, for each machine state and code."""
        return {place: self.template.hull(region) for place, region in self.found.items()}

    def closed(self) -> Closed:
        """Return the layer as the finite table of its regions; its machine has one state."""
        number = {place: i for i, place in enumerate(self.found)}  # the start's was the first
        places, after = self.search.plain, []
        nothing = (Fraction(0),) * len(self.template.rows)
        for (state, _), region in self.found.items():
            found = (
                places.place(state, a, places.image(a, region, nothing))
                for a in range(len(places.letters))
            )
            after.append([number[place] for place in found if place is not None])
        return Closed(np.array(after), np.array([code for _, code in self.found]))


def proved_by_regions(
    network: LinearRNN, machine: Machine, *, progress: Progress | None = None
) -> Regions | None:
    """Return regions that prove a network of one rational layer right on every word, or None.

    Exact. The decoder takes the nearest code, the first of equals: a region lies in the cell of a
    code where every point of it is nearer to that code than to the ones before it, and no farther
    than from the ones after it. None proves nothing: the search gives up past its limits, and
    there are other regions.

    Notes
    -----
    O(regions x letters x (dimension^2 + codes x dimension)) for each growth.

    Raises
    ------
    InputError
        When the alphabets differ as sets.
    LimitReached
        What ``progress`` raises.

    Examples
    --------
    >>> from negeig.theory.networks.network import DeltaStep
    >>> machine = Machine(alphabet="ab", transitions=[[1, 0], [1, 0]], initial=0, outputs=[0, 1])
    >>> one, most = Fraction(1), Fraction(3, 4)
    >>> layer = Layer(alphabet=("a", "b"), initial=(-one,), emit=(("yes",) * 2, ("no",) * 2),
    ...               steps={"a": (DeltaStep(most, (one,), one),),
    ...                      "b": (DeltaStep(most, (one,), -one),)}, codes=((one,), (-one,)))
    >>> network = LinearRNN(alphabet=("a", "b"), layers=(layer,), outputs={"yes": 1, "no": 0},
    ...                     empty=0)
    >>> for place, box in proved_by_regions(network, machine).boxes.items():
    ...     print(place, *(f"{float(low):.2f} to {float(high):.2f}" for low, high in box))
    (0, 1) -1.00 to -0.50
    (1, 0) 0.50 to 1.00
    """
    task = Task(network, machine)
    if len(network.layers) != 1 or network.field is not None or not task.empty_is_right:
        return None
    return _first(network, task, progress)


def closed_by_regions(network: LinearRNN, *, progress: Progress | None = None) -> Regions | None:
    """Close one rational layer over its own letters by regions, one for each code, or return None.

    A region holds every state that is decoded to its code. Where letters carry each into one,
    the layer does what the finite table of them says, on every word and whatever it reads: so a
    layer of a stack that contracts is a finite transducer, though its exact orbit is infinite.

    Parameters
    ----------
    network : LinearRNN
        Of one layer.

    Examples
    --------
    A register that is overwritten three quarters of the way, and held:

    >>> from negeig.theory.networks.network import DeltaStep
    >>> one = Fraction(1)
    >>> write = (DeltaStep(3 * one / 4, (one,), one),)
    >>> layer = Layer(alphabet=("w", "h"), initial=(-one,), steps={"w": write, "h": ()},
    ...               codes=((-one,), (one / 2,), (one,)),
    ...               emit=(("0", "0"), ("1", "1"), ("1", "1")))
    >>> network = LinearRNN(alphabet=("w", "h"), layers=(layer,), outputs={"0": 0, "1": 1},
    ...                     empty=0)
    >>> closed_by_regions(network).closed().after.tolist()
    [[1, 0], [2, 1], [2, 2]]
    """
    if len(network.layers) != 1 or network.field is not None:
        return None
    (layer,) = network.layers
    symbols = tuple(str(code) for code in range(len(layer.codes)))
    alone = Layer(
        alphabet=layer.alphabet,
        initial=layer.initial,
        steps=layer.steps,
        codes=layer.codes,
        emit=tuple((symbol,) * len(layer.alphabet) for symbol in symbols),
    )
    anything = LinearRNN(
        alphabet=layer.alphabet, layers=(alone,), outputs=dict.fromkeys(symbols), empty=None
    )
    idle = Machine(
        alphabet=layer.alphabet,
        transitions=[[0] * len(layer.alphabet)],
        initial=0,
        outputs=[None],
    )
    return _first(anything, Task(anything, idle), progress)


def widest(
    regions: Regions, moved: Moves | None = None, *, progress: Progress | None = None
) -> Regions:
    """Return regions of the largest margin that is found; the given ones, and 0, where none is.

    The first template with a margin counts, in the plane the best one. None is tried where a letter
    alone never forgets an error: where a coordinate that has the margin is part of an eigenvector
    of modulus 1 or more.

    Parameters
    ----------
    regions : Regions
    moved : mapping from letter to sequence of bool, optional
        Which coordinates of each letter's images have the margin; by default those that some step
        of the letter computes.

    Examples
    --------
    >>> from negeig.theory.networks.network import DeltaStep
    >>> one, most = Fraction(1), Fraction(3, 4)
    >>> layer = Layer(alphabet=("a", "b"), initial=(-one,), emit=(("yes",) * 2, ("no",) * 2),
    ...               steps={"a": (DeltaStep(most, (one,), one),),
    ...                      "b": (DeltaStep(most, (one,), -one),)}, codes=((one,), (-one,)))
    >>> network = LinearRNN(alphabet=("a", "b"), layers=(layer,), outputs={"yes": 1, "no": 0},
    ...                     empty=0)
    >>> print(widest(closed_by_regions(network)).margin)
    47/128
    """
    own = moves(regions.search.layer) if moved is None else moved
    best = Regions(regions.found, regions.search, Fraction(0))
    if not any(map(any, own.values())):
        return best
    given, margin = regions.search, Fraction(0)
    if keeps_errors(given.maps, [own[letter] for letter in given.task.alphabet]):
        return best
    for template in templates(given.maps):
        search = RegionSearch(given.network, given.task, given.maps, template)
        found = search.widest(own, max(search.unit, margin * BETTER), progress)
        if found is not None:
            best, margin = Regions(found[0], search, found[1]), found[1]
            if given.layer.dim != 2:
                return best
    return best


def contracts(network: LinearRNN) -> bool:
    """Whether some step shrinks or stretches a line, so that the orbit may well be infinite.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.theory.constructions.direct.scalar import construct
    >>> contracts(construct(get("parity").minimal())[0].network)
    False
    """
    return any(layer.rescales for layer in network.layers)


def _first(network: LinearRNN, task: Task, progress: Progress | None) -> Regions | None:
    """Return regions of the first template that has any."""
    (layer,) = network.layers
    letters = [Affine.of(layer.steps[letter], layer.dim) for letter in task.alphabet]
    for template in templates(letters):
        search = RegionSearch(network, task, letters, template)
        off = [(Fraction(0),) * len(template.rows)] * len(letters)
        found = search.regions(off, progress)
        if found is not None and search.verify(found, off):
            return Regions(found, search)
    return None
