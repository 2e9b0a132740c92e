"""Matrices of one token as published code computes them, written from its formulas, not ours.

Raw parameters are drawn as a network would give them, pass through the code's activations in
float64, and the resulting numbers count as they are: a state update is applied to the unit vectors
in rational arithmetic, so that what the tests say of the matrices is exact. Keys are a rational
vector times one rounded factor, so that keys the code has parallel are parallel.
"""

import math
from fractions import Fraction

TINY = 1e-6


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def softplus(x):
    return math.log1p(math.exp(x))


def raw(rng, n, spread=3):
    return [Fraction(round(rng.gauss(0, spread) * 64), 64) for _ in range(n)]


def l2(x, eps=TINY):
    """x * rsqrt(sum x^2 + eps): the factor is rounded."""
    factor = Fraction(1 / math.sqrt(float(sum(v * v for v in x)) + eps))
    return [v * factor for v in x]


def dot(x, y):
    return sum((a * b for a, b in zip(x, y, strict=True)), Fraction(0))


def built(n, update):
    """The matrix of a linear update of a state of n numbers."""
    columns = [update([Fraction(i == j) for i in range(n)]) for j in range(n)]
    return [[columns[j][i] for j in range(n)] for i in range(n)]


def head_gate(rng):
    """exp(-exp(A_log) softplus(a + dt_bias)), one a head: GDN, Mamba-2, MesaNet."""
    a, bias, rate = rng.gauss(0, 2), rng.uniform(-7, -2), math.log(rng.uniform(0.01, 16))
    return Fraction(math.exp(-math.exp(rate) * softplus(a + bias)))


def channel_gates(rng, n):
    return [head_gate(rng) for _ in range(n)]


def scaled(gates):
    return lambda h: [g * x for g, x in zip(gates, h, strict=True)]


def per_channel(gate):
    """Diagonal with one gate a channel."""
    return lambda rng, n: built(n, scaled([Fraction(gate(rng)) for _ in range(n)]))


def per_head(gate):
    """Diagonal with one gate for all channels."""
    return lambda rng, n: built(n, scaled([Fraction(gate(rng))] * n))


def logsigmoid_gate(rng, normalizer=16):
    return math.exp(-softplus(-rng.gauss(0, 4)) / normalizer)


def hgrn_gate(rng):
    """logaddexp(log bound, log1p(-bound) + logsigmoid(f)), then exp."""
    bound, f = rng.uniform(0.01, 0.9), rng.gauss(0, 3)
    return bound + (1 - bound) * sigmoid(f)


def rg_lru_gate(rng):
    return math.exp(-8 * sigmoid(rng.gauss(0, 2)) * softplus(rng.gauss(-3, 1)))


def mamba_gate(rng):
    return math.exp(-math.exp(rng.uniform(-1, 2.7)) * softplus(rng.gauss(-3, 2)))


def mlstm_gate(rng):
    f, i, before = rng.gauss(2, 3), rng.gauss(0, 3), rng.gauss(0, 3)
    log_f = -softplus(-f)
    return math.exp(log_f + before - max(log_f + before, i))


def rwkv_gate(rng):
    return math.exp(-math.exp(rng.gauss(-1, 1)))


def delta(h, key, beta, read=None):
    """h + beta key (0 - read . h)."""
    found = dot(key if read is None else read, h)
    return [x - beta * k * found for x, k in zip(h, key, strict=True)]


def beta(rng, doubled):
    return Fraction(sigmoid(rng.gauss(0, 3)) * (2 if doubled else 1))


def delta_rule(doubled=False, gate=None, steps=1, norm=l2):
    """Decay first, then delta steps: fla's recurrent (gated) delta rule, product, and KDA."""

    def matrix(rng, n):
        gates = [Fraction(1)] * n if gate is None else gate(rng, n)
        keys = [norm(raw(rng, n)) for _ in range(steps)]
        return delta_matrix(gates, keys, [beta(rng, doubled) for _ in range(steps)])

    return matrix


def delta_matrix(gates, keys, betas):
    def update(h):
        h = scaled(gates)(h)
        for k, b in zip(keys, betas, strict=True):
            h = delta(h, k, b)
        return h

    return built(len(gates), update)


def sum_norm(x):
    """The other normalisation of DeltaNet: x / max(|x|_1, 1e-6)."""
    length = max(sum(abs(v) for v in x), Fraction(1, 10**6))
    return [v / length for v in x]


def one_gate(rng, n):
    return [head_gate(rng)] * n


def bounded_gates(rng, n):
    """lower_bound * sigmoid(exp(A_log) (g + dt_bias)), lower_bound = -5."""
    rate = math.exp(rng.uniform(0, 2.7))
    return [Fraction(math.exp(-5 * sigmoid(rate * rng.gauss(-1, 2)))) for _ in range(n)]


def comba(rng, n):
    gate, b, inner = head_gate(rng), beta(rng, False), Fraction(sigmoid(rng.gauss(1, 1)))
    x = raw(rng, n)
    key, read = l2(x), l2([v * inner for v in x])
    return built(n, lambda h: delta(scaled([gate] * n)(h), key, b, read))


def gdn2(doubled):
    def matrix(rng, n):
        erase = [beta(rng, doubled) for _ in range(n)]
        return gdn2_matrix(channel_gates(rng, n), l2(raw(rng, n)), erase)

    return matrix


def gdn2_matrix(gates, key, erase):
    read = [b * k for b, k in zip(erase, key, strict=True)]
    return built(len(gates), lambda h: delta(scaled(gates)(h), key, Fraction(1), read))


def rwkv7(strength):
    """diag(w) S + (kk * a) (-kk . S), kk normalised without an epsilon that matters."""

    def matrix(rng, n):
        w = [Fraction(math.exp(-0.6065306597126334 * sigmoid(rng.gauss(0, 3)))) for _ in range(n)]
        rates = [beta(rng, False) for _ in range(n)]
        return rwkv7_matrix(w, l2(raw(rng, n), eps=0), rates, strength)

    return matrix


def rwkv7_matrix(w, key, rates, strength):
    out = [strength * a * k for a, k in zip(rates, key, strict=True)]

    def update(h):
        found = dot(key, h)
        return [a * x - k * found for a, x, k in zip(w, h, out, strict=True)]

    return built(len(w), update)


def momentum_matrix(key, alpha, mu, b, eta):
    """M <- mu M + eta k (k . S), S <- alpha S - b M, on state and momentum."""
    n = len(key)

    def update(h):
        s, m = h[:n], h[n:]
        found = dot(key, s)
        m = [mu * x + eta * k * found for x, k in zip(m, key, strict=True)]
        return [*(alpha * x - b * y for x, y in zip(s, m, strict=True)), *m]

    return built(2 * n, update)


def momentum(rng, n):
    """With the angle that ties alpha and beta."""
    eta = math.tanh(rng.gauss(0, 2)) + 1
    angle = math.atan(eta * math.exp(rng.gauss(1, 2)))
    alpha = Fraction(math.cos(angle) ** 2) * head_gate(rng)
    b = Fraction(math.sin(angle) ** 2) * beta(rng, False)
    return momentum_matrix(l2(raw(rng, n)), alpha, head_gate(rng), b, Fraction(eta))


def turned(pairs):
    """Rotations with shrinking: each pair of coordinates is multiplied by a + i b."""

    def update(h):
        out = []
        for (a, b), x, y in zip(pairs, h[::2], h[1::2], strict=True):
            out += [a * x - b * y, b * x + a * y]
        return out

    return built(2 * len(pairs), update)


def polar(modulus, angle):
    return Fraction(modulus * math.cos(angle)), Fraction(modulus * math.sin(angle))


def mamba3(rng, n):
    """exp(A dt) with A = -softplus(.) at most -1e-4, and turns by pi tanh(.) dt."""
    step = softplus(rng.gauss(-1, 3))
    rate = max(softplus(rng.gauss(-3, 3)), 1e-4)
    angles = [math.pi * math.tanh(rng.gauss(0, 2)) * step for _ in range(n)]
    return turned([polar(math.exp(-rate * step), angle) for angle in angles])


def fixed_turns(modulus):
    """The same numbers for every letter."""
    return lambda rng, n: turned([polar(modulus(rng), rng.uniform(-3, 3)) for _ in range(n)])


def aussm(rng, n):
    """On the unit circle exactly: the rational parametrisation by the tangent of half the angle."""
    tangents = raw(rng, n)
    return turned([((1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)) for t in tangents])


def ttt(rng, n):
    key, rate = raw(rng, n), Fraction(sigmoid(rng.gauss(0, 1)))
    return built(n, lambda h: delta(h, key, rate))


def one_hot_columns(complex_):
    """A single 1 in each column; PD-SSM multiplies it by a complex diagonal in the unit disc."""

    def matrix(rng, n):
        rows = [rng.randrange(n) for _ in range(n)]
        if not complex_:
            return [[Fraction(rows[j] == i) for j in range(n)] for i in range(n)]
        pairs = [polar(sigmoid(rng.gauss(1, 2)), rng.uniform(-3, 3)) for _ in range(n)]
        out = [[Fraction(0)] * (2 * n) for _ in range(2 * n)]
        for j, (i, (a, b)) in enumerate(zip(rows, pairs, strict=True)):
            out[2 * i][2 * j], out[2 * i][2 * j + 1] = a, -b
            out[2 * i + 1][2 * j], out[2 * i + 1][2 * j + 1] = b, a
        return out

    return matrix


def slice_block(rng, n):
    """y + A(X) y: one linear map from (1, embedding) to the entries of a block, scaled by dt."""
    embedding, step = [Fraction(1), *raw(rng, 3)], Fraction(1, 40)
    weights = [[raw(rng, len(embedding), 9) for _ in range(n)] for _ in range(n)]

    def update(h):
        moved = [[dot(entry, embedding) * step for entry in row] for row in weights]
        return [x + dot(row, h) for x, row in zip(h, moved, strict=True)]

    return built(n, update)


CODE = {
    "linear-attention": lambda rng, n: built(n, list),
    "lightning-attention": per_head(lambda rng: math.exp(-(2.0 ** -rng.randint(1, 8)))),
    "rwkv-4": per_channel(rwkv_gate),
    "gla": per_channel(logsigmoid_gate),
    "simple-gla": per_head(logsigmoid_gate),
    "regla": per_channel(logsigmoid_gate),
    "gsa": per_channel(logsigmoid_gate),
    "hgrn": per_channel(hgrn_gate),
    "hgrn2": per_channel(hgrn_gate),
    "rg-lru": per_channel(rg_lru_gate),
    "mamba": per_channel(mamba_gate),
    "mamba-negative": per_channel(lambda rng: 2 * mamba_gate(rng) - 1),
    "mamba-2": per_head(head_gate),
    "mesanet": lambda rng, n: built(2 * n, scaled([head_gate(rng)] * (2 * n))),
    "mlstm": per_head(mlstm_gate),
    "rwkv-6": per_channel(rwkv_gate),
    "retnet": fixed_turns(lambda rng: 1 - 2.0 ** -rng.randint(5, 12)),
    "hgrn-complex": fixed_turns(hgrn_gate),
    "gateloop": fixed_turns(lambda rng: sigmoid(rng.gauss(1, 2))),
    "s4d": fixed_turns(lambda rng: math.exp(-math.exp(rng.gauss(-1, 1)))),
    "s5": fixed_turns(lambda rng: math.exp(-math.exp(rng.gauss(-1, 1)))),
    "lru": fixed_turns(lambda rng: math.exp(-math.exp(rng.gauss(-2, 1)))),
    "mamba-3": mamba3,
    "selective-rope": fixed_turns(logsigmoid_gate),
    "aussm": aussm,
    "rwkv-7": rwkv7(1),
    "rwkv-7-wide": rwkv7(2),
    "deltanet": delta_rule(),
    "deltanet-negative": delta_rule(True),
    "gated-deltanet": delta_rule(gate=one_gate),
    "gated-deltanet-negative": delta_rule(True, one_gate),
    "deltaproduct-2": delta_rule(steps=2),
    "deltaproduct-2-negative": delta_rule(True, steps=2),
    "deltaproduct": delta_rule(steps=3),
    "deltaproduct-negative": delta_rule(True, steps=3),
    "gated-deltaproduct-2": delta_rule(gate=one_gate, steps=2),
    "gated-deltaproduct-2-negative": delta_rule(True, one_gate, steps=2),
    "gated-deltaproduct": delta_rule(gate=one_gate, steps=3),
    "gated-deltaproduct-negative": delta_rule(True, one_gate, steps=3),
    "kda": delta_rule(gate=channel_gates),
    "kda-negative": delta_rule(True, channel_gates),
    "kda-bounded": delta_rule(gate=bounded_gates),
    "comba": comba,
    "gated-deltanet-2": gdn2(False),
    "gated-deltanet-2-negative": gdn2(True),
    "momentum-deltanet": momentum,
    "ttt-linear": ttt,
    "block-diagonal": one_hot_columns(False),
    "pd-ssm": one_hot_columns(True),
    "slice": slice_block,
}
"""By the identifier of the catalogue's entry."""

NOT_SAMPLED = {
    "s4": "discretised HiPPO: tested by itself",
    "complex-kda": "its matrix was not verified",
}
