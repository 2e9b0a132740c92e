"""A delta rule as kernels compute it, a chunked one, and faulty ones; arrays and tensors."""

import ml_dtypes
import numpy as np


def delta_rule(
    q, k, v, beta, initial_state, scale=1.0, output_final_state=True, g=None, *, read_before=False
):
    """[B, T, H, .], one position after another in float32, in numpy or in torch."""
    wide = _wide(q)
    q, k, v, beta, state = map(wide, (q, k, v, beta, initial_state))
    outputs = []
    for t in range(q.shape[1]):
        if g is not None:
            state = state * (2.718281828459045 ** wide(g)[:, t])[..., None, None]
        before = state
        kt, qt = k[:, t, ..., None], q[:, t, ..., None]
        change = beta[:, t, :, None] * (v[:, t] - (state * kt).sum(-2))
        state = state + kt * change[..., None, :]
        outputs.append(((before if read_before else state) * qt).sum(-2) * scale)
    stack = np.stack if isinstance(q, np.ndarray) else _torch().stack
    return stack(outputs, 1), state


def _wide(like):
    if isinstance(like, np.ndarray):
        return lambda array: np.array(array, np.float32)
    return lambda tensor: tensor.float()


def _torch():
    import torch

    return torch


def clipped(beta, **inputs):
    return delta_rule(beta=np.minimum(beta, 1), **inputs)


def started_at_zero(initial_state, **inputs):
    return delta_rule(initial_state=0 * initial_state, **inputs)


def tail_dropped(q, **inputs):
    o, state = delta_rule(q=q, **inputs)
    whole = o.shape[1] // 64 * 64
    o[:, whole:] = 0
    return o, state


def epsilon_in_the_key(k, **inputs):
    k = k.astype(np.float32)
    return delta_rule(k=k / np.sqrt((k**2).sum(-1, keepdims=True) + 1e-6), **inputs)


def heads_the_other_way_round(k, **inputs):
    o, state = delta_rule(k=k, **inputs)
    return o[:, :, ::-1], state


def columns_the_other_way_round(k, **inputs):
    o, state = delta_rule(k=k, **inputs)
    return o[..., ::-1], state


def read_before_the_update(**inputs):
    return delta_rule(**inputs, read_before=True)


def first_row_for_all(k, **inputs):
    return delta_rule(k=np.repeat(k[:1], len(k), 0), **inputs)


def scaled(scale, q, **inputs):
    return delta_rule(q=q, scale=q.shape[-1] ** -0.5, **inputs)


def linear_attention(k, v, beta, **inputs):
    """It adds what it should correct."""
    o, state = delta_rule(k=0 * k, v=v, beta=beta, **inputs)
    added = np.cumsum(v.astype(np.float32) * beta[..., None].astype(np.float32), 1)
    return o + added, state


def last_position_forgotten(q, k, v, beta, initial_state, **inputs):
    o, _ = delta_rule(q, k, v, beta, initial_state)
    cut = (a[:, :-1] for a in (q, k, v, beta))
    return o, delta_rule(*cut, initial_state)[1] if q.shape[1] > 1 else np.array(initial_state)


def not_a_number(**inputs):
    o, state = delta_rule(**inputs)
    o[:, -1] = np.nan
    return o, state


FAULTS = (
    clipped, started_at_zero, tail_dropped, epsilon_in_the_key, heads_the_other_way_round,
    columns_the_other_way_round, read_before_the_update, first_row_for_all, scaled,
    linear_attention, last_position_forgotten, not_a_number,
)  # fmt: skip


def chunked(q, k, v, beta, initial_state, chunk, dtype=ml_dtypes.bfloat16, **_):
    """The WY form: operands in the inputs' type, sums in float32, from chunk to chunk."""

    def cast(array):
        return array.astype(dtype).astype(np.float32)

    q, k, v, beta, whole = (np.array(a, np.float32) for a in (q, k, v, beta, initial_state))
    outputs = np.zeros(v.shape, np.float32)
    for b, h in np.ndindex(*whole.shape[:2]):
        state = whole[b, h]
        for start in range(0, k.shape[1], chunk):
            part = (b, slice(start, start + chunk), h)
            key, query = k[part], q[part]
            scaled_key = cast(beta[part][:, None] * key)
            lower = cast(np.tril(scaled_key @ key.T, -1))
            inverse = np.eye(len(key), dtype=np.float32)
            for i in range(1, len(key)):
                inverse[i] -= lower[i] @ inverse
            inverse = cast(inverse)
            weights = cast(inverse @ scaled_key)
            values = cast(inverse @ cast(beta[part][:, None] * v[part]))
            news = cast(values - weights @ cast(state))
            outputs[part] = query @ cast(state) + cast(np.tril(query @ key.T)) @ news
            state = state + key.T @ news
        whole[b, h] = state
    return outputs, whole
