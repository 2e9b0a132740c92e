"""Every arithmetic once more, written from the page of names alone: plain fractions, own rounding.

Nothing of the package is used but the network's exact numbers. Slow: for small networks.
"""

import math
from fractions import Fraction
from functools import cache
from itertools import product

LIMITS = {  # precision, smallest and largest exponent, unused significands, inf, nan, negative zero
    "fp64": (53, -1022, 1023, 0, 1, 1, 1),
    "fp32": (24, -126, 127, 0, 1, 1, 1),
    "tf32": (11, -126, 127, 0, 1, 1, 1),
    "bf16": (8, -126, 127, 0, 1, 1, 1),
    "fp16": (11, -14, 15, 0, 1, 1, 1),
    "e5m2": (3, -14, 15, 0, 1, 1, 1),
    "e4m3fn": (4, -6, 8, 1, 0, 1, 1),
    "e4m3fnuz": (4, -7, 7, 0, 0, 1, 0),
    "e3m2fn": (3, -2, 4, 0, 0, 0, 1),
    "e2m3fn": (4, 0, 2, 0, 0, 0, 1),
}


class Number:
    """A format or a grid as numbers: spacing near a value, the ends, and what lies beyond."""

    def __init__(self, name, bits=None, q=None):
        self.name, self.q, self.bits = name, q, bits
        if q is not None:
            self.normal = Fraction(0)
            self.inf = self.minus = bits is None
            self.nan = False
            self.top = None if bits is None else Fraction(2 ** (bits - 1) - 1, 2**q)
            self.bottom = None if bits is None else -Fraction(2 ** (bits - 1), 2**q)
            return
        p, low, high, unused, inf, nan, minus = LIMITS[name]
        self.p, self.low, self.inf, self.nan, self.minus = p, low, inf, nan, minus
        self.normal = Fraction(2) ** low
        self.top = (2 - Fraction(1 + unused, 2 ** (p - 1)) + 0) * Fraction(2) ** high
        self.bottom = -self.top

    def spacing(self, size):
        if self.q is not None:
            return Fraction(1, 2**self.q)
        exponent = self.low
        if size >= 2 * self.normal:  # the largest power of two that is not above
            exponent = size.numerator.bit_length() - size.denominator.bit_length()
            if power(exponent) > size:
                exponent -= 1
        return power(exponent - self.p + 1)

    def holds(self, x):
        return x == 0 or (x % self.spacing(abs(x)) == 0 and self.bottom <= x <= self.top)


def neighbours(number, x):
    """The multiples around a positive size, below and above; equal where it is one."""
    step = number.spacing(x)
    below = x // step * step
    return (below, below) if below == x else (below, below + step)


@cache
def power(exponent):
    return Fraction(2) ** exponent


class Rounding:
    def __init__(self, number, way="rne", saturates=False, flushes=False):
        self.number, self.way, self.saturates, self.flushes = number, way, saturates, flushes

    def all(self, x, negative):
        """Every outcome of a number other than 0 that is finite; several for sr."""
        size = abs(x)
        below, above = neighbours(self.number, size)
        if below == above:
            sizes = [below]
        elif self.way == "sr":
            sizes = [below, above]
        elif self.way == "rtz":
            sizes = [below]
        else:
            left, right = size - below, above - size
            step = above - below
            even = above if (below / step) % 2 else below
            tie = above if self.way == "rna" else even
            sizes = [below if left < right else above if right < left else tie]
        return list({repr(y): y for y in (self.finished(s, negative) for s in sizes)}.values())

    def finished(self, size, negative):
        most = self.number.bottom if negative else self.number.top
        if most is not None and size > abs(most):
            if self.way == "rtz":
                return float(most)
            return self.beyond(negative)
        if self.flushes and size < self.number.normal:
            size = 0
        if size == 0:
            return self.zero(-0.0 if negative else 0.0)
        return -float(size) if negative else float(size)

    def beyond(self, negative):
        most = self.number.bottom if negative else self.number.top
        if self.saturates or not (self.number.inf or self.number.nan):
            return float(most)
        if self.number.inf:
            return -math.inf if negative else math.inf
        return math.nan

    def zero(self, zero):
        return zero if self.number.minus else 0.0

    def special(self, x):
        """A zero, an infinity or a NaN."""
        if math.isnan(x):
            return math.nan
        if x == 0:
            return self.zero(x)
        return x if self.number.inf and not self.saturates else self.beyond(x < 0)

    def outcomes(self, x):
        """Of a float."""
        if x == 0 or not math.isfinite(x):
            return [self.special(x)]
        return self.all(Fraction(x), x < 0)

    def one(self, exact, zero):
        """Of an exact number, and the float zero that it is if it is one."""
        return self.all(exact, exact < 0)[0] if exact else self.special(zero)


class Plain:
    """One arithmetic by its name."""

    def __init__(self, name):
        self.known = {}
        head, *suffixes = name.split(":")
        if head.startswith(("grid", "fixed")):
            q = int(suffixes.pop(0)[3:])
            bits = int(head[5:]) if head != "grid" else None
            self.state, self.usual, self.wide = Number(name, bits, q), Number("fp32"), "fp32"
            self.place, self.operations = "letter", Number("fp32")
        else:
            self.state = self.usual = self.operations = Number(head)
            self.place, self.wide = "never", None
        says = dict.fromkeys(suffixes)
        self.sums, self.chunk = None, None
        for suffix in suffixes:
            if suffix == "sum32":
                self.sums = Number("fp32")
            if suffix.startswith("acc") and self.state.q is None:
                self.wide = "fp" + suffix[3:5]
                self.operations = Number(self.wide)
                self.place = "step" if suffix.endswith("step") else "letter"
                if "chunk" in suffix:
                    self.place, self.chunk = "chunk", int(suffix.partition("chunk")[2])
        way = next((w for w in ("rtz", "rna", "sr") if w in says), "rne")
        self.sat, self.ftz, self.daz = "sat" in says, "ftz" in says, "daz" in says
        self.order = next((o for o in ("pairwise", "butterfly") if o in says), "left")
        self.fma, self.any_fma = "fma" in says, "fma?" in says
        own = {s.partition("-")[0]: Number(s.partition("-")[2]) for s in suffixes
               if s.startswith(("inputs-", "keys-", "betas-"))}  # fmt: skip
        self.parameters = own.get("inputs", self.usual)
        self.keys = own.get("keys", self.parameters)
        self.betas = own.get("betas", self.parameters)
        self.norm = next((s for s in suffixes if s.startswith("l2norm")), None)
        plain = self.place == "never"
        self.op = (Rounding(self.operations, "rne" if way == "sr" else way, self.sat, self.ftz)
                   if plain else Rounding(self.operations, flushes=self.ftz))  # fmt: skip
        self.store = Rounding(self.state, way, self.sat, self.ftz)
        self.adding = self.op if self.sums is None else Rounding(self.sums, flushes=self.ftz)

    # -- operations; each returns a float

    def read(self, x, number=None):
        low = (number or self.operations).normal
        return math.copysign(0.0, x) if self.daz and x and abs(x) < low else x

    def times(self, a, b):
        a, b = self.read(a), self.read(b)
        if not (math.isfinite(a) and math.isfinite(b)):
            return self.op.special(a * b)
        sign = math.copysign(1, a) * math.copysign(1, b)
        return self.op.one(Fraction(a) * Fraction(b), math.copysign(0.0, sign))

    def plus(self, a, b, rounding=None):
        rounding = rounding or self.op
        a, b = self.read(a, rounding.number), self.read(b, rounding.number)
        if not (math.isfinite(a) and math.isfinite(b)):
            return rounding.special(a + b)
        return rounding.one(Fraction(a) + Fraction(b), 0.0 + (a + b) if a + b else a + b)

    def fused(self, a, b, c):
        a, b, c = self.read(a), self.read(b), self.read(c)
        if not all(map(math.isfinite, (a, b, c))):
            return self.op.special(a * b + c)
        exact = Fraction(a) * Fraction(b) + Fraction(c)
        negative = math.copysign(1, a) * math.copysign(1, b) < 0
        both = negative and c == 0 and math.copysign(1, c) < 0 and (a == 0 or b == 0)
        return self.op.one(exact, -0.0 if both else 0.0)

    # -- sums: a term is (value, factors or None); sets of terms

    def product(self, a, b):
        return self.times(a, b), ((a, b) if self.fma or self.any_fma else None)

    def added(self, x, y, rounding=None):
        (one, left), (two, right) = x, y
        found = []
        if not self.fma or (left is None and right is None):
            found.append(self.plus(one, two, rounding))
        if right is not None:
            found.append(self.fused(*right, one))
        if left is not None and not (self.fma and right is not None):
            found.append(self.fused(*left, two))
        return found

    def dot(self, weights, h):
        weights, h = list(weights), list(h)
        if self.order == "butterfly" and weights:
            while len(weights) & (len(weights) - 1):
                weights.append(0.0)
                h.append(0.0)
        terms = [[self.product(k, x)] for k, x in zip(weights, h, strict=True)]
        total = self.tree(terms) if terms else [(0.0, None)]
        if self.sums is not None and len(terms) > 1:
            return [(self.op.one(Fraction(v), v) if v and math.isfinite(v)
                     else self.op.special(v), None) for v, _ in total]  # fmt: skip
        return [(v, None) for v, _ in total] if self.fma else total

    def tree(self, terms):
        rounding = None if self.sums is None else self.adding

        def join(one, two):
            return distinct((s, None) for x in one for y in two for s in self.added(x, y, rounding))

        while len(terms) > 1:
            if self.order == "left":
                terms = [join(terms[0], terms[1]), *terms[2:]]
            elif self.order == "pairwise":
                pairs = [join(*terms[i : i + 2]) for i in range(0, len(terms) - 1, 2)]
                terms = pairs + ([terms[-1]] if len(terms) % 2 else [])
            else:
                half = len(terms) // 2
                terms = [join(terms[i], terms[i + half]) for i in range(half)]
        return terms[0]

    # -- stored parameters

    def stored(self, x, number):
        known = self.known.get((x, number.name))
        if known is None:
            known = self.known[x, number.name] = Rounding(number).one(Fraction(x), 0.0)
        return known

    def key(self, key):
        if key not in self.known:
            self.known[key] = self.kernel_key(key)
        return self.known[key]

    def kernel_key(self, key):
        key = [self.stored(k, self.keys) for k in key]
        if self.norm is None:
            return key
        parts = self.norm.split("-")
        scale = next((int(p[5:]) for p in parts if p.startswith("scale")), 1)
        epsilon = self.norm.partition("-eps")[2].split("-scale")[0] or "1e-6"
        epsilon = Rounding(self.operations).one(Fraction(epsilon), 0.0)
        key = [k * scale for k in key]
        ((square, _),) = self.dot(key, key)  # names with fma? are not drawn with it
        square = self.plus(square, epsilon) if epsilon else square
        root = self.root(square)
        if "div" in parts:
            return [self.over(k, root) for k in key]
        inverse = self.over(1.0, root)
        return [self.times(k, inverse) for k in key]

    def root(self, x):
        x = self.read(x)
        if not x or not math.isfinite(x):
            return self.op.special(x)
        exact = Fraction(x) * 4**400
        low = math.isqrt(int(exact))
        return self.op.one(Fraction(2 * low + (low * low != exact), 2 * 2**400), 0.0)

    def over(self, a, b):
        a, b = self.read(a), self.read(b)
        if b == 0 or not math.isfinite(b):
            return math.nan if not a or math.isnan(b) else math.copysign(
                math.inf if b == 0 else 0.0, a)  # fmt: skip
        return self.op.one(Fraction(a) / Fraction(b), math.copysign(0.0, a))

    # -- a layer

    def letter(self, steps, h, ends):
        """All states of a layer after a letter, from a tuple of floats."""
        states = [tuple((x, None) for x in h)]
        for step in steps:
            states = distinct_states(s for state in states for s in self.step(step, state))
            if self.place == "step":
                states = distinct_states(s for state in states for s in self.kept(state))
        if self.place != "step" and (self.place != "chunk" or ends):
            states = distinct_states(s for state in states for s in self.kept(state))
        return {tuple(bits(v) for v, _ in state) for state in states}

    def kept(self, state):
        return product(*([(y, None) for y in self.store.outcomes(x)] for x, _ in state))

    def step(self, step, state):
        h = [x for x, _ in state]
        if hasattr(step, "key"):
            key, beta = self.key(step.key), self.stored(step.beta, self.betas)
            write = self.stored(step.write, self.parameters)
            sums = self.dot(key, h)
            if write != 0:
                sums = [(u, None) for s in sums for u in self.added(s, (-write, None))]
            scaled = distinct((self.times(beta, u), None) for u, _ in sums)
            rows = [[(v, None) for t, _ in scaled for v in self.added(x, self.product(-k, t))]
                    for k, x in zip(key, state, strict=True)]  # fmt: skip
            return product(*map(distinct, rows))
        rows = []
        for row, bias in zip(step.matrix, step.bias, strict=True):
            b = self.stored(bias, self.parameters)
            sums = self.dot([self.stored(x, self.parameters) for x in row], h)
            rows.append(sums if b == 0 else
                        [(v, None) for s in sums for v in self.added(s, (b, None))])  # fmt: skip
        return product(*map(distinct, rows))

    # -- a network

    def start(self, network):
        layers = tuple(tuple(bits(self.stored(x, self.usual)) for x in layer.initial)
                       for layer in network.layers)  # fmt: skip
        return (layers, 0)

    def read_letter(self, network, state, letter):
        """Every (state, symbol) after a letter; None for a symbol that is none."""
        layers, count = state
        count += 1
        ends = self.chunk is None or count == self.chunk
        count = 0 if ends else count
        found = {((), letter)}
        for layer, h in zip(network.layers, layers, strict=True):
            after = set()
            for done, symbol in found:
                if symbol is None or symbol not in layer.alphabet:
                    after.add(((*done, h), None))
                    continue
                values = tuple(floats(x) for x in h)
                for moved in self.letter(layer.steps[symbol], values, ends):
                    code = nearest(layer.codes, [floats(x) for x in moved])
                    a = layer.alphabet.index(symbol)
                    after.add(((*done, moved), None if code is None else layer.emit[code][a]))
            found = after
        return {((layers, count), symbol) for layers, symbol in found}


def distinct(terms):
    """Terms without repetition; 0 and -0 are two."""
    return list({exact_key(term): term for term in terms}.values())


def exact_key(term):
    value, factors = term
    return bits(value), None if factors is None else tuple(map(bits, factors))


def distinct_states(states):
    return list({tuple(map(exact_key, state)): state for state in states}.values())


def bits(x):
    """A float that is told apart from its negative zero, and NaN equal to NaN."""
    return "nan" if math.isnan(x) else x.hex()


def floats(text):
    return float.fromhex(text)


def nearest(codes, h):
    if not all(map(math.isfinite, h)) or not codes:
        return None
    point = list(map(Fraction, h))
    far = [sum((x - y) ** 2 for x, y in zip(point, code, strict=True)) for code in codes]
    return far.index(min(far))


class Exactly:
    """The same walk without any rounding."""

    def start(self, network):
        return tuple(layer.initial for layer in network.layers)

    def read_letter(self, network, state, letter):
        symbol, after = letter, []
        for layer, h in zip(network.layers, state, strict=True):
            a = layer.alphabet.index(symbol)
            after.append(layer.apply(symbol, h))
            far = [sum((x - y) ** 2 for x, y in zip(after[-1], code, strict=True))
                   for code in layer.codes]  # fmt: skip
            symbol = layer.emit[far.index(min(far))][a]
        return {(tuple(after), symbol)}


NOTHING = object()
"""What a state emits that is no code's: no output of a machine, whatever its outputs are."""


class Walk:
    """All states of a network in one semantics, each letter read once."""

    def __init__(self, plain, network):
        self.plain, self.network, self.table = plain, network, {}
        self.start = plain.start(network)

    def after(self, state, letter):
        key = state, letter
        if key not in self.table:
            self.table[key] = self.plain.read_letter(self.network, state, letter)
        return self.table[key]

    def machine(self, most):
        """Transitions and outputs of what it computes without choices; None beyond so many."""
        pairs, rows, outputs = [(self.start, None)], [], []
        numbers = {pairs[0]: 0}
        for state, symbol in pairs:
            row = []
            for letter in self.network.alphabet:
                (pair,) = self.after(state, letter)
                if pair not in numbers:
                    numbers[pair] = len(pairs)
                    pairs.append(pair)
                row.append(numbers[pair])
            if len(pairs) > most:
                return None
            rows.append(row)
            known = self.network.outputs.get(symbol, "none")
            outputs.append(known if rows[1:] else self.network.empty)
        return rows, outputs

    def against(self, machine, most):
        """The length of a shortest word that errs, whether all pairs were met, and states."""
        letters, outputs = list(machine.alphabet), self.network.outputs
        first = None if machine.outputs[machine.initial] == self.network.empty else 0
        level = [(self.start, machine.initial)]
        seen, depth = set(level), 0
        while level and len(seen) <= most:
            deeper, depth = [], depth + 1
            for state, q in level:
                for letter in self.network.alphabet:
                    goal = machine.transitions[q][letters.index(letter)]
                    for pair in self.after(state, letter):
                        wrong = outputs.get(pair[1], NOTHING) != machine.outputs[goal]
                        if first is None and wrong:
                            first = depth
                        if (pair[0], goal) not in seen:
                            seen.add((pair[0], goal))
                            deeper.append((pair[0], goal))
            level = deeper
        return first, not level, len({state for state, _ in seen})


def run_all(walk, word):
    """Every state that a word may lead to."""
    states = {walk.start}
    for letter in word:
        states = {after for state in states for after, _ in walk.after(state, letter)}
    return states
