"""Audit of a config.json: which layers are recurrent, their architecture, and what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from negeig.automata.formats.documents import glance, other_than
from negeig.automata.formats.files import read_bytes
from negeig.automata.formats.json_file import loads
from negeig.automata.problems import Problems
from negeig.claims import InputError
from negeig.pipeline.auditing.audit_limits import STATEMENTS, model_of
from negeig.pipeline.auditing.model_layers import Config, layers_of
from negeig.theory.architectures import Architecture, Outside, Released, find
from negeig.theory.architectures.models import MODELS
from negeig.theory.architectures.outside import OUTSIDE
from negeig.theory.architectures.released import Kind
from negeig.theory.theorems import ids

STEPS = "num_householder"
"""Steps a token of Gated DeltaProduct."""

MAX_BYTES = 1_000_000
"""Largest config.json; published ones have some thousand bytes."""

READ = (
    "here the config.json of a model is read, or a layer's tensors, which negeig compile -o "
    "NAME.safetensors writes"
)


@dataclass(frozen=True, kw_only=True)
class ModelAudit:
    """What the recurrent layers of a model are, and what they cannot do by themselves.

    Attributes
    ----------
    source, model_type, name
        What was read.
    architecture : str or None
        Identifier in the catalogue; None where no layer is recurrent.
    setting : dict or None
        The option that decides between two architectures: key, value, and whether it was given.
    layers : dict
        Places of the recurrent, the attention and the other layers; one with both is in both.
    matrix, eigenvalues, class, key_epsilon
        Of the recurrent layers, as in the catalogue.
    limits : list of dict
        Class, theorem, model of arithmetic and statement of each limit that applies to the
        recurrent layers alone.
    notices : list of str
    outside : str or None
        Why no statement is about the model, where it has no recurrent layers.
    """

    source: str
    model_type: str
    name: str
    architecture: str | None
    setting: dict[str, Any] | None
    layers: dict[str, list[int]]
    matrix: str | None
    eigenvalues: str | None
    class_: str | None
    key_epsilon: str | None
    limits: list[dict[str, str]]
    notices: list[str]
    outside: str | None

    @property
    def exit_code(self) -> int:
        """0, or 3 where nothing here is about the model."""
        return 0 if self.outside is None else 3

    def to_json(self) -> dict[str, Any]:
        """Return the object of schema ``negeig.model/1``."""
        shown = {f.name.rstrip("_"): getattr(self, f.name) for f in fields(self)}
        return {"schema": "negeig.model/1", **shown}


def is_config(path: str | Path) -> bool:
    """Whether a file is taken for a model's configuration: by its name, as nothing was read yet.

    Examples
    --------
    >>> is_config("config.json"), is_config("layer.safetensors")
    (True, False)
    """
    return str(path).lower().endswith(".json")


def audit_config(config: str | Path | Config, source: str = "config.json") -> ModelAudit:
    """Audit the configuration of a model, a file or what it holds.

    Raises
    ------
    InputError
        For a file that is no JSON object, a ``model_type`` that is missing or not known (with
        those that are), and layers that cannot be read.

    Examples
    --------
    >>> found = audit_config({"model_type": "olmo_hybrid", "num_hidden_layers": 4})
    >>> found.architecture, found.layers["attention"]
    ('gated-deltanet-negative', [3])
    """
    if isinstance(config, str | Path):
        source, data = read_bytes(str(config), MAX_BYTES)
        try:
            config = loads(data.decode())
        except ValueError as error:
            other = other_than("config", glance(data))
            problem = f"{other}; {READ}" if other else f"not JSON: {error}"
            raise InputError(source, problem, "bad-file") from None
    if other := other_than("config", config):
        raise InputError(source, f"{other}; {READ}", "bad-file")
    if not isinstance(config, Mapping):
        raise InputError(source, "expected a JSON object, as in a config.json")
    inner = config.get("text_config")
    text: Config = {**config, **inner} if isinstance(inner, Mapping) else config
    known: dict[str, Released | Outside] = {}
    for subject in (*MODELS, *OUTSIDE):
        for listed in subject.model_types:
            known.setdefault(listed, subject)
    named = [str(c["model_type"]) for c in (config, text) if c.get("model_type") is not None]
    name = next((n for n in named if n in known), None)
    if name is None:
        raise InputError(source, _unknown(named, sorted(known)))
    model = known[name]
    if isinstance(model, Outside):
        return _outside(source, name, model.name, model.reason)
    problems = Problems(source)
    kinds = layers_of(text, model, problems)
    architecture, setting = _architecture(text, model, problems)
    if problems:
        raise problems.error()
    if not any(kind in ("recurrent", "both") for kind in kinds):
        return _outside(source, name, model.name, "none of its layers is recurrent", kinds)
    return ModelAudit(
        source=source,
        model_type=name,
        name=model.name,
        architecture=architecture.id,
        setting=setting,
        layers=_places(kinds),
        matrix=architecture.matrix,
        eigenvalues=architecture.eigenvalues,
        class_=architecture.inside,
        key_epsilon=None if architecture.key_epsilon is None else str(architecture.key_epsilon),
        limits=_limits(architecture),
        notices=_notices(text, model, architecture, kinds),
        outside=None,
    )


def _unknown(named: Sequence[str], known: Sequence[str]) -> str:
    """Say that no model has the type, which are near, and how to ask about its layers anyhow."""
    if not named:
        return f"model_type is missing; known: {', '.join(known)}"
    near = [n for name in named for n in get_close_matches(name.lower(), known, n=3, cutoff=0.6)]
    hint = f", did you mean {' or '.join(dict.fromkeys(near))}?" if near else ""
    return (
        f"model_type {named[0]!r} is not known{hint}; if it has recurrent layers, ask about them "
        "with negeig check --arch or --layer, --depth saying how many they are; known: "
        f"{', '.join(known)}"
    )


def _outside(
    source: str, model_type: str, name: str, reason: str, kinds: tuple[Kind, ...] = ()
) -> ModelAudit:
    return ModelAudit(
        source=source, model_type=model_type, name=name, architecture=None, setting=None,
        layers=_places(kinds), matrix=None, eigenvalues=None, class_=None, key_epsilon=None,
        limits=[], notices=[], outside=reason,
    )  # fmt: skip


def _places(kinds: tuple[Kind, ...]) -> dict[str, list[int]]:
    return {
        "recurrent": [i for i, kind in enumerate(kinds) if kind in ("recurrent", "both")],
        "attention": [i for i, kind in enumerate(kinds) if kind in ("attention", "both")],
        "other": [i for i, kind in enumerate(kinds) if kind == "other"],
    }


def _architecture(
    config: Config, model: Released, problems: Problems
) -> tuple[Architecture, dict[str, Any] | None]:
    """Return the recurrent layers' architecture, and the option that decided."""
    id_, setting = model.architecture, None
    if model.key is not None:
        given = model.key in config
        value = config.get(model.key) if given else model.default
        if not isinstance(value, bool | int | float | None):
            problems.add(f"{model.key} is {value!r:.80}: expected true, false or a number")
        id_ = model.of(value)
        setting = {"key": model.key, "value": bool(value), "given": given}
    if "gated_deltaproduct" in model.model_types and STEPS in config:
        steps = config[STEPS]
        if type(steps) is not int or steps < 1:
            problems.add(f"{STEPS} is {steps!r}: expected an integer from 1 on")
        elif steps > 1:
            product = "gated-deltaproduct-2" if steps == 2 else "gated-deltaproduct"
            id_ = product + "-negative" * id_.endswith("-negative")
    return find(id_), setting


def _limits(architecture: Architecture) -> list[dict[str, str]]:
    """Return the limits that the class and the norm of an architecture bring."""
    classes = [] if architecture.inside is None else [architecture.inside]
    if architecture.norm_squared is not None and architecture.norm_squared <= 1:
        classes.append("one-contractive-layer")
    if architecture.low == 0:  # gates are symmetric factors with eigenvalues in [0, 1]
        classes.append("no-eigenvalue-minus-one")
    theorems = {
        "nonnegative-diagonal": ids.T1, "nonnegative-spectrum": ids.T1, "real-diagonal": ids.T2,
        "nonnegative-symmetric": ids.TWO_LETTERS,
        "complex-diagonal": ids.SUBNORMAL, "one-contractive-layer": ids.IDEMPOTENTS,
        "no-eigenvalue-minus-one": ids.ISOMETRY,
    }  # fmt: skip
    return [
        {
            "class": name,
            "theorem": theorems[name],
            "model": model_of(theorems[name]),
            "statement": STATEMENTS[name],
        }
        for name in classes
    ]


def _notices(
    config: Config, model: Released, architecture: Architecture, kinds: tuple[Kind, ...]
) -> list[str]:
    notices = []
    if any(kind in ("attention", "both") for kind in kinds):
        notices.append(
            "attention layers are outside the theorems: what the recurrent layers cannot do alone, "
            "the whole model may do, on inputs within its context"
        )
    if architecture.inside is None:
        notices.append(
            "no limit at hand, at any depth and with rounded states, speaks of such matrices"
        )
    norm = config.get("qk_norm")
    if norm not in (None, "l2") and norm in architecture.other_keys:
        notices.append(f"keys are normalised by {norm!r}: their length is at most 1")
    notices += [text for text in (architecture.note, model.note) if text]
    return notices
