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
    if text == "complex, in the unit disc":
        return End(Fraction(-1), True)
    found = re.search(r"(?:^|\s)(\[|\(|above |(?=1$))(-?[\d.]+)", text)
    return None if found is None else End(Fraction(found[2]), found[1] in ("[", ""))


def test_ends_as_numbers_are_those_of_the_texts():
    assert end_in("real, above -0.46") == End(Fraction(-23, 50), False)
    assert end_in("[-1, 1]") == End(Fraction(-1), True)
    assert end_in("1") == End(Fraction(1), True)
    for entry in architectures.entries():
        expected = None if "no lower bound" in entry.eigenvalues else end_in(entry.eigenvalues)
        assert entry.least == expected, entry.id


def test_the_order_of_the_entries():
    ids = [entry.id for entry in architectures.entries()]
    assert ids[:3] == ["linear-attention", "retnet", "lightning-attention"]
    assert ids[ids.index("rwkv-6") + 1] == "rwkv-7"
    assert ids[-3:] == ["ttt-linear", "block-diagonal", "pd-ssm"]
    assert len(ids) == 34


def test_json_has_the_display_text_only():
    assert list(architectures.find("mamba").to_json()) == [
        *("id", "name", "matrix", "eigenvalues", "source", "input_dependent", "gate", "keys"),
        *("inside", "low", "steps", "theorem", "wider", "free_diagonal", "note"),
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
    assert verdicts((), None)[-1].to_json() == {"name": "Toy", "verdict": "open", "theorem": None}
    monkeypatch.undo()
    assert architectures.entries()[-1].id == "pd-ssm"
