"""Proof that a cascade does what a machine does; shares no code with what builds cascades."""

from __future__ import annotations

from negeig.automata.decomposition.cascade import Cascade, Coordinates, PointMap
from negeig.automata.machines.machine import Machine
from negeig.claims import Claim, Closure, InputError, Letter, LimitReached, Refutation, Word

STATEMENT = (
    "every level permutes or resets, and the map from coordinates onto states commutes with "
    "every letter"
)


def verify(cascade: Cascade, machine: Machine, *, max_tuples: int = 1_000_000) -> Claim:
    """Prove that a cascade computes a machine, or return a word on which it does not.

    Every coordinate tuple that words lead to is replayed with every letter: each level's map must
    be a permutation or a constant of its points, the map from tuples to states must take the
    initial tuple to the initial state and commute with the letter, and the outputs must agree.
    It must also be onto. By induction on the length, that is a proof for all words.

    Returns
    -------
    Claim
        ``proved``, with the number of tuples in ``states``; or ``refuted``: ``word`` is a shortest
        one after which something is wrong, and ``detail`` says what (and from which tuple the
        word starts, where that is not the initial one).

    Raises
    ------
    InputError
        The alphabets differ.
    LimitReached
        More than ``max_tuples`` tuples are reached.

    Notes
    -----
    O(tuples x letters x depth).

    Examples
    --------
    >>> from negeig.automata.decomposition.holonomy import holonomy
    >>> machine = Machine(alphabet="ab", transitions=[[1, 0], [2, 0], [2, 2]], initial=0,
    ...                   outputs=[0, 0, 1])
    >>> verify(holonomy(machine), machine).verdict.value
    'proved'
    """
    if cascade.alphabet != machine.alphabet:
        raise InputError(
            "cascade",
            f"its alphabet is {list(cascade.alphabet)}, the machine's {list(machine.alphabet)}",
        )
    replay = _Replay(cascade, machine, max_tuples)

    def refuted(word: Word | None, detail: str) -> Claim:
        return _claim(Refutation(word=word, states=len(replay.reached), detail=detail))

    if cascade.states.get(cascade.initial) != machine.initial:
        detail = f"the initial coordinates {cascade.initial} do not map to the initial state"
        return refuted((), detail)
    for start in (cascade.initial, *cascade.states):
        problem = replay.explore(start)
        if problem:
            detail, word = problem
            if start != cascade.initial:
                detail += f" (the word starts from the coordinates {start})"
            return refuted(word, detail)
    missing = set(range(machine.size)) - {cascade.states[here] for here in replay.reached}
    if missing:
        detail = f"no coordinates map to state {min(missing)}, which no word reaches"
        return refuted(None, detail)
    detail = "every coordinate tuple replayed with every letter"
    return _claim(Closure(states=len(replay.reached), detail=detail))


class _Replay:
    """Breadth-first replay; remembers how each tuple was reached."""

    def __init__(self, cascade: Cascade, machine: Machine, max_tuples: int) -> None:
        self.cascade, self.machine, self.max_tuples = cascade, machine, max_tuples
        self.reached: dict[Coordinates, tuple[Coordinates, Letter] | None] = {}
        self.rows = [dict(zip(v.contexts, v.choice, strict=True)) for v in cascade.levels]
        self.map_problems = [[_map_problem(m, v.points) for m in v.maps] for v in cascade.levels]

    def explore(self, start: Coordinates) -> tuple[str, Word] | None:
        """Replay all that follows a tuple; what is wrong and the word to it, or None."""
        if start in self.reached:
            return None
        problem = self._at(start)
        if problem:
            return problem, ()
        self.reached[start] = None
        queue = [start]
        for before in queue:  # grows while it is read
            for column, letter in enumerate(self.cascade.alphabet):
                after, problem = self._step(before, column)
                problem = problem or self._commutes(before, column, after) or self._at(after)
                if problem:
                    return problem, (*self._word(before), letter)
                if after not in self.reached:
                    self.reached[after] = (before, letter)
                    queue.append(after)
            if len(self.reached) > self.max_tuples:
                raise LimitReached(
                    "coordinate tuples of the cascade",
                    self.max_tuples,
                    reached=len(self.reached),
                    option="max_tuples of verify",
                )
        return None

    def _at(self, here: Coordinates) -> str | None:
        """Say what is wrong with a tuple by itself."""
        if len(here) != self.cascade.depth:
            return f"{here} has {len(here)} coordinates, expected {self.cascade.depth}"
        for i, (point, level) in enumerate(zip(here, self.cascade.levels, strict=True)):
            if not 0 <= point < level.points:
                return f"coordinate {i} of {here} is not one of 0 to {level.points - 1}"
        state = self.cascade.states.get(here)
        if state is None or not 0 <= state < self.machine.size:
            return f"the coordinates {here} map to no state"
        outputs = self.cascade.outputs
        if state >= len(outputs) or outputs[state] != self.machine.outputs[state]:
            return f"the output of state {state} is not the machine's"
        return None

    def _step(self, before: Coordinates, column: int) -> tuple[Coordinates, str | None]:
        """Coordinates after a letter, or what is wrong with a map on the way."""
        after: list[int] = []
        letter = self.cascade.alphabet[column]
        for i, level in enumerate(self.cascade.levels):
            row = self.rows[i].get(before[:i])
            if row is None:
                return (), f"level {i} has no map for the coordinates {before[:i]} above it"
            problem = self.map_problems[i][row[column]]
            if problem:
                above = f"level {i}, coordinates {before[:i]} above it, letter {letter!r}"
                return (), f"{above}: {problem}"
            image = level.maps[row[column]]
            after.append(image[before[i]])
        return tuple(after), None

    def _commutes(self, before: Coordinates, column: int, after: Coordinates) -> str | None:
        state = self.cascade.states[before]
        expected = int(self.machine.transitions[state, column])
        found = self.cascade.states.get(after)
        if found == expected:
            return None
        letter = self.cascade.alphabet[column]
        return (
            f"letter {letter!r} leads from {before} to {after}, that is to state {found}; the "
            f"machine goes from {state} to {expected}"
        )

    def _word(self, here: Coordinates) -> Word:
        letters: list[Letter] = []
        step = self.reached[here]
        while step is not None:
            letters.append(step[1])
            step = self.reached[step[0]]
        return tuple(reversed(letters))


def _map_problem(image: PointMap, points: int) -> str | None:
    """Say why a map is neither a permutation nor a constant of the points of a level."""
    if len(image) != points or not all(0 <= p < points for p in image):
        return f"{image} is no map of {points} points"
    if len(set(image)) not in (1, points):
        return f"{image} neither permutes nor resets"
    return None


def _claim(evidence: Closure | Refutation) -> Claim:
    return Claim(id="krohn-rhodes", statement=STATEMENT, arithmetic="exact", evidence=evidence)
