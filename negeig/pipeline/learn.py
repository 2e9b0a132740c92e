"""``negeig learn``: a delta layer trained on a task, once for each range of its eigenvalues."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from negeig.automata.language import Language
from negeig.claims import (
    DEFAULT_RESOURCES,
    Letter,
    Output,
    Progress,
    Resources,
    StageProgress,
    Stopped,
    Unavailable,
    Verdict,
)
from negeig.kernels.extras import in_a_clone
from negeig.kernels.tensor_file import Array, write
from negeig.pipeline.audit import AuditResult, audit
from negeig.pipeline.learning.exploring import Exploration, explore
from negeig.pipeline.learning.learned import Learned, Recurrence
from negeig.pipeline.learning.running import LongRun
from negeig.pipeline.learning.running import run as run_long
from negeig.pipeline.learning.task import Task, task_of
from negeig.pipeline.learning.trial import Range, Trial
from negeig.pipeline.parts.documents import versions
from negeig.precision.numbers.arithmetic import parse

if TYPE_CHECKING:
    from negeig.pipeline.learning.measuring import Accuracy

CURVE = 32
"""Points of the curve of accuracy against position."""


@dataclass(frozen=True, kw_only=True)
class LearnedNetwork:
    """One trained network and what holds of it.

    Attributes
    ----------
    range, seed
        Of this network.
    loss : float
        Mean cross-entropy of the last batch, in nats.
    accuracy, curve : tuple of Accuracy
        At the trained positions and beyond, and at :data:`CURVE` parts of all positions.
    audit : AuditResult
        Of its keys and betas, as stored in float32.
    explored : dict of Exploration
        By arithmetic.
    run : LongRun or None
    learned : Learned
    seconds : float
    """

    range: Range
    seed: int
    loss: float
    accuracy: tuple[Accuracy, ...]
    curve: tuple[Accuracy, ...]
    audit: AuditResult
    explored: Mapping[str, Exploration]
    run: LongRun | None
    learned: Learned
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Return a row of ``negeig.learn/1``."""
        audited = self.audit.to_json()
        return {
            "range": [str(end) for end in self.range],
            "seed": self.seed,
            "loss": round(self.loss, 6),
            "accuracy": [row.to_json() for row in self.accuracy],
            "curve": [row.to_json() for row in self.curve],
            "audit": {name: audited[name] for name in ("range", "classes", "norm", "limits")},
            "explored": [
                {"arithmetic": name, **_exploration_json(found)}
                for name, found in self.explored.items()
            ],
            "run": None if self.run is None else _run_json(self.run),
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True, kw_only=True)
class LearnResult:
    """Every trained network, ranges in the order asked for, then seeds.

    Attributes
    ----------
    source, alphabet, notices
        The language.
    outputs : tuple
        JSON values, one for each logit.
    trial : Trial
    networks : tuple of LearnedNetwork
        Those that were finished.
    stopped : str
        Why there are not all of them; empty where there are.
    device : str
    interrupted : bool
        Whether it was Ctrl-C.
    """

    source: str
    alphabet: tuple[Letter, ...]
    notices: tuple[str, ...]
    outputs: tuple[Output, ...]
    trial: Trial
    networks: tuple[LearnedNetwork, ...]
    stopped: str
    device: str
    interrupted: bool = False

    @property
    def exit_code(self) -> int:
        """0 all were trained, whatever they learned; 3 it was stopped; 130 interrupted."""
        return 130 if self.interrupted else 3 if self.stopped else 0

    def to_json(self) -> dict[str, Any]:
        """Return the object of schema ``negeig.learn/1``."""
        trial = self.trial
        return {
            "schema": "negeig.learn/1",
            "source": self.source,
            "alphabet": list(self.alphabet),
            "notices": list(self.notices),
            "outputs": list(self.outputs),
            "layer": {"steps": trial.steps, "heads": trial.heads, "dim": trial.dim},
            "recipe": asdict(trial.recipe),
            "seeds": list(range(trial.seed, trial.seed + trial.seeds)),
            "words": trial.words,
            "length": trial.length,
            "networks": [network.to_json() for network in self.networks],
            "stopped": self.stopped or None,
            "device": self.device,
            "versions": versions(),
        }

    def names(self) -> list[str]:
        """Return what the tensors of each network begin with in a file: nothing where it is one."""
        if len(self.networks) == 1:
            return [""]
        return [f"{n.range[0]},{n.range[1]}.seed{n.seed}." for n in self.networks]


def learn(
    language: Language,
    trial: Trial | None = None,
    *,
    resources: Resources = DEFAULT_RESOURCES,
    progress: StageProgress | None = None,
) -> LearnResult:
    """Train a delta layer on a task, measure it, audit it, and ask how long it is right.

    Parameters
    ----------
    language : Language
        A task with at least two outputs.
    trial : Trial, optional
    resources : Resources
        ``max_closure`` and ``max_memory`` bound the states explored.
    progress : function of a stage and the work done in it, optional
        Where it raises :class:`Stopped`, the networks that are finished are kept.

    Raises
    ------
    InputError
        Every word has the same output.
    Unavailable
        PyTorch is missing.

    Notes
    -----
    The same on the same machine with the same versions. A closure is a proof for words of every
    length, of the tables in float32 and of this decoder, in the arithmetic named; ``passed`` is
    not.

    Examples
    --------
    >>> from negeig.automata.language import Source
    >>> from negeig.pipeline.learning.recipe import Recipe
    >>> trial = Trial(recipe=Recipe(updates=2, batch=2), seeds=1, words=4, tokens=0)
    >>> result = learn(Source("zoo", "parity").read(), trial)
    >>> [(str(low), str(high)) for low, high in (network.range for network in result.networks)]
    [('0', '1'), ('-1', '1')]
    >>> [a.last for a in result.networks[0].accuracy]
    [40, 64, 128, 256]
    """
    trial = trial or Trial()
    _need_torch()
    from negeig.kernels.backends.cpu import processor

    task = task_of(language)
    device = f"{processor()}, one thread"
    networks: list[LearnedNetwork] = []
    stopped, interrupted = "", False
    try:
        for ends in trial.ranges:
            for seed in range(trial.seed, trial.seed + trial.seeds):
                one = _one(task, trial, ends, seed, device, resources, progress)
                networks.append(one)
    except Stopped as error:
        stopped = str(error)
    except KeyboardInterrupt:
        if not networks:
            raise
        stopped, interrupted = "interrupted", True
    return LearnResult(
        source=language.source,
        alphabet=task.machine.alphabet,
        notices=language.notices,
        outputs=task.outputs,
        trial=trial,
        networks=tuple(networks),
        stopped=stopped,
        device=device,
        interrupted=interrupted,
    )


def _one(
    task: Task,
    trial: Trial,
    ends: Range,
    seed: int,
    device: str,
    resources: Resources,
    progress: StageProgress | None,
) -> LearnedNetwork:
    """Train one network and look at it."""
    from negeig.pipeline.learning import measuring, network, training

    def stage(what: str) -> Progress | None:
        if progress is None:
            return None
        return partial(progress, f"[{ends[0]}, {ends[1]}], seed {seed}: {what}")

    begin = time.perf_counter()
    shape = network.Shape(
        letters=len(task.machine.alphabet),
        outputs=len(task.outputs),
        low=float(ends[0]),
        high=float(ends[1]),
        steps=trial.steps,
        heads=trial.heads,
        dim=trial.dim,
    )
    trained = training.train(task, shape, trial.recipe, seed, stage("updates"))
    found = measuring.Measured(
        trained.network, task, trial.words, trial.length, seed, stage("words")
    )
    learned = training.learned(trained.network, task)
    most = min(resources.max_closure, resources.max_memory // (4 * learned.state_bytes))
    recurrences = [Recurrence(learned, parse(name)) for name in trial.arithmetic]
    explored = {
        recurrence.arithmetic.name: explore(
            recurrence, task, most, stage(recurrence.arithmetic.name)
        )
        for recurrence in recurrences
    }
    run = None
    if trial.tokens:
        run = run_long(recurrences[0], task, trial.tokens, seed, device, stage("tokens"))
    width = max(trial.length // CURVE, 1)
    return LearnedNetwork(
        range=ends,
        seed=seed,
        loss=trained.loss,
        accuracy=tuple(
            found.at(*span) for span in measuring.spans(trial.recipe.longest, trial.length)
        ),
        curve=tuple(
            found.at(start, min(start + width - 1, trial.length))
            for start in range(1, trial.length + 1, width)
        ),
        audit=audit({"key": learned.key, "beta": learned.beta}, steps="last"),
        explored=explored,
        run=run,
        learned=learned,
        seconds=time.perf_counter() - begin,
    )


def write_learned(path: str, result: LearnResult) -> None:
    """Write every trained network into one safetensors file, which ``negeig audit`` reads.

    Raises InputError when the file cannot be written.
    """
    tensors: dict[str, Array] = {}
    about: dict[str, Any] = {"recipe": asdict(result.trial.recipe), "source": result.source}
    for name, network in zip(result.names(), result.networks, strict=True):
        tensors |= {name + key: array for key, array in network.learned.tensors().items()}
        about[f"{name}range"] = [str(end) for end in network.range]
        about[f"{name}seed"] = network.seed
    said = result.networks[0].learned.metadata(about)
    write(path, tensors, said)


def _need_torch() -> None:
    try:
        import torch  # noqa: F401
    except ImportError:
        raise Unavailable(
            f"training needs PyTorch: pip install torch, or {in_a_clone('gpu')}"
        ) from None


def _exploration_json(found: Exploration) -> dict[str, Any]:
    evidence = found.evidence
    word = getattr(evidence, "word", None)
    return {
        "verdict": evidence.verdict.value,
        "states": evidence.states,
        "depth": found.depth,
        "word": None if word is None else list(word),
        "margin": _margin(found.margin),
        "reason": evidence.detail if evidence.verdict is Verdict.OPEN else None,
    }


def _run_json(found: LongRun) -> dict[str, Any]:
    evidence = found.evidence
    return {
        "verdict": evidence.verdict.value,
        "arithmetic": found.arithmetic,
        "tokens": evidence.tokens,
        "length": found.length,
        "mismatches": evidence.mismatches,
        "word": None if evidence.word is None else list(evidence.word),
        "margin": _margin(found.margin),
        "device": evidence.device,
    }


def _margin(margin: float) -> float | None:
    """Return a margin; None where nothing was right."""
    return float(f"{margin:.6g}") if np.isfinite(margin) else None
