"""``negeig.prove``: what is no network, and no arithmetic, is a sentence."""

import pytest

from negeig import api
from negeig.claims import InputError

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
