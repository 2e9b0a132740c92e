"""Intervals of one coordinate as a Coq file: a network right on every word, whatever its orbit.

:func:`region_theorem` writes a network of one layer and one coordinate with intervals of states
that letters carry into each other (:mod:`negeig.theory.closure.regions`), widened by what rounding
may be off. The errors are bounded here as ``Forms.v`` and ``Errors.v`` of the development bound
them, more coarsely than :mod:`negeig.precision.closure.letter_error`: half a unit in the last place
for each operation, whether it rounds or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError
from negeig.precision.closure.held_network import held
from negeig.precision.closure.letter_error import NoBound, check_modelled
from negeig.precision.closure.margins import layer_margin
from negeig.precision.numbers.arithmetic import Arithmetic, parse
from negeig.precision.numbers.formats import Format
from negeig.precision.stored import StoredNetwork
from negeig.precision.stored import round_parameters as store_parameters
from negeig.proofs_checks.closed_table import check_rational
from negeig.proofs_checks.coq import statement, subject
from negeig.proofs_checks.coq_text import numbers_of, places
from negeig.theory.closure.boxes import rational
from negeig.theory.closure.regions import Regions, proved_by_regions
from negeig.theory.networks.network import DeltaStep, LinearRNN, Step

ZERO = Fraction(0)


@dataclass(frozen=True, eq=False, kw_only=True)
class RegionTable:
    """Intervals of states of a network with one coordinate, and where letters carry them.

    Parameters
    ----------
    network : LinearRNN
        With the parameters that run.
    stored : StoredNetwork or None
        The same in the arithmetic's format; None in exact arithmetic.
    machine : Machine
        The minimal one.
    arithmetic : Arithmetic
    intervals : tuple of (Fraction, Fraction)
        The first has the start.
    decoded, machine_states : tuple of int
        For each interval the code nearest to what letters carry into it, and the machine's state.
    targets : tuple of tuple of int
        For each interval and letter of the machine the number of the interval that it leads into.
    """

    network: LinearRNN
    stored: StoredNetwork | None
    machine: Machine
    arithmetic: Arithmetic
    intervals: tuple[tuple[Fraction, Fraction], ...]
    decoded: tuple[int, ...]
    machine_states: tuple[int, ...]
    targets: tuple[tuple[int, ...], ...]


def region_table(
    network: LinearRNN, machine: Machine, arithmetic: str | Arithmetic = "exact"
) -> RegionTable:
    """Find intervals that prove a network right on every word.

    Raises
    ------
    InputError
        For a network of several layers or coordinates, one whose entries are irrational or that
        the arithmetic does not hold; where no intervals are found, or their margin is smaller than
        what a letter may be off by the bounds of the Coq development.

    Examples
    --------
    Half of the state is kept, so it holds all letters that were read, and the nearest code the
    last one:

    >>> from negeig.theory.networks.network import Layer
    >>> machine = Machine(alphabet="ab", transitions=[[1, 0], [1, 0]], initial=0, outputs=[0, 1])
    >>> one, most = Fraction(1), Fraction(3, 4)
    >>> layer = Layer(alphabet=("a", "b"), initial=(-one,), emit=(("yes",) * 2, ("no",) * 2),
    ...               steps={"a": (DeltaStep(most, (one,), one),),
    ...                      "b": (DeltaStep(most, (one,), -one),)}, codes=((one,), (-one,)))
    >>> network = LinearRNN(alphabet=("a", "b"), layers=(layer,), outputs={"yes": 1, "no": 0},
    ...                     empty=0)
    >>> table = region_table(network, machine, "bf16")
    >>> table.decoded, table.targets
    ((1, 0), ((1, 0), (1, 0)))
    """
    model, stored = parse(arithmetic), None
    if len(network.layers) != 1 or network.layers[0].dim != 1:
        raise InputError("network", "its regions have a form for one layer of one coordinate only")
    check_rational(network, codes_only=not model.is_exact)
    if not model.is_exact:
        if not model.is_basic:
            raise InputError("arithmetic", f"{model.name} is not defined in the Coq development")
        stored, _ = store_parameters(network, model, round_parameters=False)
        network = held(network, stored)
    regions = _regions(network, machine, model)
    if regions is None:
        raise InputError("network", "no intervals were found that letters carry into each other")
    return _table(regions, network, stored, machine.minimal(), model)


def _regions(network: LinearRNN, machine: Machine, model: Arithmetic) -> Regions | None:
    regions = proved_by_regions(network, machine)
    if regions is None or model.is_exact:
        return regions
    try:
        check_modelled(model)
        return layer_margin(regions, model).regions
    except NoBound as problem:
        raise InputError("arithmetic", str(problem)) from None


def _table(
    regions: Regions,
    network: LinearRNN,
    stored: StoredNetwork | None,
    machine: Machine,
    model: Arithmetic,
) -> RegionTable:
    (layer,), letters, boxes = network.layers, machine.alphabet, regions.boxes
    number = {place: i for i, place in enumerate(boxes)}
    search, targets = regions.search.plain, []
    for (state, _), ((low, high),) in boxes.items():
        row = []
        for a, letter in enumerate(letters):
            form = letter_form(layer.steps[letter], low, high, model)
            ends = [form.slope * x + form.shift for x in (low, high)]
            image = (min(ends), max(ends))
            after = search.place(state, a, (image,))
            target = None if after is None else boxes.get(after)
            if target is None or after is None:
                raise InputError("network", "no intervals were found that are boxes")
            ((least, most),) = target
            if not (least <= image[0] - form.off and image[1] + form.off <= most):
                room = min(image[0] - least, most - image[1])
                raise InputError(
                    "arithmetic",
                    f"{model.name}: by the bounds of the Coq development a letter may be off by "
                    f"{float(form.off):.3g}, and its interval has room for {float(room):.3g}",
                )
            row.append(number[after])
        targets.append(tuple(row))
    return RegionTable(
        network=network,
        stored=stored,
        machine=machine,
        arithmetic=model,
        intervals=tuple(box[0] for box in boxes.values()),
        decoded=tuple(code for _, code in boxes),
        machine_states=tuple(state for state, _ in boxes),
        targets=tuple(targets),
    )


@dataclass(frozen=True)
class Form:
    """A number as ``slope x + shift``, x the coordinate before a letter, up to ``off``."""

    slope: Fraction
    shift: Fraction
    off: Fraction = ZERO

    def __add__(self, other: Form) -> Form:
        return Form(self.slope + other.slope, self.shift + other.shift, self.off + other.off)

    def times(self, factor: Fraction) -> Form:
        """Return a multiple."""
        return Form(factor * self.slope, factor * self.shift, abs(factor) * self.off)

    def off_by(self, error: Fraction) -> Form:
        """Return the same, further off."""
        return Form(self.slope, self.shift, self.off + error)

    def size(self, low: Fraction, high: Fraction) -> Fraction:
        """Bound the magnitude where x lies between two ends."""
        return max(abs(self.slope * x + self.shift) for x in (low, high)) + self.off


def letter_form(steps: tuple[Step, ...], low: Fraction, high: Fraction, model: Arithmetic) -> Form:
    """Return what a letter's steps compute of one coordinate between two ends, as ``Forms.v`` does.

    Raises InputError where a number may overflow.

    Examples
    --------
    >>> halve = DeltaStep(Fraction(1, 2), (Fraction(1),), Fraction(3))
    >>> form = letter_form((halve,), Fraction(-1), Fraction(1), parse("bf16"))
    >>> str(form.slope), str(form.shift), str(form.off)
    ('1/2', '3/2', '33/1024')
    """

    def rounded(form: Form, target: Format | None) -> Form:
        if target is None:
            return form
        return form.off_by(error_of(target, form.size(low, high)))

    operations = model.operations
    form = Form(Fraction(1), ZERO)
    for step in steps:
        if isinstance(step, DeltaStep):
            key, write, beta = rational((*step.key, step.write, step.beta))
            amount = rounded(form.times(key), operations)
            if write:
                amount = rounded(amount + Form(ZERO, -write), operations)
            product = rounded(amount.times(beta), operations).times(-key)
            form = rounded(rounded(product, operations) + form, operations)
        else:
            factor, bias = rational((*step.matrix[0], *step.bias))
            form = rounded(form.times(factor), operations)
            if bias:
                form = rounded(form + Form(ZERO, bias), operations)
        if model.rounded == "step" and model.grid is None:
            form = rounded(form, model.state)
    if model.grid is not None:
        return form.off_by(Fraction(1, 2 ** (model.grid + 1)))
    return rounded(form, model.state) if model.rounded == "letter" else form


def error_of(target: Format, size: Fraction) -> Fraction:
    """Bound what one rounding is off by, as ``Errors.v`` does: half a unit in the last place.

    Raises InputError where a number of that magnitude may overflow.

    Examples
    --------
    >>> from negeig.precision.numbers.formats import BF16
    >>> str(error_of(BF16, Fraction(1))), str(error_of(BF16, Fraction(3, 2)))
    ('1/512', '1/256')
    """
    if size <= 0:
        return ZERO
    exponent = size.numerator.bit_length() - size.denominator.bit_length()
    exponent += size > Fraction(2) ** exponent
    if exponent > target.emax:
        raise InputError("arithmetic", f"a number may overflow {target.name}")
    unit = max(exponent - target.precision, target.emin - target.precision + 1)
    return Fraction(2) ** (unit - 1)


def region_theorem(table: RegionTable) -> str:
    """Write the theorem that a network is right on every word, with its intervals, for ``coqc``.

    O(intervals x letters) characters. Raises InputError for an arithmetic that the development
    does not define.
    """
    numbers = numbers_of(table, rationals=True)
    start = (rational(table.network.layers[0].initial),)
    rows = ";\n".join(
        f"row ({low.numerator} # {low.denominator}) ({high.numerator} # {high.denominator}) "
        f"{code + 1} {q + 1} {places(to)}"
        for (low, high), code, q, to in zip(
            table.intervals, table.decoded, table.machine_states, table.targets, strict=True
        )
    )
    letters = len(table.machine.alphabet)
    return f"""{subject(table, numbers, start, "Closure Operations Rounding Forms Regions Errors")}
{_analysis(table.arithmetic)}
Definition row (a b : Q) (k q : index) (t : list index) : region :=
  Build_region (Build_interval a b) k q t.
Definition regions : list region := [
{rows}
].

{statement(table, f"check_regions_sound A D {letters} N M regions")}"""


def _analysis(model: Arithmetic) -> str:
    """Define what roundings of the arithmetic A are off by, and prove it from the development."""
    if model.is_exact:
        return "Definition D : analysis A := exact_analysis.\n"
    none = ("no_error", "unchanged_rounds")
    state = ("(error_of state_format)", "(convert_rounds state_format proper_state)")
    step = letter = none
    if model.grid is not None:
        letter = (f"(grid_error ({-model.grid}))", f"(grid_rounds ({-model.grid}))")
    elif model.rounded == "letter":
        letter = state
    elif model.rounded == "step":
        step = state
    return f"""Definition proper_operations := is_proper_sound operations eq_refl.
Definition proper_state := is_proper_sound state_format eq_refl.
Definition D : analysis A := rounding_analysis operations _ _ _
  {step[0]} {letter[0]} proper_operations {step[1]} {letter[1]}.
"""
