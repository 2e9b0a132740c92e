"""The chunked delta rule is the loop, and its gradients are the derivatives."""

import pytest
import torch

from negeig.pipeline.learning.delta_rule import delta_rule


def by_loop(query, key, value, beta, state):
    """One step after the other, as the layer is defined."""
    read = []
    for t in range(beta.shape[-2]):
        for j in range(beta.shape[-1]):
            k, v, b = key[..., t, j, :], value[..., t, j, :], beta[..., t, j]
            error = v - (k[..., :, None] * state).sum(-2)
            state = state + b[..., None, None] * k[..., :, None] * error[..., None, :]
        read.append((query[..., t, :, None] * state).sum(-2))
    return torch.stack(read, -2), state


def integers(seed, tokens, steps, dim=3, width=2, batch=(2, 2)):
    """Small integers, so that no order of any sum rounds in float64."""
    source = torch.Generator().manual_seed(seed)

    def draw(*shape, least=-1, most=1):
        found = torch.randint(least, most + 1, (*batch, *shape), generator=source)
        return found.double()

    key = draw(tokens, steps, dim)
    beta = draw(tokens, steps, least=0, most=2) * (key.square().sum(-1) <= 1)
    return draw(tokens, dim), key, draw(tokens, steps, width), beta, draw(dim, width)


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 64])
@pytest.mark.parametrize(("tokens", "steps"), [(1, 1), (7, 1), (6, 2), (5, 3)])
def test_it_is_the_loop_whatever_the_chunk(chunk, tokens, steps):
    for seed in range(5):
        given = integers(seed, tokens, steps)
        found, right = delta_rule(*given, chunk), by_loop(*given)
        assert torch.equal(found[0], right[0])
        assert torch.equal(found[1], right[1])


def test_a_loop_that_forgets_a_step_is_another():
    query, key, value, beta, state = integers(0, 6, 2)
    one = delta_rule(query, key, value, beta, state)[0]
    other = by_loop(query, key[..., :1, :], value[..., :1, :], beta[..., :1], state)[0]
    assert not torch.equal(one, other)


def test_no_tokens():
    query, key, value, beta, state = integers(0, 3, 1)
    read, after = delta_rule(
        query[..., :0, :], key[..., :0, :, :], value[..., :0, :, :], beta[..., :0, :], state
    )
    assert read.shape == (2, 2, 0, 2)
    assert torch.equal(after, state)


@pytest.mark.parametrize("chunk", [2, 64])
def test_gradients_are_the_derivatives(chunk):
    source = torch.Generator().manual_seed(1)
    shapes = [(5, 3), (5, 2, 3), (5, 2, 2), (5, 2), (3, 2)]
    given = [torch.rand(*s, generator=source, dtype=torch.float64) - 0.5 for s in shapes]
    for tensor in given:
        tensor.requires_grad_()
    assert torch.autograd.gradcheck(lambda *changed: delta_rule(*changed, chunk), given)
