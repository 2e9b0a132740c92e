"""Closure in the arithmetic that runs: a proof for words of every length, or a word that errs.

A recurrence over a finite format has finitely many states. :func:`closure` explores all that a
network reaches, bit patterns compared, together with the machine.
"""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, Progress
from negeig.precision.closure.native_operations import choices_of, reference_of
from negeig.precision.closure.scale.options import DEFAULT_SCALE, Scale
from negeig.precision.numbers.arithmetic import Arithmetic, parse
from negeig.precision.stored import StoredNetwork
from negeig.precision.stored import round_parameters as store_parameters
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.closure.explore import Exploration, Task, explore
from negeig.theory.closure.explore_sets import explore_sets
from negeig.theory.closure.stacks import LAYER_STATES, explore_stack
from negeig.theory.closure.transducers import Closed
from negeig.theory.networks.network import LinearRNN

DIRECT_STATES = 200_000
"""States of a stack of layers explored directly, before its layers are."""

SMALL_WORK = 4_000
"""Multiplications that the plain exploration may take before the compiled one is loaded."""


FEW_CHOICES = 300
"""States that the plain exploration of every outcome may hold before the compiled one is loaded."""


def closure(
    network: LinearRNN,
    machine: Machine,
    arithmetic: str | Arithmetic,
    *,
    max_states: int = 2_000_000,
    max_memory: int = 4 << 30,
    round_parameters: bool = False,
    scale: Scale = DEFAULT_SCALE,
    progress: Progress | None = None,
) -> Exploration:
    """Explore every state a network reaches in one arithmetic, compared with a machine.

    Parameters
    ----------
    network : LinearRNN
    machine : Machine
        Over the same set of letters; minimised first.
    arithmetic : str or Arithmetic
        A name such as ``"bf16"``, ``"fp32:fma"`` or ``"exact"``.
    max_states : int
        Most states of the whole network to hold.
    max_memory : int
        Most bytes for the tables of the compiled search.
    round_parameters : bool
        Round parameters that the format does not hold to nearest even, instead of refusing.
    scale : Scale
        How the compiled search of one layer is spread out; nothing in the result depends on it.
    progress : callable, optional
        Called about twenty times a second with the number of states found.

    Returns
    -------
    Exploration
        ``proved`` holds for words of every length in this very order of operations.

    Raises
    ------
    InputError
        For an unknown arithmetic, alphabets that differ, parameters that the format does not
        hold, or a folder of ``scale`` that cannot be used.

    Notes
    -----
    Where a letter has several outcomes (``:sr``, ``:fma?``), every one is explored:
    :func:`negeig.theory.closure.explore_sets.explore_sets` says what the verdicts mean then.
    Those arithmetics, and others that are not :attr:`~negeig.precision.numbers.models.Arithmetic.\
is_basic`, are explored by a plain program, some thousand transitions a second.

    Time is one transition for each state and letter; about ten million states a second at
    dimension 5 on two threads. Small networks are explored by the plain reference, which gives
    the same result, so that nothing has to be compiled or loaded for them. Why a closed
    exploration is a proof: see the page on closure in ``docs/theory``.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from negeig.theory.networks.network import DenseStep, Layer
    >>> shrink = DenseStep(((Fraction(-255, 256),),), (Fraction(0),))
    >>> layer = Layer(alphabet=("1",), initial=(Fraction(1),), steps={"1": (shrink,)},
    ...               codes=((Fraction(1),), (Fraction(-1),)), emit=(("even",), ("odd",)))
    >>> network = LinearRNN(alphabet=("1",), layers=(layer,), outputs={"even": 1, "odd": 0},
    ...                     empty=1)
    >>> parity = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> result = closure(network, parity, "e4m3fn", round_parameters=True)
    >>> result.verdict, result.states
    ('proved', 2)
    """
    model = parse(arithmetic)
    if model.is_exact:
        return exact_closure(network, machine, max_states=max_states, progress=progress)
    started = perf_counter()
    stored, _ = store_parameters(network, model, round_parameters=round_parameters)
    minimal = machine.minimal()
    if model.has_choices:
        result = _explore_choices(network, minimal, model, stored, max_states, max_memory, progress)
        return replace(result, seconds=perf_counter() - started)
    if not model.is_basic:
        one = reference_of(network, stored, model)
        result = explore(one, network, minimal, max_states=max_states, progress=progress)
        return replace(result, seconds=perf_counter() - started)
    few = min(max_states, SMALL_WORK // _work(network))
    if few > 0:
        plain = reference_of(network, stored, model)
        result = explore(plain, network, minimal, max_states=few)
    if few > 0 and not (result.reason and few < max_states):
        return replace(result, seconds=perf_counter() - started)

    def direct(limit: int) -> Exploration:
        return compiled_closure(
            network, minimal, model, stored, limit,
            max_memory=max_memory, scale=scale, progress=progress,
        )  # fmt: skip

    def close(layer: LinearRNN) -> Closed | None:
        from negeig.precision.closure.stack_search import close_layer

        stored_layer, _ = store_parameters(layer, model, round_parameters=True)
        states = min(LAYER_STATES, max_states)
        return close_layer(layer, model, stored_layer, states, max_memory, progress)

    if len(network.layers) == 1:
        result = direct(max_states)
    else:  # a stack of layers too large for the compiled search goes layer by layer
        result = explore_stack(
            direct, close, network, minimal,
            max_states=max_states, direct_states=DIRECT_STATES, progress=progress,
        )  # fmt: skip
    return replace(result, seconds=perf_counter() - started)


def compiled_closure(
    network: LinearRNN,
    machine: Machine,
    arithmetic: Arithmetic,
    stored: StoredNetwork,
    max_states: int = 2_000_000,
    *,
    max_memory: int = 4 << 30,
    scale: Scale = DEFAULT_SCALE,
    progress: Progress | None = None,
) -> Exploration:
    """Explore as :func:`negeig.theory.closure.explore.explore` does, compiled; the same result.

    Arguments as for :func:`closure`, with the network stored already. It has at least one layer.
    Raises ValueError for an arithmetic that no compiled code computes, and InputError where the
    folder of ``scale`` cannot be used, for stacks of layers among others.
    """
    if not arithmetic.is_basic:
        raise ValueError(f"{arithmetic.name} is explored by the plain program only")
    from negeig.precision.closure.scale.exploring import explore_layer
    from negeig.precision.closure.stack_search import StackSearch

    started = perf_counter()
    task = Task(network, machine)
    layers = network.layers
    if len(layers) == 1 and set(task.alphabet) <= set(layers[0].alphabet):
        return explore_layer(
            network, task, arithmetic, stored, max_states, max_memory, scale, progress
        )
    if scale.folder:
        kept = f"{len(layers)} layers" if len(layers) > 1 else "other letters than its layer reads"
        raise InputError(scale.folder, f"expected a network of one layer, found one of {kept}")
    search = StackSearch(network, task, arithmetic, stored, max_states, max_memory)
    collision, reason = search.run(progress)
    return Exploration.conclude(
        states=search.count,
        depth=len(search.spell(search.count - 1)),
        wrong=search.wrong_word(),
        collision=collision,
        reason=reason,
        seconds=perf_counter() - started,
    )


def _explore_choices(
    network: LinearRNN,
    machine: Machine,
    arithmetic: Arithmetic,
    stored: StoredNetwork,
    max_states: int,
    max_memory: int,
    progress: Progress | None,
) -> Exploration:
    """Explore every outcome: plainly where they are few, compiled beyond where that is known."""
    few = min(max_states, FEW_CHOICES)
    task = Task(network, machine)
    if few < max_states:
        from negeig.precision.closure.choice_search import explore_outcomes, is_compiled

        if not is_compiled(network, task, arithmetic):
            few = max_states
    plain = choices_of(network, stored, arithmetic, few)
    result = explore_sets(plain, network, machine, max_states=few, progress=progress)
    if few == max_states or not result.reason:
        return result
    return explore_outcomes(
        network, task, arithmetic, stored, max_states, max_memory=max_memory, progress=progress
    )


def _work(network: LinearRNN) -> int:
    """Multiplications, about, to expand one state of the network under every letter."""
    edge = sum(
        layer.dim * (len(layer.codes) + 2 * max(layer.steps_per_token, 1))
        for layer in network.layers
    )
    return max(1, edge * len(network.alphabet))
