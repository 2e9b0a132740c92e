"""Parameters that operations flush: proved, and without a certificate that checkers refuse."""

from fractions import Fraction

import pytest

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError
from negeig.precision.closure.rounded_closure import closure
from negeig.proofs_checks.runs.closure import closure_certificate
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
from support.certificates import verdict

ONE = Fraction(1)


def started_at(initial):
    """One number that the letter makes 1."""
    layer = Layer(
        alphabet=("a",), initial=(initial,), steps={"a": (DeltaStep(ONE, (ONE,), ONE),)},
        codes=((ONE,),), emit=(("yes",),),
    )  # fmt: skip
    return LinearRNN(alphabet=("a",), layers=(layer,), outputs={"yes": 1}, empty=0)


ONCE = Machine(alphabet="a", transitions=[[1], [1]], initial=0, outputs=[0, 1])


@pytest.mark.parametrize(
    ("name", "is_flushed"),
    [("e3m2fn:ftz", True), ("e3m2fn", False), ("e3m2fn:daz", False), ("e3m2fn:acc32:ftz", False)],
)
def test_a_subnormal_start_has_a_certificate_where_operations_keep_it(name, is_flushed):
    network = started_at(Fraction(1, 16))
    assert closure(network, ONCE, name).verdict == "proved"
    if is_flushed:
        with pytest.raises(InputError, match="a parameter is subnormal, which operations flush"):
            closure_certificate(network, ONCE, name)
        network = started_at(Fraction(1, 4))
    assert verdict(list(closure_certificate(network, ONCE, name).lines())) == ("VERIFIED", "")
