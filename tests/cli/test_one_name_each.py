"""An arithmetic has one name in an answer, the short one, however it was typed."""

import pytest

from support.command_line import copied, negeig

TYPED = ["bf16", "BF16:all-ops", "bf16:all-ops:l2norm", "bf16:l2norm", "fp16:rtz"]


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    from negeig import compile
    from negeig.theory.networks.network_json import dumps

    path = tmp_path_factory.mktemp("network") / "n.json"
    path.write_text(dumps(compile("(11)*").network))
    return str(path)


@pytest.mark.parametrize("name", TYPED)
def test_it_has_one_name(capsys, network, name):
    short = name.lower().replace(":all-ops", "")
    asked = ["(11)*", "--arithmetic", name]
    for arguments in (["precision", network, *asked], ["check", *asked, "--no-run", "-v"]):
        code, out, err = negeig(capsys, *arguments)
        assert code == 0
        assert "all-ops" not in out + err
        assert f" {short} " in copied(out)


def test_an_open_claim_names_its_arithmetic_once(capsys):
    code, out, _ = negeig(
        capsys, "check", "--zoo", "mod:3", "--arithmetic", "fp16:all-ops", "--no-run",
        "--max-closure", "100",
    )  # fmt: skip
    assert code in (0, 3)
    assert "all-ops" not in out
    assert "(fp16)" not in out
