"""The catalogue as data: numbers beside the text, light to load, one more file being enough."""

import re
from fractions import Fraction

from negeig.theory import architectures
from negeig.theory.architectures import families
from negeig.theory.architectures.architecture import Architecture, End
from negeig.theory.architectures.verdicts import verdicts
from support.loaded import loaded_by
from support.toys import ARCHITECTURE


def end_in(text: str) -> End | None:
    """The lower end that a display text states, read independently of the entry's numbers."""
    if "below 1" in text or "on its rim only 1" in text:
        return End(Fraction(-1), False)
    if text in ("complex, in the unit disc", "complex, modulus 1"):
        return End(Fraction(-1), True)
    found = re.search(r"(?:^|\s)(\[|\(|above |(?=1$))(-?[\d.]+)", text)
    return None if found is None else End(Fraction(found[2]), found[1] in ("[", ""))


def test_ends_as_numbers_are_those_of_the_texts():
    assert end_in("real, above -0.46") == End(Fraction(-23, 50), False)
    assert end_in("[-1, 1]") == End(Fraction(-1), True)
    assert end_in("1") == End(Fraction(1), True)
    for entry in architectures.entries():
        free = ("no lower bound", "not bounded", "not verified", "product alpha mu")
        expected = None if any(f in entry.eigenvalues for f in free) else end_in(entry.eigenvalues)
        assert entry.least == expected, entry.id
        assert entry.most is None or (entry.most.value == 1 and (entry.least or entry.keys))


def test_the_order_of_the_entries():
    ids = [entry.id for entry in architectures.entries()]
    assert ids[:3] == ["linear-attention", "lightning-attention", "rwkv-4"]
    assert ids[ids.index("rwkv-6") + 1] == "retnet"
    assert ids[ids.index("aussm") + 1] == "rwkv-7"
    assert ids[-3:] == ["block-diagonal", "pd-ssm", "slice"]
    assert len(ids) == 52


def test_what_an_entry_has_as_json():
    assert list(architectures.find("mamba").to_json()) == [
        *("id", "name", "matrix", "eigenvalues", "source", "input_dependent", "gate", "keys"),
        *("inside", "low", "steps", "theorem", "wider", "theorem_layers", "free_diagonal"),
        *("unitary", "layer", "note"),
        *("norm_squared", "key_epsilon", "other_keys", "settings", "contains", "aliases", "range"),
    ]
    shown = architectures.find("gdn2").to_json()
    assert shown["range"]["least"] == {"value": "0", "reached": True}
    assert (shown["norm_squared"], shown["key_epsilon"]) == ("4/3", "1/1000000")
    assert shown["settings"] == [
        {"name": "allow_neg_eigval", "value": False, "default": True, "source": "fla-core 0.6.0"}
    ]


def test_listing_the_catalogue_is_light():
    loaded = loaded_by("from negeig.theory.architectures import entries, find; find('mamba')")
    assert "negeig.theory.architectures.families.one_hot" in loaded
    assert not loaded & {"numpy", "sympy", "flint", "numba"}
    assert not {name for name in loaded if name.startswith(("negeig.automata", "negeig.theory.b"))}


def test_one_more_file_is_one_more_family(tmp_path, monkeypatch):
    monkeypatch.setattr(families, "__path__", [*families.__path__, str(tmp_path)])
    (tmp_path / "toys.py").write_text(ARCHITECTURE)
    toy = architectures.find("TOY")
    assert isinstance(toy, Architecture)
    assert architectures.entries()[-1] is toy
    assert verdicts(())[-1].to_json() == {
        "name": "Toy",
        "verdict": "open",
        "theorem": None,
        "layers": None,
    }
    monkeypatch.undo()
    assert architectures.entries()[-1].id == "slice"
