"""The checker re-checks what ``check`` certifies of the whole zoo; fronts and bounds agree.

Every oracle entry too: in ``tests/pipeline/test_check.py``, where each is checked.
"""

import pytest

import negeig
from negeig.automata.zoo import entries
from negeig.theory.constructions.route import published_bound
from support.certificates import verified_certificates
from support.fronts import check_bounds, check_points

NAMES = sorted({example for entry in entries() for example in entry.examples})


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", NAMES)
def test_the_zoo(name):
    result = negeig.check(zoo=name, backends=())
    assert verified_certificates(result)
    check_points(result.choice.front)
    check_bounds(result.choice.front, result.choice.bounds)
    promised = published_bound(result.machine)["layers"]
    layers = min(len(point.network.layers) for point in result.choice.front)
    assert promised is None or layers <= max(promised, 1)
