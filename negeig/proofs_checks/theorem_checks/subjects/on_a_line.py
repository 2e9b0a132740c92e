"""One number for a task: whether its letters are moves of a line, and the number where they are."""

from __future__ import annotations

from negeig.automata.machines.machine import Machine
from negeig.proofs_checks.theorem_checks.subjects.tasks import ONE, ZERO
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
from negeig.theory.networks.one_layer import symbols

MIRROR = DeltaStep(2 * ONE, (ONE,), ZERO)


def number(task: Machine) -> LinearRNN | None:
    """Return one number with one step a token that does a minimal task; None if letters do more.

    They do no more if each leads to one state, or is the identity or one and the same involution of
    the classes of states that the last letter tells apart. A class is a point of the line, or two
    mirrored ones if the involution keeps it. The decoder reads the letter too, and so knows the
    class before it, and the state.

    Examples
    --------
    >>> from negeig.proofs_checks.theorem_checks.subjects.tasks import machine, proved
    >>> for task in ("parity", "regex:(b|ab*a)*b"):
    ...     print(proved(number(machine(task)), machine(task)))
    True
    True

    "An odd number of b, then an a": a leads to one class, but to two states of different outputs.

    >>> print(number(machine("mod:3")), number(machine("regex:(bb)*ba")))
    None None
    """
    rows, columns = task.transitions.tolist(), task.transitions.T.tolist()
    firsts = [q for q, row in enumerate(rows) if rows.index(row) == q]
    of = [firsts.index(rows.index(row)) for row in rows]
    still = tuple(range(len(firsts)))
    moves = [
        None if len(set(column)) == 1 else tuple(of[column[q]] for q in firsts)
        for column in columns
    ]
    turning = {move for move in moves if move not in (None, still)}
    mirror = turning.pop() if turning else still
    if turning or mirror is None or any(mirror[mirror[c]] != c for c in still):
        return None
    points = [(c + 1) * ONE if c <= image else -(image + 1) * ONE for c, image in enumerate(mirror)]
    codes = {
        x: c for c, point in enumerate(points) for x in (point, -point if c == mirror[c] else point)
    }
    steps: dict[str, tuple[DeltaStep, ...]] = {}
    for letter, move, column in zip(task.alphabet, moves, columns, strict=True):
        written = DeltaStep(ONE, (ONE,), points[of[column[0]]])
        steps[letter] = (written,) if move is None else () if move == still else (MIRROR,)
    emitted = symbols(task.outputs)
    layer = Layer(
        alphabet=task.alphabet,
        initial=(points[of[task.initial]],),
        steps=steps,
        codes=tuple((x,) for x in codes),
        emit=tuple(
            tuple(
                emitted[column[firsts[mirror[c] if move == mirror else c]]]
                for move, column in zip(moves, columns, strict=True)
            )
            for c in codes.values()
        ),
    )
    return LinearRNN(
        alphabet=task.alphabet,
        layers=(layer,),
        outputs=dict(zip(emitted, task.outputs, strict=True)),
        empty=task.outputs[task.initial],
    )
