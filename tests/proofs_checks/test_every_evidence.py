"""Every class of evidence has a kind of certificate, or a reason for having none."""

import importlib
import inspect
import pkgutil
from dataclasses import replace
from functools import cache

import pytest

import negeig
from negeig import claims
from negeig.automata.varieties.membership import Membership
from negeig.automata.varieties.since_depth import AlikeWords
from negeig.claims import Resources
from negeig.evidence import Evidence
from negeig.kernels.standard_suite import TASKS
from negeig.pipeline.precision import precision
from negeig.precision.cast.collision import Collision
from negeig.proofs_checks import checker
from negeig.proofs_checks.kinds import KINDS
from negeig.proofs_checks.of_results import of_check, of_precision
from negeig.theory.closure.explore import Exploration
from support.certificates import lines_of, verdict

CLAIMED = {
    claims.Closure: {"closure", "layers"},
    claims.Exactness: {"closure"},
    claims.Region: {"regions"},
    claims.Horizon: {"horizon"},
    claims.Refutation: {"word", "collision"},
}
WITHOUT = {
    claims.Open: "nothing is decided",
    claims.Run: "a run on words is no proof",
    Membership: "the rules of some fifty classes, with side conditions, would stand in the checker",
    AlikeWords: "orders of last passages would be computed in the checker",
}
OF_BOUNDS = {"equivalence", "group", "inequivalence", "peeling", "scalar"}
"""Kinds of what is no class of evidence: two machines that are compared, what shows a bound."""


@cache
def evidence_classes():
    """All of negeig.claims that have a verdict, and all that verify themselves.

    Of the modules that are there: other tests add kinds for a while.
    """
    modules = [module.name for module in pkgutil.walk_packages(negeig.__path__, "negeig.")]
    for name in modules:
        if name.split(".")[1] in ("automata", "theory", "precision"):
            importlib.import_module(name)
    own = {
        found
        for _, found in inspect.getmembers(claims, inspect.isclass)
        if hasattr(found, "__dataclass_fields__")
        and ("verdict" in vars(found) or "verdict" in found.__dataclass_fields__)
        and found is not claims.Claim
    }
    themselves = {x for x in Evidence.__subclasses__() if x.__module__ in modules}
    return own, themselves


def test_every_class_of_evidence_has_a_kind_or_a_reason():
    own, themselves = evidence_classes()
    assert claims.Horizon in own
    assert Collision in themselves
    with_kind = {kind.evidence: {name} for name, kind in KINDS.items() if kind.portable is not None}
    assert own | themselves == set(CLAIMED) | set(with_kind) | set(WITHOUT)
    assert not set(WITHOUT) & (set(CLAIMED) | set(with_kind))
    made = set().union(*CLAIMED.values(), *with_kind.values())
    assert made | OF_BOUNDS == set(checker.KINDS)


def checked(found):
    kinds = []
    for certificate in found.made:
        assert verdict(lines_of(certificate)) == ("VERIFIED", ""), certificate.kind
        kinds.append(certificate.kind)
    return kinds


def results(asked):
    """What precision finds of a network that errs in the end, and of one that is right."""
    task = TASKS["mod3-rotations"]
    few = Resources(max_closure=40)
    return task, precision(task.network, task.machine, asked, round_parameters=True, resources=few)


def test_a_horizon_is_certified_by_precision():
    task, result = results(["bf16:acc32"])
    assert result.results[0][1].horizon is not None
    found = of_precision(result, task.network, task.machine)
    assert checked(found) == ["horizon"]


def test_what_stopped_is_certified_as_far_as_it_came():
    """Whether or not a length was found, and however long: up to what so many states hold."""
    task, result = results(["bf16:acc32"])
    ((name, found),) = result.results
    assert found.verdict == "open"
    for horizon in (found.horizon, None):
        stopped = replace(result, results=((name, replace(found, horizon=horizon)),))
        for most in (10, 40):
            made = of_precision(stopped, task.network, task.machine, Resources(max_closure=most))
            assert checked(made) == ["horizon"]
            assert made.made[0].evidence["states"] == most
    unexplored = Exploration.unexplored("it was stopped before")
    made = of_precision(replace(result, results=((name, unexplored),)), task.network, task.machine)
    assert made.missing == [f"{name}: nothing is decided"]


def test_what_has_no_certificate_says_why():
    made = negeig.compile(zoo="parity")
    result = precision(made.network, made.machine, ["any-order", "bf16:acc32:sr"])
    found = of_precision(result, made.network, made.machine)
    assert checked(found) == ["closure"]
    assert found.made[0].about["arithmetic"].keys() == {"operands", "sums"}
    assert found.missing == ["bf16:acc32:sr: there is none for the arithmetic bf16:acc32:sr"]


@pytest.mark.parametrize("name", ["ends-with:01", "first-symbol"])
def test_regions_of_one_layer_and_of_a_stack_are_certified_by_check(name):
    result = negeig.check(zoo=name, backends=())
    assert any(isinstance(claim.evidence, claims.Region) for claim in result.claims)
    assert "regions" in checked(of_check(result))


def test_a_bound_by_a_chain_is_certified_by_check():
    found = of_check(negeig.check("(a(ab)*b)*", backends=()))
    assert "peeling" in checked(found)
