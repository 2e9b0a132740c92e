"""Chunked forms of the delta rule over any numbers, with sums that somebody else adds up.

``dot(quantity, terms, pairs)`` returns the sum of the terms and of the products of the pairs, in
exact arithmetic or with rounding, in whatever order.
"""

import random
from dataclasses import dataclass, field
from fractions import Fraction

from negeig.precision.numbers.formats import FP32
from negeig.theory.networks.network import DeltaStep

INVERSES = ("substitution", "blocks", "solved", "late", "unsolved", "late unsolved")


def positions_of(layer, word):
    """The steps of a word of a layer."""
    return [step for letter in word for step in layer.steps[letter]]


def recurrence(dot, steps, state):
    """The states after every position, one after the other; beta early, late and apart in turn."""
    states = []
    for t, step in enumerate(steps):
        k, b, v = step.key, step.beta, step.write
        scaled = [dot("one", [], [(b, x)]) for x in k]
        if t % 3 == 0:
            start = [dot("one", [], [(b, v)])]
            news = dot("beta (k.h - v)", start,
                       [(-x, h) for x, h in zip(scaled, state, strict=True)])  # fmt: skip
        elif t % 3 == 1:
            error = dot("k.h - v", [v], [(-x, h) for x, h in zip(k, state, strict=True)])
            news = dot("one", [], [(b, error)])
        if t % 3 == 2:
            read = dot("k.h - v", [], [(-x, h) for x, h in zip(k, state, strict=True)])
            state = [dot("h - beta k (k.h) + beta v k", [h], [(x, read), (x, v)])
                     for x, h in zip(scaled, state, strict=True)]  # fmt: skip
        else:
            state = [dot("h + beta k (v - k.h)", [h], [(x, news)])
                     for x, h in zip(k, state, strict=True)]  # fmt: skip
        states.append(state)
    return states


def rows(dot, steps, state, inverse="substitution"):
    """The states after every position of one chunk, W, U, N and T of it."""
    axes, n = range(len(state)), range(len(steps))
    keys = [step.key for step in steps]
    late = inverse.startswith("late")
    scaled = [[dot("one", [], [(s.beta, x)]) for x in s.key] for s in steps]
    written = [dot("one", [], [(s.beta, s.write)]) for s in steps]
    if late:
        products = [[dot("K K^T", [], list(zip(keys[i], keys[j], strict=True))) for j in range(i)]
                    for i in n]  # fmt: skip
        lower = [[dot("one", [], [(steps[i].beta, x)]) for x in products[i]] for i in n]
    else:
        lower = [[dot("(beta K) K^T", [], list(zip(scaled[i], keys[j], strict=True)))
                  for j in range(i)] for i in n]  # fmt: skip
    if inverse == "solved":
        weights, values, t = [], [], None
        for i in n:
            past = [[(-lower[i][j], weights[j][d]) for j in range(i)] for d in axes]
            weights.append([dot("W = T (beta K)", [scaled[i][d]], past[d]) for d in axes])
            values.append(dot("U = T (beta V)", [written[i]],
                              [(-lower[i][j], values[j]) for j in range(i)]))  # fmt: skip
    else:
        t = _blocks(dot, lower) if inverse == "blocks" else _substitution(dot, lower)
        if late:
            scaled_t = [[dot("one", [], [(x, steps[j].beta)]) for j, x in enumerate(row)]
                        for row in t]  # fmt: skip
            weights = [[dot("W = (T beta) K", [], [(x, keys[j][d]) for j, x in enumerate(row)])
                        for d in axes] for row in scaled_t]  # fmt: skip
            values = [dot("U = (T beta) V", [], [(x, steps[j].write) for j, x in enumerate(row)])
                      for row in scaled_t]  # fmt: skip
        else:
            weights = [[dot("W = T (beta K)", [], [(x, scaled[j][d]) for j, x in enumerate(row)])
                        for d in axes] for row in t]  # fmt: skip
            values = [dot("U = T (beta V)", [], [(x, written[j]) for j, x in enumerate(row)])
                      for row in t]  # fmt: skip
    if inverse == "late unsolved":
        errors = [dot("k.h - v", [steps[i].write],
                      [(-x, h) for x, h in zip(keys[i], state, strict=True)])
                  for i in n]  # fmt: skip
        news = [dot("N = (T beta) (V - K S)", [], [(x, errors[j]) for j, x in enumerate(row)])
                for row in scaled_t]  # fmt: skip
    elif inverse == "unsolved":
        errors = [dot("beta (k.h - v)", [written[i]],
                      [(-x, h) for x, h in zip(scaled[i], state, strict=True)])
                  for i in n]  # fmt: skip
        news = [dot("N = T (beta V - beta K S)", [],
                    [(x, errors[j]) for j, x in enumerate(row)]) for row in t]  # fmt: skip
    else:
        news = [dot("N = U - W S", [values[i]],
                    [(-w, h) for w, h in zip(weights[i], state, strict=True)])
                for i in n]  # fmt: skip
    states = [[dot("S + K^T N", [state[d]], [(keys[j][d], news[j]) for j in range(i + 1)])
               for d in axes] for i in n]  # fmt: skip
    found = {"T": t or [], "W": weights, "U": [values], "N": [news], "S": [state, *states]}
    return states, found


def _substitution(dot, lower, name="T"):
    t = []
    for i, row in enumerate(lower):
        own = [dot(name, [-row[j]], [(-row[m], t[m][j]) for m in range(j + 1, i)])
               for j in range(i)]  # fmt: skip
        t.append([*own, Fraction(1)])
    return t


def _blocks(dot, lower, name="T"):
    """Halves, each inverted in the same way, and what is left of the diagonal between them."""
    n = len(lower)
    if n < 2:
        return [[Fraction(1)] for _ in lower]
    half = n // 2
    first = _blocks(dot, lower[:half], name)
    last = _blocks(dot, [row[half:] for row in lower[half:]], name)
    edge = [[dot(name, [], [(row[m], first[m][j]) for m in range(j, half)]) for j in range(half)]
            for row in lower[half:]]  # fmt: skip
    corner = [[dot(name, [], [(-x, edge[m][j]) for m, x in enumerate(row)]) for j in range(half)]
              for row in last]  # fmt: skip
    return [*first, *(left + right for left, right in zip(corner, last, strict=True))]


def columns(dot, steps, state, inverse="substitution"):
    """The states after every position of one chunk in the low-rank form; U is stored."""
    axes, n = range(len(state)), range(len(steps))
    keys = [step.key for step in steps]
    scaled = [[dot("one", [], [(-s.beta, x)]) for x in s.key] for s in steps]
    written = [dot("one", [], [(s.beta, s.write)]) for s in steps]
    products = [[dot("K K^T", [], list(zip(keys[i], keys[j], strict=True))) for j in range(i)]
                for i in n]  # fmt: skip
    lower = [[dot("K (beta K)^T", [], list(zip(keys[i], scaled[j], strict=True)))
              for j in range(i)] for i in n]  # fmt: skip
    invert = _blocks if inverse == "blocks" else _substitution
    t = invert(dot, [[-x for x in row] for row in lower], "T of columns")
    sums = [dot("V' = tril(K K^T) (beta V)", [], list(zip(products[i], written, strict=False)))
            for i in n]  # fmt: skip
    values = [dot("U = T V'", [], list(zip(row, sums, strict=False))) for row in t]
    weights = [[dot("W = T K", [], [(x, keys[j][d]) for j, x in enumerate(row)]) for d in axes]
               for row in t]  # fmt: skip
    one = Fraction(1)
    reads = [dot("R = U + W S", [], [(values[i], one), *zip(weights[i], state, strict=True)])
             for i in n]  # fmt: skip
    return [[dot("S + K^T (beta V) - (beta K)^T R", [state[d]],
                 [pair for j in range(i + 1)
                  for pair in ((keys[j][d], written[j]), (scaled[j][d], reads[j]))])
             for d in axes] for i in n]  # fmt: skip


@dataclass
class Recorder:
    """Adds exactly; notes the largest sum of magnitudes, terms and operands of each quantity."""

    totals: dict = field(default_factory=dict)
    terms: dict = field(default_factory=dict)
    operands: dict = field(default_factory=dict)

    def __call__(self, quantity, terms, pairs):
        pairs = list(pairs)
        added = [*terms, *(a * b for a, b in pairs)]
        total = sum(map(abs, added), Fraction(0))
        self.totals[quantity] = max(total, self.totals.get(quantity, total))
        self.terms.setdefault(quantity, set()).update(map(abs, added))
        self.operands.setdefault(quantity, set()).update(abs(x) for pair in pairs for x in pair)
        return sum(added, Fraction(0))


class Rounded:
    """Adds in float32, in a random order or tree, with fused multiply-adds or without."""

    def __init__(self, seed, fused):
        self.random, self.fused = random.Random(seed), fused

    def __call__(self, quantity, terms, pairs):
        one, near = Fraction(1), FP32.round
        waiting = [(t, one) for t in terms] + list(pairs)
        self.random.shuffle(waiting)
        if self.fused:
            total = Fraction(0)
            for a, b in waiting:
                total = near(a * b + total)
            return total
        added = [near(a * b) for a, b in waiting] or [Fraction(0)]
        while len(added) > 1:
            i = self.random.randrange(len(added) - 1)
            added[i : i + 2] = [near(added[i] + added[i + 1])]
        return added[0]


def reflection(key, beta, write=0):
    return DeltaStep(Fraction(beta), tuple(map(Fraction, key)), Fraction(write))
