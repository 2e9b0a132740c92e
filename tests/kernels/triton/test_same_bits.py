"""The comparison of what a GPU computes with what its PTX says: it can fail."""

import numpy as np
import pytest

from negeig.kernels.implementation import Answer, Undetermined
from negeig.kernels.ptx.execution import Fault
from negeig.kernels.registry import find
from support.same_bits import compared, difference, recurrences

OURS = find(("negeig.cpu",))[0].kernel()


class Launched:
    """A launcher on a GPU that is not there: it answers as the other does, but for a fault."""

    def __init__(self, fault=lambda answer: answer):
        self.fault = fault

    def __call__(self, asked):
        answer = OURS(asked)
        return self.fault(answer._replace(states=answer.states.copy(), final=answer.final.copy()))


def test_what_does_the_same_is_the_same():
    assert compared(Launched(), OURS, "fp32") == len(list(recurrences("fp32")))


def last_bit(answer):
    answer.states.view(np.int32)[-1, -1, -1] ^= 1
    return answer


def handed_on(answer):
    answer.final.view(np.int32)[0, 0] += 1
    return answer


def nothing_handed_on(answer):
    return answer._replace(final=None)


def shorter(answer):
    return answer._replace(states=answer.states[:, :-1])


@pytest.mark.parametrize("fault", [last_bit, handed_on, nothing_handed_on, shorter])
def test_a_bit_is_found(fault):
    with pytest.raises(AssertionError, match=r"states|handed on"):
        compared(Launched(fault), OURS, "fp32")


def test_signs_of_zero_count_and_nan_is_nan():
    def answer(*numbers):
        return Answer(np.float32([[numbers]]), "fp32", None)

    other_nan = np.int32([0x7FC00001]).view(np.float32)[0]
    assert difference(answer(0.0), answer(-0.0))
    assert not difference(answer(np.nan), answer(other_nan))
    assert difference(answer(1.0), answer(1.0)._replace(format="bf16"))


def raising(error):
    def kernel(asked):
        raise error

    return kernel


def test_what_is_not_defined_is_not_compared_and_not_counted():
    assert compared(OURS, raising(Undetermined("an instruction")), "fp32") == 0
    race = Fault("threads write different values to one place")
    assert compared(OURS, raising(race), "fp32") == 0
    with pytest.raises(Fault, match="out of bounds"):
        compared(OURS, raising(Fault("reads out of bounds")), "fp32")
