"""A function of one's own that cannot be called is refused by one sentence."""

import pytest

from negeig.claims import InputError
from negeig.kernels.own_function import needed, own

TEXT = """
from typing import Any, Callable

def positional(Q, K, V, B): ...
def extra(q, k, v, beta, one, two): ...
def few(q, k): ...
def good(q, k, v, beta): ...

class Layer:
    def __call__(self, q, k, v, beta): ...

layer = Layer()
"""


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("positional", "takes 'Q', 'K', 'V', 'B', and is called by name with q, k, v and beta"),
        ("extra", "the parameters 'one', 'two' are unknown; known are q, k"),
        ("few", "few does not take v, beta"),
        ("nosuch", "it has positional, extra, few, good, layer"),
        ("good@sm_90", "@cuda and @numpy are known; a Triton kernel runs without a GPU inside"),
    ],
)
def test_one_sentence(tmp_path, name, said):
    (tmp_path / "k.py").write_text(TEXT)
    with pytest.raises(InputError) as refused:
        own(f"{tmp_path}/k.py:{name}")
    (problem,) = refused.value.problems
    assert said in problem
    assert own(f"{tmp_path}/k.py:layer").name.endswith("layer")  # twin: called like a function


def test_what_a_torch_module_takes_its_forward_says(tmp_path):
    # Its __call__ takes anything, and passes it on: names that forward lacks would be given to it.
    (tmp_path / "m.py").write_text(
        "import torch\nclass Net(torch.nn.Module):\n"
        "    def forward(self, q, k, v, beta): ...\nnet = Net()\n"
    )
    found = own(f"{tmp_path}/m.py:net")
    assert found.cannot == {"decay": "it takes no g"}
    assert not found.resumes
    assert not found.takes_scale


def test_arguments_that_forward_lacks_are_left_out():
    import torch

    class Net(torch.nn.Module):
        def forward(self, q, g=None): ...

    given = {"q": 1, "beta": 2, "g": 3, "output_final_state": True}
    assert needed(Net(), given) == {"q": 1, "beta": 2, "g": 3}
    assert needed(lambda q, **rest: q, given) == given
