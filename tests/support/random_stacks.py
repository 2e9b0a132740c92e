"""Random stacks of layers of delta steps with finitely many exact states, and the tasks they do."""

from __future__ import annotations

from fractions import Fraction

from negeig.automata.machines.machine import Machine

ONE, HALF = Fraction(1), Fraction(1, 2)
MOST_STATES = 150
"""States of a stack beyond which it is drawn again: they may be endlessly many."""


def steps(random, dim, *, reflections):
    """Up to three steps on some registers: overwrite one, move one to another, or swap two."""

    def unit(i, j=None):
        return tuple(Fraction(int(q == i) - int(q == j)) for q in range(dim))

    def overwrite(i):
        return (ONE, unit(i), Fraction(random.randrange(-1, 3)))

    found = []
    for _ in range(random.randrange(3)):
        i = random.randrange(dim)
        j = random.choice([q for q in range(dim) if q != i] or [i])
        kind = random.random()
        if kind < 0.4 or i == j:
            found.append(overwrite(i))
        elif kind < 0.7 or not reflections:
            found += [(ONE, unit(j), Fraction(0)), (HALF, unit(i, j), Fraction(0)), overwrite(i)]
        else:
            found.append((ONE, unit(i, j), Fraction(0)))
    return tuple(found)


def apply(state, step):
    beta, key, write = step
    change = beta * (write - sum(k * h for k, h in zip(key, state, strict=True)))
    return tuple(h + change * k for h, k in zip(state, key, strict=True))


def eigenvalues(steps):
    """The eigenvalue of each step on the line of its key."""
    return [1 - beta * sum(k * k for k in key) for beta, key, _ in steps]


def random_stack(random, depth, *, reflections):
    """The minimal machine of what a random stack computes; every layer decodes its state at random.

    What a layer emits is drawn when a state is met with a letter for the first time.
    """
    while True:
        letters = random.choice((2, 3))
        symbols = [letters, *(random.choice((2, 3)) for _ in range(depth))]
        dims = [random.choice((1, 2, 3)) for _ in range(depth)]
        tables = [
            [steps(random, dims[i], reflections=reflections) for _ in range(symbols[i])]
            for i in range(depth)
        ]
        assert all(
            0 <= v < 1 or (reflections and v == -1)
            for table in tables
            for row in table
            for v in eigenvalues(row)
        )
        emitted = [{} for _ in range(depth)]
        start = (tuple((Fraction(0),) * dim for dim in dims), -1)
        states, queue, rows = {start: 0}, [start], []
        for stack, _ in queue:  # grows while it is read
            row = []
            for letter in range(letters):
                symbol, after = letter, []
                for i, state in enumerate(stack):
                    for step in tables[i][symbol]:
                        state = apply(state, step)
                    after.append(state)
                    symbol = emitted[i].setdefault(
                        (state, symbol), random.randrange(symbols[i + 1])
                    )
                target = tuple(after), symbol
                if target not in states:
                    states[target] = len(states)
                    queue.append(target)
                row.append(states[target])
            rows.append(row)
            if len(states) > MOST_STATES:
                break
        if len(states) <= MOST_STATES:
            return Machine(
                alphabet="abc"[:letters],
                transitions=rows,
                initial=0,
                outputs=[symbol for _, symbol in states],
            ).minimal()
