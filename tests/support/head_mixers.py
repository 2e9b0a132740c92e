"""Kernels of torch that mix heads up, in one way or another, and one that does not."""

from __future__ import annotations

import torch


def right(q, k, v, g, beta, initial):
    """The delta rule of torch, position by position; q, k, v are [B, T, H, .]."""
    state, read = initial.clone(), []
    for t in range(k.shape[1]):
        key, amount = k[:, t].float(), beta[:, t].float()
        state = state * g[:, t].exp()[..., None, None]
        write = v[:, t].float() - (state * key[..., None]).sum(-2)
        state = state + (amount[..., None] * key)[..., None] * write[..., None, :]
        read.append((state * q[:, t].float()[..., None]).sum(-2))
    return (torch.stack(read, 1) if read else v.float()).to(v.dtype), state


def first_head(x):
    return x[:, :, :1].expand_as(x)


def keys_of_one(q, k, v, g, beta, initial):
    return right(q, first_head(k), v, g, beta, initial)


def all_of_one(q, k, v, g, beta, initial):
    return right(q, *map(first_head, (k, v, g, beta)), initial)


def rolled(q, k, v, g, beta, initial):
    return right(q, k.roll(1, 2), v, g, beta, initial)


def start_of_one(q, k, v, g, beta, initial):
    return right(q, k, v, g, beta, initial[:, :1].expand_as(initial))


def last_state_of_one(q, k, v, g, beta, initial):
    read, state = right(q, k, v, g, beta, initial)
    return read, state[:, :1].expand_as(state).contiguous()


def keys_of_one_in_the_second_chunk(q, k, v, g, beta, initial):
    return right(q, torch.cat([k[:, :64], first_head(k[:, 64:])], 1), v, g, beta, initial)


def keys_of_one_in_the_third_chunk(q, k, v, g, beta, initial):
    return right(q, torch.cat([k[:, :128], first_head(k[:, 128:])], 1), v, g, beta, initial)


def state_of_one_behind_a_whole_chunk(q, k, v, g, beta, initial):
    if k.shape[1] % 64 or not k.shape[1]:
        return right(q, k, v, g, beta, initial)
    return last_state_of_one(q, k, v, g, beta, initial)


def state_copied_in_the_second_chunk(q, k, v, g, beta, initial):
    if k.shape[1] <= 64:
        return right(q, k, v, g, beta, initial)
    one, state = right(*(x[:, :64] for x in (q, k, v, g, beta)), initial)
    state[:, 1] = state[:, 0]
    two, state = right(*(x[:, 64:] for x in (q, k, v, g, beta)), state)
    return torch.cat([one, two], 1), state


LATE = [
    state_copied_in_the_second_chunk,
    keys_of_one_in_the_second_chunk,
    keys_of_one_in_the_third_chunk,
    state_of_one_behind_a_whole_chunk,
]

MIXED = [keys_of_one, all_of_one, rolled, start_of_one, last_state_of_one]
