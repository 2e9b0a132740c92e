"""The layers of a model, from its config.json: which are recurrent, which attend."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from negeig.automata.problems import Problems
from negeig.theory.architectures.released import Kind, Released

Config: TypeAlias = Mapping[str, Any]

RECURRENT = ("linear_attention", "mamba", "mamba2", "recurrent", "kda", "M")
OTHER = ("mlp", "moe", "conv", "-", "E")
NUMBERS = ("num_hidden_layers", "n_layer", "num_layers", "num_blocks")
MOST_LAYERS = 10_000
"""Layers of a model; a config that claims more is refused before a list is made."""


def layers_of(config: Config, model: Released, problems: Problems) -> tuple[Kind, ...]:
    """Return what the layers of a configuration are, in their order.

    A list in the configuration goes before a period, and a period before the default of the code.
    What cannot be read is noted in ``problems``.

    Examples
    --------
    >>> from negeig.theory.architectures import find_subject
    >>> config = {"num_hidden_layers": 3, "full_attention_interval": 3}
    >>> layers_of(config, find_subject("qwen3_next"), Problems("config.json"))
    ('recurrent', 'recurrent', 'attention')
    """
    readers: tuple[Callable[[Config, Released, Problems], tuple[Kind, ...] | None], ...] = (
        _listed, _by_index, _periodic,
    )  # fmt: skip
    for read in readers:
        found = read(config, model, problems)
        if found is not None or problems:
            return found or ()
    return model.kinds(_number(config, model, problems))


def kind_of(word: object) -> Kind | None:
    """Return what a word for a layer means, None for an unknown one.

    Examples
    --------
    >>> kind_of("mamba"), kind_of("sliding_attention"), kind_of("hybrid"), kind_of("?")
    ('recurrent', 'attention', 'both', None)
    """
    if not isinstance(word, str):
        return None
    if word in RECURRENT:
        return "recurrent"
    if word == "hybrid":
        return "both"
    if word in OTHER:
        return "other"
    return "attention" if word == "*" or word.endswith("attention") else None


def _number(config: Config, model: Released, problems: Problems) -> int:
    """Return the number of layers, that of the code where the configuration has none."""
    for key in NUMBERS:
        value = config.get(key)
        if value is not None:
            if type(value) is int and 0 < value <= MOST_LAYERS:
                return value
            problems.add(f"{key} is {value!r}: expected an integer from 1 to {MOST_LAYERS:,}")
            return 0
    if not model.layers:
        problems.add("num_hidden_layers is missing, and no list names the layers")
    return model.layers


def _listed(config: Config, model: Released, problems: Problems) -> tuple[Kind, ...] | None:
    """Read a list of words, or a pattern with a letter for each layer."""
    for key in ("layer_types", "layers_block_type", "hybrid_override_pattern", "block_types"):
        words = config.get(key)
        if words is None:
            continue
        if not isinstance(words, list | str) or not 0 < len(words) <= MOST_LAYERS:
            problems.add(f"{key}: expected a list of the layers' kinds")
            return None
        kinds = [kind_of(word) for word in words]
        unknown = [f"{key}[{i}] is {words[i]!r}" for i, kind in enumerate(kinds) if kind is None]
        for problem in unknown[:5]:
            problems.add(f"{problem}: a kind of layer that is not known")
        found = tuple(kind for kind in kinds if kind is not None)
        if unknown:
            return None
        if key == "block_types":
            number = _number(config, model, problems)
            return tuple(found[i % len(found)] for i in range(number))
        if any(config.get(name) is not None for name in NUMBERS):
            number = _number(config, model, problems)
            if not problems and number != len(found):
                problems.add(f"{key} has {len(found)} layers, the configuration says {number}")
        return found
    return None


def _by_index(config: Config, model: Released, problems: Problems) -> tuple[Kind, ...] | None:
    """Read the places of the attention layers."""
    inner = config.get("linear_attn_config")
    attn = config.get("attn")
    for name, value in (("linear_attn_config", inner), ("attn", attn)):
        if value is not None and not isinstance(value, dict):
            problems.add(f"{name}: expected an object, found {value!r:.80}")
            return None
    listed: object = None
    first = 0
    if isinstance(inner, dict) and "full_attn_layers" in inner:
        key, listed, first = "linear_attn_config.full_attn_layers", inner["full_attn_layers"], 1
    elif isinstance(attn, dict) and "layers" in attn:
        key, listed = "attn.layers", attn["layers"]
    elif config.get("attn_layer_indices") is not None:
        key, listed = "attn_layer_indices", config["attn_layer_indices"]
    else:
        return None
    number = _number(config, model, problems)
    if not _are_places(listed, first, number):
        problems.add(f"{key}: expected places of layers from {first} to {number - 1 + first}")
        return None
    assert isinstance(listed, list)
    rest = inner.get("kda_layers") if isinstance(inner, dict) else None
    if rest is not None and (
        not _are_places(rest, first, number)
        or sorted({*rest, *listed}) != list(range(first, number + first))
        or not set(rest).isdisjoint(listed)
    ):
        problems.add(f"linear_attn_config.kda_layers: expected the layers that {key} leaves")
        return None
    return tuple("attention" if i + first in listed else "recurrent" for i in range(number))


def _are_places(listed: object, first: int, number: int) -> bool:
    return isinstance(listed, list) and all(
        type(i) is int and first <= i < number + first for i in listed
    )


def _periodic(config: Config, model: Released, problems: Problems) -> tuple[Kind, ...] | None:
    """Read a period of which the last layer attends, or a period and an offset."""
    values: Sequence[object] = [config.get(key) for key in model.period]
    if all(value is None for value in values) or model.starts:
        return None
    if any(type(value) is not int or not 0 <= value <= MOST_LAYERS for value in values):
        problems.add(f"{' and '.join(model.period)}: expected integers, found {list(values)}")
        return None
    numbers = [value for value in values if isinstance(value, int)]
    period, place = numbers[0], numbers[1] if len(numbers) > 1 else numbers[0] - 1
    if not 0 <= place < period:
        problems.add(f"{' and '.join(model.period)}: expected a period above its offset")
        return None
    number = _number(config, model, problems)
    return tuple("attention" if i % period == place else "recurrent" for i in range(number))
