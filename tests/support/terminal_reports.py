"""A report of each command that decides something, as a function of the width: cheap, no clock."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np

from negeig.automata.language import Language, Source
from negeig.automata.machines.machine import Machine
from negeig.kernels.conforming import Conformity
from negeig.kernels.registry import find
from negeig.kernels.trial import FirstWrong
from negeig.pipeline import collide, compare, compile, monoid, precision
from negeig.pipeline.audit import audit
from negeig.pipeline.auditing.model_config import audit_config
from negeig.pipeline.check import check
from negeig.pipeline.conform import ConformResult
from negeig.pipeline.parts.check_options import CheckOptions
from negeig.pipeline.verify import Checked, VerifyResult
from negeig.report.terminal.audit import audit_text
from negeig.report.terminal.check import check_text
from negeig.report.terminal.collide import collide_text
from negeig.report.terminal.compare import compare_text
from negeig.report.terminal.compile import compilation_text
from negeig.report.terminal.conform import conform_text
from negeig.report.terminal.model_audit import model_text
from negeig.report.terminal.monoid import monoid_text
from negeig.report.terminal.precision import precision_text
from negeig.report.terminal.styled import Text
from negeig.report.terminal.verify import verify_text
from negeig.theory.networks.network_json import loads

Shown = Callable[[int], Text]

HOSTILE = (
    "\x1b[2J\x07bell",
    "\u202egnorw",
    "状態" * 40,
    "a b,c",
    "e\u0301",
    "x" * 10_000,
)
"""Names that would clear a screen, turn a line around, be two columns wide, or never end."""


@cache
def _language(name: str) -> Language:
    zoo = name.removeprefix("zoo:")
    return Source("regex" if zoo == name else "zoo", zoo).read()


def _check(name: str, **asked: Any) -> Shown:
    flags = {key: asked.pop(key) for key in ("verbose", "everything") if key in asked}
    result = check(_language(name), CheckOptions(backends=(), **asked))
    return partial(check_text, result, **flags)


def hostile_machine() -> Machine:
    """Parity with hostile letters and outputs."""
    size = len(HOSTILE)
    turns = [[1] * size, [0] * size]
    return Machine(alphabet=HOSTILE, transitions=turns, initial=0, outputs=list(HOSTILE[:2]))


HOSTILE_LANGUAGE = Language(source="\x1b[31m" + HOSTILE[2] + HOSTILE[-1], machine=hostile_machine())


def _hostile() -> Shown:
    result = check(HOSTILE_LANGUAGE, CheckOptions(backends=()))
    return partial(check_text, result, verbose=True)


def _hostile_compiled() -> Shown:
    return partial(compilation_text, compile.compile(HOSTILE_LANGUAGE), verbose=True)


def _hostile_monoid() -> Shown:
    return partial(monoid_text, monoid.monoid(HOSTILE_LANGUAGE, elements=True))


def _compile(name: str, **flags: bool) -> Shown:
    return partial(compilation_text, compile.compile(_language(name)), **flags)


def _monoid(name: str, **flags: bool) -> Shown:
    return partial(monoid_text, monoid.monoid(_language(name), elements=True), **flags)


def _precision() -> Shown:
    made = compile.compile(_language("a(a|b)*"))
    arithmetic = ("exact", "bf16", "e5m2", "e2m1fn")
    result = precision.precision(
        made.network, made.machine, arithmetic, source="network.json", round_parameters=True
    )
    return partial(precision_text, result)


def _collide() -> Shown:
    """A network for parity whose only eigenvalue is positive: two words collide."""
    document = json.dumps(
        {
            "schema": "negeig.network/1",
            "alphabet": ["1"],
            "field": None,
            "layers": [
                {
                    "alphabet": ["1"],
                    "dim": 1,
                    "initial": ["1"],
                    "steps": {"1": [{"matrix": [["1/2"]], "bias": ["1"]}]},
                    "codes": [["1"]],
                    "emit": [["odd"]],
                }
            ],
            "outputs": {"odd": 0},
            "empty": 1,
        }
    )
    machine = _language("(11)*").machine.minimal()
    found = collide.collide(loads(document), machine, source="network.json")
    return partial(collide_text, found)


def _compare() -> Shown:
    return partial(
        compare_text, compare.compare([Source("regex", "(11)*"), Source("regex", "(111)*")])
    )


def _audit(beta: float, **flags: bool) -> Shown:
    keys = np.array([[1, 0], [0, 1], [0.5, 0.5]], np.float32)
    betas = np.array([beta, beta / 2, beta], np.float32)
    return partial(audit_text, audit({"keys": keys, "betas": betas}), **flags)


def _model() -> Shown:
    config = {"model_type": "olmo_hybrid", "num_hidden_layers": 8, "linear_allow_neg_eigval": False}
    return partial(model_text, audit_config(config))


def _conform() -> Shown:
    """Verdicts of every kind, as if they had been measured."""
    (one,) = find(("negeig.cpu",))
    made = compile.compile(_language("zoo:mod:3"))

    def row(task: str, verdict: Any, **found: Any) -> Conformity:
        return Conformity(
            impl=one.name, version="1.0", device="cpu", task=task, network=task, dtype="fp32",
            exactly_representable=True, verdict=verdict, tokens=420, **found,
        )  # fmt: skip

    rows = (
        row("parity", "exact", max_error=0.0),
        row("mod:3", "right", max_error=2.4e-7),
        row("sym:3", "wrong", max_error=1.0, first_wrong=FirstWrong(7, "(1 2)", "()")),
        row("s5-root", "refused", reason="two steps a token, of which it takes one"),
    )
    result = ConformResult(
        implementations=(one,),
        results=rows,
        arguments=tuple(("--zoo", row.task) for row in rows),
        networks=(made.network,) * len(rows),
        tokens=420,
        seed=0,
    )
    return partial(conform_text, result)


def _verify() -> Shown:
    """Two certificates, the second of which fails, and what another checker said."""
    told = (
        ("claim", "for words of every length the network's output is the machine's"),
        ("arithmetic", '{"direction":"rne","fma":false,"grid":null,"rounded":"never"}'),
        ("sha256", "63dd5161fc32a9d378c0a221a5eb594357ef02a65a25d8210dcf09110ee351be"),
    )
    certificates = (
        Checked("VERIFIED", "", told),
        Checked("NOT VERIFIED", "layers[0], row 0: action 0 leads elsewhere", ()),
    )
    return partial(verify_text, VerifyResult("parity.json", certificates))


ASKED = ("mamba,deltanet-negative,s4",)

REPORTS: dict[str, Callable[[], Shown]] = {
    "check-parity": partial(_check, "(11)*"),
    "check-mod-3": partial(_check, "zoo:mod:3"),
    "check-starts-with-a-verbose": partial(_check, "a(a|b)*", verbose=True),
    "check-parity-all": partial(_check, "(11)*", everything=True),
    "check-architectures": partial(
        _check, "zoo:mod:3", architecture=("mamba,deltanet-negative,s4",)
    ),
    "check-layer": partial(_check, "zoo:mod:3", layer="family=delta,beta=0..1,steps=2"),
    "check-refuted": partial(_check, "a(a|b)*", arithmetic=("e2m1fn",)),
    "check-hostile": _hostile,
    "compile-hostile": _hostile_compiled,
    "monoid-hostile": _hostile_monoid,
    "compile-mod-3": partial(_compile, "zoo:mod:3"),
    "compile-parity-verbose": partial(_compile, "(11)*", verbose=True),
    "monoid-starts-with-a": partial(_monoid, "a(a|b)*"),
    "monoid-parity-verbose": partial(_monoid, "(11)*", verbose=True),
    "precision": _precision,
    "collide": _collide,
    "compare": _compare,
    "audit-nonnegative": partial(_audit, 1.0),
    "audit-negative-verbose": partial(_audit, 2.0, verbose=True),
    "audit-model": _model,
    "conform": _conform,
    "verify": _verify,
}


@cache
def shown(name: str) -> Shown:
    """One of them, made once."""
    return REPORTS[name]()
