"""Names: aliases, near misses, released models, layers that are out of scope."""

import re

import pytest

from negeig.claims import InputError
from negeig.pipeline.explain import explain
from negeig.report.terminal.explain import explain_text
from negeig.theory.architectures import (
    Architecture,
    Outside,
    Released,
    entries,
    find,
    find_subject,
    squashed,
)
from negeig.theory.architectures.models import MODELS
from negeig.theory.architectures.outside import OUTSIDE
from negeig.theory.architectures.released import count, every
from negeig.theory.theorems import entries as theorems

ALIASES = {
    "mamba2": "mamba-2", "Mamba_2": "mamba-2", "mamba-1": "mamba", "rwkv7": "rwkv-7",
    "RWKV6": "rwkv-6", "gated_deltanet": "gated-deltanet", "gdn": "gated-deltanet",
    "gdn2": "gated-deltanet-2", "delta_net": "deltanet", "GLA": "gla", "simple_gla": "simple-gla",
    "mesa_net": "mesanet", "hgrn": "hgrn", "mamba3": "mamba-3", "kda": "kda",
    "gated_deltaproduct": "gated-deltaproduct", "rg_lru": "rg-lru", "griffin": "rg-lru",
    "qwen3_next": "qwen3-next", "Qwen3-Next": "qwen3-next", "qwen3_5": "qwen3.5",
    "qwen3.5": "qwen3.5", "qwen3_5_moe": "qwen3.5", "kimi_linear": "kimi-linear",
    "olmo_hybrid": "olmo-hybrid", "OLMo Hybrid": "olmo-hybrid", "nemotron_h": "nemotron-h",
    "falcon_h1": "falcon-h1", "bamba": "bamba", "zamba2": "zamba2", "granitemoehybrid":
    "granite-4-hybrid", "granite-4": "granite-4-hybrid", "recurrent_gemma": "recurrentgemma",
    "minimax": "minimax-text", "xlstm": "xlstm", "path_attn": "path", "PaTH": "path",
    "deltaformer": "deltaformer", "M2RNN": "m2rnn", "transformer": "attention",
    "log-linear-attention": "log-linear-attention", "fox": "forgetting-transformer",
}  # fmt: skip


@pytest.mark.parametrize(("name", "id_"), ALIASES.items())
def test_aliases(name, id_):
    assert find_subject(name).id == id_


def test_no_name_means_two_things():
    """Only a model's name may be that of its architecture, which then goes before it."""
    meant = {}
    subjects = [*entries(), *MODELS, *OUTSIDE]
    for subject in subjects:
        types = () if isinstance(subject, Architecture) else subject.model_types
        for name in (subject.id, subject.name, *subject.aliases, *types):
            meant.setdefault(squashed(name), []).append(subject)
    for name, found in meant.items():
        others = {subject.id for subject in found}
        if len(others) > 1:
            first, second = (s for i, s in enumerate(found) if s.id not in
                             {t.id for t in found[:i]})  # fmt: skip
            assert isinstance(first, Architecture), name
            assert isinstance(second, Released), name
    ids = [subject.id for subject in subjects]
    assert len(set(ids)) == len(ids)
    assert not {squashed(entry.id) for entry in theorems()} & set(meant)


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("qwen3nxt", "qwen3-next"), ("olmo_hibrid", "olmo-hybrid"), ("deltaformr", "deltaformer")],
)
def test_near_misses_have_suggestions(name, nearest):
    with pytest.raises(InputError, match=f"did you mean .*{nearest}"):
        find_subject(name)


def test_a_model_is_no_architecture():
    with pytest.raises(InputError, match="is no architecture of the catalogue but a released"):
        find("qwen3_next")
    with pytest.raises(InputError, match="but out of scope"):
        find("path")


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.id)
def test_models_are_complete(model):
    assert re.fullmatch(r"[a-z0-9.-]+", model.id)
    assert isinstance(find(model.architecture), Architecture)
    assert (model.key is None) == (model.otherwise is None)
    if model.otherwise is not None:
        other, this = find(model.otherwise), find(model.architecture)
        assert other is not this
        assert model.of(model.default) == this.id
        assert model.of(not model.default) == other.id
    assert model.source in ("transformers 5.24.0", "fla-core 0.6.0")
    assert model.layers or model.note
    assert model.recurrent + model.attention >= model.layers
    text = explain_text(explain(model.model_types[-1]))
    assert model.name in text or isinstance(find_subject(model.model_types[-1]), Architecture)


@pytest.mark.parametrize("outside", OUTSIDE, ids=lambda o: o.id)
def test_layers_out_of_scope_have_a_reason(outside):
    assert isinstance(find_subject(outside.name), Outside)
    assert outside.reason
    assert re.search(r"arXiv \d{4}\.\d{4,5}|transformers|[a-z] \d+\(\d+\)$", outside.source)
    assert "no statement here is about it" in explain_text(explain(outside.id))


def test_no_row_shows_a_value_of_python():
    for entry in entries():
        rows = [line.split()[-1] for line in explain_text(explain(entry.id)).splitlines() if line]
        assert "yes" in rows or "no" in rows  # every entry has some
        assert {"True", "False", "None"}.isdisjoint(rows)


def test_explaining_a_near_miss_names_what_is_near():
    with pytest.raises(InputError, match=r"unknown architecture 'mambo'; did you mean mamba"):
        explain("mambo")


def test_an_architecture_tells_its_defaults_and_its_models():
    text = explain_text(explain("gated-deltanet"))
    assert "allow_neg_eigval = False in fla-core 0.6.0, its default" in text
    assert "Qwen3-Next" in text
    assert "OLMo Hybrid" in explain_text(explain("gated-deltanet-negative"))
    assert "4/3" in explain_text(explain("gdn2"))


def test_cycles_of_layers():
    assert every(4, 3) == ("recurrent", "recurrent", "recurrent", "attention")
    kinds = find_subject("zamba").kinds(9)
    assert kinds[2] == kinds[7] == "both"
    assert count(kinds, "recurrent") == 9
    assert count(kinds, "attention") == 2
