"""Launches that cannot be: each is named, and what others raise stays what it is."""

import numpy as np
import pytest
import torch

from negeig.claims import InputError
from negeig.kernels.ptx.compile import compiling
from negeig.kernels.ptx.launching import on_cpu

KEY, BETA, INITIAL = torch.ones(1, 2, 3), torch.ones(1, 2), torch.ones(1, 3)
GIVEN = (KEY, BETA, INITIAL, torch.empty(1, 3), 2, 3, 4)


def launch(given=GIVEN, grid=(1,), **options):
    from support.ptx_kernels import delta_steps

    with on_cpu("sm_90"):
        delta_steps[grid](*given, **{"num_warps": 1} | options)


def changed(place, value):
    return [value if i == place else x for i, x in enumerate(GIVEN)]


LAUNCHES = {
    "an argument is missing": ({"given": GIVEN[:-1]}, "missing 1 required.*'WIDTH'"),
    "one too many": ({"given": (*GIVEN, 5)}, "takes 7 positional arguments but 8"),
    "an option that is none": ({"warps": 1}, "Keyword argument warps"),
    "a list": ({"given": changed(0, [1.0])}, "argument of type: list"),
    "an array of numpy": ({"given": changed(0, np.ones(6))}, "argument of type: numpy.ndarray"),
    "text": ({"given": changed(4, "2")}, "argument of type: str"),
    "complex numbers": ({"given": changed(0, KEY.cfloat())}, "complex64"),
    "no blocks": ({"grid": ()}, "out of range"),
    "three warps": ({"num_warps": 3}, "power of 2"),
}


@pytest.mark.parametrize("name", LAUNCHES)
def test_what_does_not_fit_the_signature_is_named(name):
    options, said = LAUNCHES[name]
    with pytest.raises(InputError, match=f"(?s)kernel: it cannot be launched so: .*{said}"):
        launch(**options)


def test_what_the_kernel_cannot_do_with_an_argument_does_not_compile():
    for place, value in ((0, 3), (0, None)):
        with pytest.raises(InputError, match="kernel: it does not compile"):
            launch(changed(place, value))


def test_memory_that_is_not_of_the_cpu_is_named():
    """The address of a meta tensor is 0."""
    with pytest.raises(InputError, match="argument key: expected a tensor of the CPU, found meta"):
        launch(changed(0, KEY.to("meta")))


def test_a_launch_that_fits_is_launched():
    after = torch.empty(1, 3)
    launch(changed(3, after))
    assert after.tolist() == [[4.0, 4.0, 4.0]]  # 1 - 3 = -2, -2 + 6 = 4


def test_what_is_called_inside_may_raise_what_it_likes():
    """It is not Triton's, whether it calls Triton or Triton calls it."""
    with pytest.raises(TypeError, match="its own"), compiling("sm_90", print):
        raise TypeError("its own")

    def launched(_):
        raise TypeError("the launched one's")

    from support.ptx_kernels import delta_steps

    with pytest.raises(TypeError, match="the launched one's"), compiling("sm_90", launched):
        delta_steps[(1,)](*GIVEN, num_warps=1)
