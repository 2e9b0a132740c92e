"""Every machine of a size, and random ones."""

from functools import cache
from itertools import product

from negeig.automata.machines.machine import Machine


def small_machines(states):
    """Every machine with this many states over a, b and outputs 0 and 1."""
    for flat in product(range(states), repeat=2 * states):
        table = [flat[2 * q : 2 * q + 2] for q in range(states)]
        for outputs in product((0, 1), repeat=states):
            for initial in range(states):
                yield Machine(alphabet="ab", transitions=table, initial=initial, outputs=outputs)


@cache
def small_languages():
    """All languages over two letters with at most three states, as minimal machines, made once."""
    found = {}
    for states in (1, 2, 3):
        rows = list(product(range(states), repeat=2))
        for table in product(rows, repeat=states):
            for outputs in product((0, 1), repeat=states):
                machine = Machine(alphabet="ab", transitions=table, initial=0, outputs=outputs)
                minimal = machine.minimal()
                found[minimal.transitions.tobytes(), minimal.outputs] = minimal
    return tuple(found.values())


def random_machine(rng, states, letters, outputs):
    return Machine(
        alphabet=tuple(map(str, range(letters))),
        transitions=rng.integers(0, states, (states, letters)),
        initial=int(rng.integers(states)),
        outputs=rng.integers(0, outputs, states).tolist(),
    )


def with_the_last_output_of_the_first(machine):
    """Another machine: its last state has the output of its first."""
    return Machine(
        alphabet=machine.alphabet,
        transitions=machine.transitions,
        initial=machine.initial,
        outputs=[*machine.outputs[:-1], machine.outputs[0]],
    )


def drawn(source, states, letters, outputs):
    """A machine from a ``random.Random``: the rows first, then outputs of so many kinds."""
    return Machine(
        alphabet="abcd"[:letters],
        transitions=[[source.randrange(states) for _ in range(letters)] for _ in range(states)],
        initial=0,
        outputs=[source.randrange(outputs) for _ in range(states)],
    )


def minimal_machines(most):
    """Those with at most this many states, up to three, the small ones first."""
    assert most <= 3
    return sorted(
        (machine for machine in small_languages() if machine.size <= most),
        key=lambda machine: (machine.size, machine.transitions.tolist(), machine.outputs),
    )


def up_to_names(machines):
    """The first of every few minimal machines over two letters that differ by names only.

    Letters may be exchanged, and the outputs 0 and 1: neither changes what a task needs.
    """
    seen, found = set(), []
    for machine in machines:
        if machine not in seen:
            found.append(machine)
        for columns in (slice(None), slice(None, None, -1)):
            for turned in (0, 1):
                other = Machine(
                    alphabet=machine.alphabet,
                    transitions=machine.transitions[:, columns],
                    initial=machine.initial,
                    outputs=[turned ^ output for output in machine.outputs],
                )
                seen.add(other.minimal())
    return found
