"""The theorem registry: complete, findable, and pointing at things that exist."""

import random
import re
from fractions import Fraction

import pytest

from negeig.automata import zoo
from negeig.automata.monoids.monoid import transition_monoid
from negeig.claims import InputError
from negeig.theory import architectures
from negeig.theory.architectures.verdicts import verdicts
from negeig.theory.bounds.limits import limits
from negeig.theory.networks.network import DeltaStep
from negeig.theory.theorems import entries, get
from negeig.theory.theorems.proofs import PROOFS
from support.candidates import candidates
from support.paths import ROOT

TASKS = ("parity", "mod:3", "sym:5", "sym:3:swaps", "flipflop", "dyck1:2", "contains:ab")


def test_identifiers_are_distinct_in_any_case():
    ids = [entry.id.lower() for entry in entries()]
    assert len(set(ids)) == len(ids)
    for entry in entries():
        assert get(entry.id.upper()) is get(entry.id.lower()) is entry


def test_every_sketch_of_a_proof_is_that_of_a_theorem():
    assert sorted(PROOFS) == sorted(entry.id for entry in entries())
    assert len(set(PROOFS.values())) == len(PROOFS)


def test_sketches_cite_theorems_that_there_are():
    """By their identifiers in brackets, or as the argument or the proof of one."""
    cited = set()
    for sketch in PROOFS.values():
        cited |= set(
            re.findall(r" \(([a-z-]+)\)|argument of ([A-Z]\d)|proof of ([a-z-]+),", sketch)
        )
    names = {name for found in cited for name in found if name}
    assert {"T1", "one-layer", "complexity"} <= names
    assert names <= set(PROOFS)


def test_an_unknown_identifier_names_the_nearest():
    with pytest.raises(InputError, match=r"no theorem 'idempotnet'; nearest: idempotents"):
        get("idempotnet")
    with pytest.raises(InputError, match=r"no theorem '\?\?\?'; negeig theorems lists all"):
        get("???")


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.id)
def test_entries_are_complete_and_their_files_exist(entry):
    assert entry.title
    assert entry.statement.endswith(".")
    assert entry.hypotheses
    assert entry.model
    assert entry.proof_sketch.endswith(".")
    assert len(entry.proof_sketch) > 100
    assert re.search(r"arXiv \d{4}\.\d{5}|negeig|AMS", entry.source)
    for path in (*entry.checked, entry.page):
        assert (ROOT / path).is_file(), path
    assert list(entry.to_json()) == [
        *(
            "id",
            "title",
            "statement",
            "hypotheses",
            "model",
            "proof_sketch",
            "source",
            "checked",
            "page",
        )
    ]


def test_sources_on_pages_of_the_documentation_exist():
    for entry in entries():
        for page in re.findall(r"docs/\S+\.md", entry.source):
            assert (ROOT / page).is_file()


def test_everything_that_is_cited_has_an_entry():
    cited = {a.theorem for a in architectures.entries() if a.theorem}
    for name in TASKS:
        machine = zoo.get(name).minimal()
        found = candidates(machine)
        networks = []
        if isinstance(found, list):
            networks = [found[0].network]
            cited |= {construction.source for construction in found}
        rows = limits(machine, transition_monoid(machine), networks=networks)
        cited |= {row.theorem for row in rows if row.theorem}
        cited |= {row.theorem for row in verdicts(rows, networks) if row.theorem}
    assert cited >= {"T1", "T2", "T4", "closure", "star-free", "subnormal", "idempotents"}
    for name in cited:
        get(name)


def test_products_of_householder_factors_do_not_lengthen_vectors():
    """Proposition 1, exactly, on random factors; with beta |key|^2 above 2 it fails."""
    rng = random.Random(5)

    def number():
        return Fraction(rng.randint(-9, 9), rng.randint(1, 9))

    lengthened = 0
    for _ in range(300):
        vector = start = tuple(number() for _ in range(3))
        for _ in range(4):
            key = tuple(number() for _ in range(3))
            square = sum(k * k for k in key)
            if square == 0:
                continue
            inside = DeltaStep(Fraction(rng.randint(0, 20), 10) / square, key, Fraction(0))
            outside = DeltaStep(Fraction(21, 10) / square, key, Fraction(0))
            before = sum(x * x for x in vector)
            lengthened += sum(x * x for x in outside.apply(vector)) > before
            vector = inside.apply(vector)
            assert sum(x * x for x in vector) <= before
        assert sum(x * x for x in vector) <= sum(x * x for x in start)
    assert lengthened > 0
