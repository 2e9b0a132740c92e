"""``negeig.prove``: what is no network, and no arithmetic, is a sentence."""

import pytest

from negeig import api
from negeig.claims import InputError
from negeig.pipeline.precision import exploration_json

MADE = api.compile("(11)*")


@pytest.mark.parametrize(
    ("network", "arithmetic", "message"),
    [
        ([], ["fp32"], "network: expected one, such as compile(...).network, found a list"),
        (
            MADE,
            ["fp32"],
            "network: expected one, such as compile(...).network, found a Compilation",
        ),
        (MADE.network, [], "arithmetic: expected names, as ['bf16', 'fp32'], found []"),
        (MADE.network, "fp32", "arithmetic: expected names, as ['bf16', 'fp32'], found 'fp32'"),
    ],
)
def test_what_cannot_be_proved_is_named(network, arithmetic, message):
    with pytest.raises(InputError) as error:
        api.prove(network, MADE.machine, arithmetic)
    assert error.value.problems == [message]


def test_a_word_that_errs_is_said_to_be_a_shortest_one_only_where_it_is():
    """The network of parity, held to counting modulo four, errs after two letters, not before."""
    network, machine = MADE.network, api.language("(1111)*").machine
    ((_, found),) = api.prove(network, machine, ["exact"]).results
    shown = exploration_json(found, is_through=False)
    assert (shown["wrong_word"], shown["wrong_is_shortest"]) == (["1", "1"], True)
    right = [network.run(word)[-1] == machine.run(word)[-1] for word in ("", "1", "11")]
    assert right == [True, True, False]
    assert exploration_json(found, is_through=True)["wrong_is_shortest"] is False
    ((_, proved),) = api.prove(network, MADE.machine, ["exact"]).results
    assert exploration_json(proved, is_through=False)["wrong_is_shortest"] is None
