"""The task of a certificate is read where a machine is read, to be compared with another one."""

import json

import pytest

import negeig
from negeig.automata.formats import files
from negeig.claims import InputError
from negeig.proofs_checks.certificate import write
from negeig.proofs_checks.of_results import of_check
from negeig.proofs_checks.runs.machines import comparison_certificate
from support.certificates import lines_of, of_kind
from support.command_line import negeig as command

MEANT = negeig.language("(ab)*").machine


def as_bytes(*certificates):
    return "".join(line + "\n" for one in certificates for line in lines_of(one)).encode()


def test_the_task_of_all_certificates_of_a_check_is_read():
    """Of closures, where it stands beside a network, and of a chain, which is about it alone."""
    made = of_check(negeig.check("(ab)*", backends=())).made
    assert {one.kind for one in made} > {"closure", "peeling"}
    machine, (notice,) = files.parse(as_bytes(*made), "c.json")
    assert machine.difference(MEANT) is None
    assert machine.difference(negeig.language("(aab)*").machine) is not None
    assert notice == (
        f"the task of these {len(made)} certificates; whether they are true is what negeig verify "
        "says"
    )
    machine, (notice,) = files.parse(as_bytes(made[0]), "c")  # known by how it begins
    assert machine.difference(MEANT) is None
    assert notice.startswith("the task of this certificate; ")


def test_of_two_machines_the_first_is_the_task():
    other = negeig.language("(ba)*").machine
    machine, _ = files.parse(as_bytes(comparison_certificate(MEANT, other)), "c.json")
    assert machine.difference(MEANT) is None
    assert machine.difference(other) is not None


def test_one_task_at_a_time():
    """Certificates about several say so, and one about a matrix has none."""
    two = [comparison_certificate(one, one) for one in (MEANT, negeig.language("a*").machine)]
    with pytest.raises(InputError, match="speaks of 2 different machines"):
        files.parse(as_bytes(*two), "c.json")
    assert files.parse(as_bytes(two[0], two[0]), "c.json")[0].difference(MEANT) is None
    with pytest.raises(InputError, match="speaks of no machine"):
        files.parse(as_bytes(of_kind("spectrum")[0]), "c.json")


def altered(**changed):
    header = json.loads(lines_of(comparison_certificate(MEANT, MEANT))[0])
    return (json.dumps(header | changed, sort_keys=True, separators=(",", ":")) + "\n").encode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (altered()[:-20], "a certificate whose first line is not valid JSON"),
        (altered().replace(b'"initial":0', b'"initial":0,"initial":1'), "occurs twice"),
        (altered(about={"machine": {"transitions": [[7]]}}), "initial"),
        (altered(about=[]), "of no machine"),
        (altered(about={"machine": []}), "of no machine"),
        (b'{"about":' * 10_000 + b"\n", "not valid JSON"),
    ],
)
def test_what_is_broken_is_refused_with_words(data, said):
    with pytest.raises(InputError, match=said):
        files.parse(data, "c.json")


def test_the_key_alone_makes_no_certificate():
    """A machine may say what it is about."""
    text = b'{"about":"parity","alphabet":["a"],"initial":0,"transitions":[[0]],"accepting":[0]}'
    with pytest.raises(InputError, match="about"):  # an unknown key, as ever
        files.parse(text, "m.json")


def test_a_stranger_compares_it_with_the_task_that_is_meant(tmp_path, capsys):
    path = str(tmp_path / "proof.json")
    write(path, of_check(negeig.check("(ab)*", backends=())).made)
    code, out, _ = command(capsys, "compare", "(ab)*", "--file", path)
    assert (code, "YES, equal" in out, "whether they are true" in " ".join(out.split())) == (
        0, True, True,
    )  # fmt: skip
    code, out, _ = command(capsys, "compare", "(ab)*b", "--file", path)
    assert (code, "NO, different" in out) == (1, True)
