"""The answer about a layer stands apart from the network of the task, wherever both are shown."""

import pytest

import negeig
from negeig.report.terminal.check import ANY_LAYERS, check_text


@pytest.fixture(scope="module")
def refuted():
    return negeig.check(zoo="mod:3", architecture="deltanet", backends=())


SHOWN = {
    "terminal": check_text,
    "notebook": lambda result: result._repr_html_(),
    "page": lambda result: result._page(),
}


@pytest.mark.parametrize("where", SHOWN)
def test_what_was_asked_comes_first_and_the_task_is_set_apart(refuted, where):
    text = " ".join(SHOWN[where](refuted).split())
    reason, apart = text.index("letter 1: the outputs on 1^k"), text.index(ANY_LAYERS)
    assert reason < apart < text.index("bf16", apart)
    assert text.count(ANY_LAYERS) == 1


@pytest.mark.parametrize("where", SHOWN)
def test_without_a_question_nothing_is_set_apart(where):
    assert ANY_LAYERS not in SHOWN[where](negeig.check(zoo="parity", backends=()))


def test_a_notebook_shows_the_network_of_a_layer_that_can():
    found = negeig.check(zoo="parity", layer="family=diagonal,gate=-1..1", backends=())
    before, _, after = found._repr_html_().partition(ANY_LAYERS)
    assert before.count("<svg") == after.count("<svg") == 1
    assert "my layer:" in before
