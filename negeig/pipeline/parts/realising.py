"""Realisations of a network: exactly the same outputs, rounded in another way, until one closes.

Where no format holds the entries, rounding may still put every state back to where it was before:
the states that a network reaches in that arithmetic are then finitely many, and closure proves it.
Whether it does depends on what exact arithmetic leaves free:

* *the start* of the state, where letters only multiply, and its *scale*;
* *the length of each key*. With c k for k and beta/c^2 for beta the step is the same map, and c is
  chosen so that the stored beta times the stored key's square is as near as can be to what it
  should be: beta is corrected for the key as it is stored, and the network stays exact;
* *the grid* of the stored state, where the budget leaves it open.

Starts and scales are tried in one fixed order, and what a trial costs is counted in network states.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

from negeig.automata.machines.machine import Machine
from negeig.claims import LimitReached, Progress
from negeig.pipeline.parts.budget_format import arithmetics
from negeig.precision.closure.rounded_closure import closure, compiled_closure
from negeig.precision.numbers.arithmetic import Arithmetic, parse
from negeig.precision.numbers.formats import Format
from negeig.precision.stored import store
from negeig.theory.constructions.budget import Budget
from negeig.theory.constructions.pieces.representation import orbit, orbit_network
from negeig.theory.constructions.route import Construction
from negeig.theory.exact.numbers import Vector
from negeig.theory.networks.equivalent import scaled, with_key_lengths
from negeig.theory.networks.network import DeltaStep, LinearRNN
from negeig.work import Work

STATES = 500_000
"""Network states that all trials for one network may explore at effort 1."""

STATES_PER_CODE, LEAST_STATES = 4, 256
"""Most network states of one trial: those that close soon are the ones to look for."""

TRIAL = 1_000
"""What a trial costs beside its network states, in network states: storing and setting up."""

PLAIN = 50
"""What a network state costs where the plain program explores, in states of the compiled one."""

SCALES = tuple(Fraction(n, 16) for n in (*range(15, 1, -1), *range(17, 65)))
"""Factors of the state that are tried."""

LENGTHS = tuple(Fraction(n, 64) for n in range(64, 128))
"""Factors of a key that are tried: for floating point those of one binade."""

LARGEST_ENTRY = 12
"""Largest entry of an integer vector that is tried as a start."""


def realisations(
    construction: Construction,
    machine: Machine,
    models: Sequence[Arithmetic],
    work: Work,
    *,
    free_lengths: bool = True,
) -> Iterator[Construction]:
    """Yield networks that do the same and whose states are finitely many in one of some models.

    Parameters
    ----------
    construction : Construction
        Its network is right in exact arithmetic, as all that are yielded are.
    machine : Machine
        Minimal.
    models : sequence of Arithmetic
        Not exact; with parameters of one format.
    work : Work
        Counts network states.
    free_lengths : bool
        Whether keys may have other lengths.

    Raises
    ------
    LimitReached
        When the work is spent.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.precision.numbers.arithmetic import parse
    >>> from negeig.theory.constructions.groups import polyhedral
    >>> machine = get("alt:5").minimal()
    >>> made = polyhedral.construct(machine)[0]
    >>> work = Work("network states", STATES)
    >>> found = next(realisations(made, machine, [parse("grid:2^-5")], work))
    >>> found.cost, [str(x) for x in found.network.layers[0].initial]
    ((1, 2, 3), ['1', '1', '0'])
    """
    network = construction.network
    stored = models[0].parameters
    if not network.layers or stored is None:
        return
    if free_lengths:
        network = with_key_lengths(network, partial(best_length, stored))
    codes = max(len(layer.codes) for layer in network.layers)
    most = max(STATES_PER_CODE * codes, LEAST_STATES)
    for trial in _trials(network, machine):
        closing = (model for model in models if _closes(trial.network, machine, model, most, work))
        model = next(closing, None)
        found = None if model is None else trial.finished()
        if model is not None and found is not None:
            how = f"{trial.how}, so that few states are reached in {model.short_name}"
            yield replace(construction, network=found, idea=f"{construction.idea}; {how}")


class Realising:
    """The search for one budget: its format, and the limits that it met.

    Parameters
    ----------
    machine : Machine
        Minimal.
    budget : Budget
        With a format.
    effort : int
    progress : callable
        Called with the network states of a search so far.

    Attributes
    ----------
    limits : list of str
        One for each network for which the work was spent.
    """

    def __init__(self, machine: Machine, budget: Budget, effort: int, progress: Progress) -> None:
        if budget.format is None:
            raise ValueError("without a format there is nothing to round")
        self.machine, self.effort, self.progress = machine, effort, progress
        self.models = [parse(name) for name in arithmetics(budget.format)]
        self.free_lengths = not budget.unit_keys
        self.limits: list[str] = []

    def of(self, construction: Construction) -> Iterator[Construction]:
        """Yield realisations of one network until the work for it is spent."""
        name = f"network states of realisations ({construction.route})"
        work = Work(name, STATES, level=self.effort, progress=self.progress)
        try:
            yield from realisations(
                construction, self.machine, self.models, work, free_lengths=self.free_lengths
            )
        except LimitReached as limit:
            self.limits.append(str(limit))


@dataclass(frozen=True)
class _Trial:
    """A network to explore, and how it comes to its codes when its states are few."""

    network: LinearRNN
    how: str
    finished: Callable[[], LinearRNN | None]


def _trials(network: LinearRNN, machine: Machine) -> Iterator[_Trial]:
    """Yield what is tried, in order: other starts where letters only multiply, or else scales."""
    if _only_multiplies(network):
        for start in _starts(network.layers[0].dim):
            old = network.layers[0]
            # The codes, many and irrational, are not needed to see whether some decoder exists.
            layer = replace(old, initial=start, codes=(start,), emit=old.emit[:1])
            shown = ", ".join(map(str, start))
            yield _Trial(
                replace(network, layers=(layer,)),
                f"start ({shown})",
                partial(_started, network, machine, start),
            )
    else:
        for factor in SCALES:
            found = scaled(network, factor)
            yield _Trial(found, f"states times {factor}", partial(_itself, found))


def _itself(network: LinearRNN) -> LinearRNN:
    return network


def _only_multiplies(network: LinearRNN) -> bool:
    """Whether there is one layer, and no step writes."""
    steps = [s for steps in network.layers[0].steps.values() for s in steps]
    return len(network.layers) == 1 and all(
        isinstance(step, DeltaStep) and step.write == 0 for step in steps
    )


def _starts(dim: int) -> Iterator[Vector]:
    """Yield integer vectors by their largest entry and their sum, one of each two opposite ones.

    Rounding to nearest even commutes with the sign, so the opposite start does no better.
    """
    for largest in range(1, LARGEST_ENTRY + 1):
        for total in range(largest, dim * largest + 1):
            for entries in _integers(dim, largest, total):
                first = next(x for x in entries if x)
                if first > 0 and max(map(abs, entries)) == largest:
                    yield tuple(map(Fraction, entries))


def _integers(dim: int, largest: int, total: int) -> Iterator[tuple[int, ...]]:
    """Yield integer vectors with entries up to ``largest`` whose absolute values sum to a total."""
    if dim == 0:
        yield from [()] * (total == 0)
        return
    for x in range(largest, -largest - 1, -1):
        if 0 <= total - abs(x) <= (dim - 1) * largest:
            for rest in _integers(dim - 1, largest, total - abs(x)):
                yield (x, *rest)


def _started(network: LinearRNN, machine: Machine, start: Vector) -> LinearRNN | None:
    """Return the network with another start and its exact orbit as codes, where it does."""
    layer = network.layers[0]
    letters = machine.alphabet
    points = orbit(machine, [partial(layer.apply, letter) for letter in letters], start)
    if points is None:
        return None
    # The steps of `_only_multiplies` are delta steps.
    steps = [[s for s in layer.steps[a] if isinstance(s, DeltaStep)] for a in letters]
    return orbit_network(machine, steps, points, layer.names)


def _closes(network: LinearRNN, machine: Machine, model: Arithmetic, most: int, work: Work) -> bool:
    """Whether few states are reached, of which each belongs to one state of the machine.

    The codes do not matter: a decoder exists.
    """
    if model.parameters is None:
        return False
    stored, rounded = store(network, model.parameters)
    if any(entry.overflows for entry in rounded):
        work.spend(TRIAL)
        return False
    if model.is_basic:
        found = compiled_closure(network, machine, model, stored, most)
        work.spend(TRIAL + found.states)
    else:
        found = closure(network, machine, model, max_states=most, round_parameters=True)
        work.spend(TRIAL + PLAIN * found.states)
    return found.decoder_exists is True


def best_length(target: Format, step: DeltaStep) -> Fraction:
    """Return the factor of a key for which the stored step is nearest to the exact one.

    Distances are those of ``beta key key^T`` entry by entry, in float64: this only ranks. It takes
    the first of equals, so that a step that the format holds stays as it is.

    Examples
    --------
    >>> from negeig.precision.numbers.formats import BF16
    >>> third = DeltaStep(Fraction(9, 5), (Fraction(1), Fraction(1, 3)), Fraction(0))
    >>> print(best_length(BF16, third))
    45/32
    """
    key, beta = [float(k) for k in step.key], float(step.beta)
    pairs = [(i, j) for i in range(len(key)) for j in range(i + 1)]

    def error(c: Fraction) -> float:
        stored = [target.nearest(Fraction(k) * c) for k in key]
        factor = target.nearest(Fraction(beta) / (c * c))
        return max(abs(factor * stored[i] * stored[j] - beta * key[i] * key[j]) for i, j in pairs)

    return min(LENGTHS, key=error) if pairs else LENGTHS[0]
