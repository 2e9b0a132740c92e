"""``negeig precision`` says which kind of proof holds, and refuses what no kind proves."""

import pytest

from support.command_line import begun, copied, negeig, valid


@pytest.fixture(scope="module")
def networks(tmp_path_factory):
    """A suffix language on one number that contracts, and mirrors whose rounded states drift."""
    folder = tmp_path_factory.mktemp("networks")
    made = {}
    for name, task in (
        ("digits", ("--eigenvalues", "1/8,1", "(a|b)*abb")),
        ("mirrors", ("--unit-keys", "--dim", "2", "--zoo", "sym:3")),
    ):
        made[name] = str(folder / f"{name}.json")
        done = begun("compile", *task, "-o", made[name])
        done.communicate(timeout=180)
    return made


def rows(capsys, *arguments):
    code, out, _ = negeig(capsys, "precision", *arguments, "--json")
    return code, valid(out)["results"]


def test_regions_prove_what_a_closure_leaves_open(capsys, networks):
    asked = (networks["digits"], "(a|b)*abb", "--arithmetic", "exact,bf16,fp32,fp32:fma")
    code, (exact, bf16, fp32, fma) = rows(capsys, *asked, "--max-closure", "100")
    assert code == 0
    assert [r["proof"] for r in (exact, bf16, fp32, fma)] == [
        "regions",
        "closure",
        *["regions"] * 2,
    ]
    assert bf16["region"]["boxes"] == fp32["region"]["boxes"]  # in every order, beside its closure
    assert fp32["region"]["margin"] == fma["region"]["margin"] == exact["region"]["margin"]
    assert exact["region"]["error"] is None
    assert fp32["region"]["error"] is not None


def test_what_turns_or_mirrors_has_no_margin(capsys, networks):
    asked = (networks["mirrors"], "--zoo", "sym:3", "--arithmetic", "fp32", "--round-parameters")
    code, (fp32,) = rows(capsys, *asked, "--max-closure", "100")
    assert (code, fp32["verdict"], fp32["proof"], fp32["region"]) == (3, "open", None, None)


def test_a_wrong_network_is_wrong_whatever_is_tried(capsys, networks):
    asked = (networks["digits"], "(a|b)*aab", "--arithmetic", "bf16,fp32")
    code, found = rows(capsys, *asked, "--max-closure", "100")
    assert code == 1
    assert [(r["verdict"], r["proof"], r["region"]) for r in found] == [("wrong", None, None)] * 2


def test_the_report_names_the_margin(capsys, networks):
    asked = (networks["digits"], "(a|b)*abb", "--arithmetic", "exact,fp32", "--max-closure", "100")
    code, out, _ = negeig(capsys, "precision", *asked)
    assert code == 0
    text = copied(out)
    assert "whatever reads a letter in these regions with an error of at most 0.023" in text
    assert "in every order of every sum" in text
