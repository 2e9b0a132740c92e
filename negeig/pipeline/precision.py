"""``negeig precision``: one network's closure in several arithmetics, against a machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from negeig.automata.machines.machine import Machine
from negeig.claims import DEFAULT_RESOURCES, InputError, Resources, StageProgress
from negeig.kernels.uses import Uses, uses
from negeig.pipeline.parts.any_order import InAnyOrder
from negeig.pipeline.parts.arithmetics import Model, models
from negeig.pipeline.parts.documents import versions
from negeig.pipeline.parts.rounded import explore_rounded
from negeig.pipeline.parts.through import ThroughOne
from negeig.precision.closure.scale.options import DEFAULT_SCALE, Scale
from negeig.precision.numbers.models import Arithmetic
from negeig.precision.stored import Rounded, check_held
from negeig.precision.stored import round_parameters as store
from negeig.shown import Shown
from negeig.theory.closure.explore import Exploration, alphabet_problems
from negeig.theory.networks.network import LinearRNN

MOST_NOTICES = 10
"""Rounded parameters that are listed for each arithmetic; the rest is counted."""

IN_FOLDERS = "arithmetics such as F, F:acc32, F:acc32-step, fp32:fma and grid:2^-q"
"""Those that are :attr:`~negeig.precision.numbers.models.Arithmetic.is_basic`, for people."""


@dataclass(frozen=True, repr=False)
class PrecisionResult(Shown):
    """Closure of one network in several arithmetics.

    ``through`` are those of them that are implementations, by name, and ``uses`` what the network
    gives those: nothing is said of other inputs. ``missing`` are arithmetics asked for and not
    reached, because of what ``stopped`` says.
    """

    source: str
    results: tuple[tuple[str, Exploration], ...]
    notices: tuple[str, ...] = ()
    through: Mapping[str, ThroughOne] = field(default_factory=dict)
    uses: Uses | None = None
    missing: tuple[str, ...] = ()
    stopped: str | None = None

    def __repr__(self) -> str:
        verdicts = ", ".join(f"{name}: {found.verdict}" for name, found in self.results)
        return f"PrecisionResult({verdicts})"

    @property
    def exit_code(self) -> int:
        """0 all proved, 1 one is wrong or collides, 3 one is open or missing."""
        verdicts = {exploration.verdict for _, exploration in self.results}
        if verdicts & {"wrong", "collision"}:
            return 1
        return 3 if "open" in verdicts or self.missing else 0

    def to_json(self) -> dict[str, Any]:
        """Return the object of schema ``negeig.precision/1``."""
        return {
            "schema": "negeig.precision/1",
            "network": self.source,
            "results": [
                {
                    "arithmetic": name,
                    **exploration_json(result, is_through=name in self.through),
                    "proof": None if result.proof is None else str(result.proof),
                    "implementation": self.through[name].to_json()
                    if name in self.through
                    else None,
                    **self._uses_json(name),
                    "assumptions": [assumed.to_json() for assumed in result.assumptions],
                    **{
                        kind: None if evidence is None else evidence.to_json()
                        for kind, evidence in (
                            ("exactness", result.exactness),
                            ("region", result.region),
                            ("horizon", result.horizon),
                        )
                    },
                }
                for name, result in self.results
            ],
            "notices": list(self.notices),
            "missing": list(self.missing),
            "stopped": self.stopped,
            "versions": {**versions(), "device": "cpu"},
        }

    def _uses_json(self, name: str) -> dict[str, Any]:
        """Return the key ``uses`` for an implementation."""
        if name not in self.through or self.uses is None:
            return {}
        return {"uses": self.uses.to_json()}


def exploration_json(result: Exploration, *, is_through: bool) -> dict[str, Any]:
    """Return one closure as a row of ``negeig.precision/1`` without what it is in.

    Through an implementation words are tried, so that a shorter one may err as well.
    """
    is_shortest = result.wrong_is_shortest and not is_through
    return {
        "verdict": str(result.verdict),
        "states": result.states,
        "depth": result.depth,
        "words": [list(word) for word in result.words],
        "wrong_word": None if result.wrong_word is None else list(result.wrong_word),
        "wrong_is_shortest": None if result.wrong_word is None else is_shortest,
        "decoder_exists": result.decoder_exists,
        "reason": result.reason,
        "seconds": round(result.seconds, 6),
    }


def precision(
    network: LinearRNN,
    machine: Machine,
    arithmetic: Sequence[str],
    *,
    source: str = "network",
    round_parameters: bool = False,
    resources: Resources = DEFAULT_RESOURCES,
    scale: Scale = DEFAULT_SCALE,
    progress: StageProgress | None = None,
) -> PrecisionResult:
    """Prove or refute a network against a machine in several arithmetics.

    In each its states are explored; where they do not end, regions of states are tried that no
    rounding leaves, and then a horizon: a length that is proved, beside a word that errs if a
    counted search finds one.

    An arithmetic may be ``impl:NAME``, an implementation as ``negeig conform`` names it, or
    ``impl:NAME@bf16`` for inputs in another format than float32. ``any-order`` and
    ``any-order:bf16`` mean every order of every sum at once.

    A folder of ``scale`` has one for each arithmetic in it. A notice names arithmetics whose
    search uses neither it nor a scheduler. No notice says that a search was too small for them.

    Raises InputError for unknown arithmetics, alphabets that differ, or a parameter that a
    format cannot hold when ``round_parameters`` is not set.
    """
    *_, last = precision_one_by_one(
        network, machine, arithmetic, source=source, round_parameters=round_parameters,
        resources=resources, scale=scale, progress=progress,
    )  # fmt: skip
    return last


def precision_one_by_one(
    network: LinearRNN,
    machine: Machine,
    arithmetic: Sequence[str],
    *,
    source: str = "network",
    round_parameters: bool = False,
    resources: Resources = DEFAULT_RESOURCES,
    scale: Scale = DEFAULT_SCALE,
    progress: StageProgress | None = None,
) -> Iterator[PrecisionResult]:
    """Yield what :func:`precision` returns: what is known at first, and after each arithmetic.

    So nothing is lost of what is done when the next one is interrupted.
    """
    wanted = models(arithmetic)
    through = {name: one for name, one in wanted.items() if isinstance(one, ThroughOne)}
    given = uses(network) if through else None
    changed = _all_rounded(wanted, network, machine, source, round_parameters)
    results: list[tuple[str, Exploration]] = []
    notices: list[str] = []
    exact: Exploration | None = None
    yield PrecisionResult(source, (), (), through, given, tuple(wanted))
    for number, (name, model) in enumerate(wanted.items(), 1):
        stage = name if len(wanted) == 1 else f"{name}, {number} of {len(wanted)}"
        rounded = changed[name]
        notices += [f"{name}: {entry}, which is used" for entry in rounded[:MOST_NOTICES]]
        if len(rounded) > MOST_NOTICES:
            notices.append(f"{name}: {len(rounded)} parameters rounded in all")
        notices += _divided(name, network, model)
        notices += _unscaled(name, network, model, scale)
        if not isinstance(model, Arithmetic):
            result = model.explore(network, machine, resources, progress)
        else:
            result = explore_rounded(
                network,
                machine,
                model,
                both=True,
                resources=resources,
                round_parameters=round_parameters,
                scale=scale.of(name),
                progress=None if progress is None else partial(progress, stage),
            )
            if model.is_exact:
                exact = result
            elif result.verdict == "open":
                from negeig.pipeline.parts.horizons import exactly, with_horizon

                tell = None if progress is None else partial(progress, f"{stage}, horizon")
                exact = exact or exactly(network, machine, tell)
                result = with_horizon(
                    result,
                    network,
                    machine,
                    model,
                    round_parameters=round_parameters,
                    exact=exact,
                    progress=tell,
                )
        results.append((name, result))
        missing = tuple(wanted)[len(results) :]
        yield PrecisionResult(source, tuple(results), tuple(notices), through, given, missing)


def _divided(name: str, network: LinearRNN, model: Model) -> list[str]:
    """Return a notice of what dividing keys by their length does, where that is asked for."""
    if not isinstance(model, Arithmetic) or model.normalisation is None:
        return []
    from negeig.precision.closure.kernel_key_effect import kernel_key_effect

    effect = kernel_key_effect(network, model)
    return [] if effect is None else [f"{model.short_name}: {effect}"]


def _unscaled(name: str, network: LinearRNN, model: Model, scale: Scale) -> list[str]:
    """Return a notice where a folder or a scheduler is asked for and not used by this search."""
    if not (scale.folder or scale.scheduler):
        return []
    is_compiled = isinstance(model, Arithmetic) and model.is_basic
    if is_compiled and len(network.layers) == 1:
        return []
    done = "kept in the folder" if scale.folder else "explored on the cluster"
    used = "of one layer" if is_compiled else f"in {IN_FOLDERS}"
    return [f"{name}: its states are not {done}: only those {used} are"]


def _all_rounded(
    wanted: Mapping[str, Model],
    network: LinearRNN,
    machine: Machine,
    source: str,
    round_parameters: bool,
) -> dict[str, list[Rounded]]:
    """Return what each arithmetic rounds.

    Raises InputError for alphabets that differ, with what the arithmetics cannot hold beside it.
    """
    problems = alphabet_problems(network.alphabet, machine.alphabet)
    changed = {}
    for name, model in wanted.items():
        try:
            changed[name] = _rounded(name, network, model, round_parameters)
        except InputError as error:
            if not problems:
                raise
            problems += [error.source, *error.problems]
    if problems:
        raise InputError(source, problems)
    return changed


def _rounded(
    name: str,
    network: LinearRNN,
    model: Model,
    round_parameters: bool,
) -> list[Rounded]:
    """Return the parameters that are rounded. Raises InputError where they must not be."""
    if isinstance(model, InAnyOrder):
        return []  # it is about the network as it is, and open where the format does not hold it
    if not isinstance(model, Arithmetic):
        from negeig.kernels.conforming import unheld

        rounded = unheld(network, model.dtype)
        check_held(name, rounded, round_parameters=round_parameters)
        return rounded
    return [] if model.is_exact else store(network, model, round_parameters=round_parameters)[1]
