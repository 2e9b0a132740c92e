"""The zoo is a folder: listing it needs no NumPy, and a task more is an entry or a file more."""

from negeig.automata import zoo
from negeig.automata.zoo import families
from support.loaded import loaded_by
from support.toys import ZOO


def test_listing_the_zoo_is_light():
    loaded = loaded_by("from negeig.automata.zoo import entries, find; entries(), find('mod:3')")
    assert "negeig.automata.zoo.families.languages" in loaded
    assert not loaded & {"numpy", "sympy", "flint", "numba", "negeig.automata.machines.machine"}


def test_the_families_are_listed_in_order():
    heads = [entry.head for entry in zoo.entries()]
    firsts = ("parity", "dihedral", "cyclic", "flipflop", "flipflop")
    starts = (0, 9, 16, 22, -6)
    assert tuple(heads[start] for start in starts) == firsts


def test_one_more_file_is_one_more_family(tmp_path, monkeypatch):
    monkeypatch.setattr(families, "__path__", [*families.__path__, str(tmp_path)])
    (tmp_path / "toys.py").write_text(ZOO)
    entry, parameters = zoo.find("toy:3")
    predicate = entry.predicate(*parameters)
    assert zoo.get("toy:3").run("aaaa") == tuple(predicate(("a",) * n) for n in range(5))
    assert zoo.entries()[-1] is entry
    monkeypatch.undo()
    assert zoo.entries()[-1].pattern == "sym:N:swaps:reveal"
