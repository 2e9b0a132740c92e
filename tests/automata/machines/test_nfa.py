"""The subset construction, against paths followed one by one."""

from itertools import combinations, product

import pytest

from negeig.automata.machines.nfa import NFA, determinize
from negeig.automata.machines.operations import words
from negeig.automata.machines.size import cell_limit
from negeig.claims import InputError, LimitReached

WORDS = list(words("ab", 4))


def subsets(items):
    return [frozenset(c) for n in range(len(items) + 1) for c in combinations(items, n)]


def some_path_accepts(word, edges, epsilon, initial, accepting):
    """Search (state, letters read) for an accepting end; independent of subsets."""
    todo, seen = [(q, 0) for q in initial], set()
    while todo:
        here = todo.pop()
        if here in seen:
            continue
        seen.add(here)
        state, read = here
        if read == len(word) and state in accepting:
            return True
        todo += [(t, read) for s, t in epsilon if s == state]
        if read < len(word):
            todo += [(t, read + 1) for s, a, t in edges if s == state and "ab"[a] == word[read]]
    return False


def nfa_of(states, edges, epsilon, initial, accepting):
    transitions = [{} for _ in range(states)]
    for s, a, t in edges:
        transitions[s][a] = (*transitions[s].get(a, ()), t)
    return NFA(
        alphabet=("a", "b"),
        transitions=tuple(transitions),
        initial=frozenset(initial),
        accepting=frozenset(accepting),
        epsilon=tuple(tuple(t for s, t in epsilon if s == q) for q in range(states)),
    )


def test_every_two_state_automaton_agrees_with_its_paths():
    """All 2-state automata with edges of both letters and of the empty word between two states."""
    checked = 0
    for edges in subsets(list(product(range(2), range(2), range(2)))):
        for epsilon in subsets([(0, 1), (1, 0)]):
            for accepting in subsets([0, 1]):
                for initial in ([], [0], [0, 1]):
                    machine = determinize(nfa_of(2, edges, epsilon, initial, accepting))
                    word = WORDS[checked % len(WORDS)]
                    for w in (*WORDS[:7], word):
                        assert machine.accepts(w) == some_path_accepts(
                            w, edges, epsilon, initial, accepting
                        ), (edges, epsilon, initial, accepting, w)
                    checked += 1
    assert checked == 2**8 * 4 * 4 * 3


def test_epsilon_cycles_and_chains_are_followed_to_their_end():
    epsilon = {(0, 1), (1, 2), (2, 0), (2, 3)}
    edges = {(3, 0, 0), (1, 1, 3)}
    machine = determinize(nfa_of(4, edges, epsilon, {0}, {3}))
    for word in WORDS:
        assert machine.accepts(word) == some_path_accepts(word, edges, epsilon, {0}, {3}), word


def test_missing_edges_lead_to_one_refusing_state():
    machine = determinize(nfa_of(2, {(0, 0, 1)}, (), {0}, {1})).minimal()
    assert machine.size == 3
    assert machine.outputs == (0, 1, 0)
    assert machine.transitions.tolist() == [[1, 2], [2, 2], [2, 2]]


def nth_from_the_end(n):
    edges = {(0, 0, 0), (0, 1, 0), (0, 0, 1)}
    edges |= {(i, a, i + 1) for i in range(1, n) for a in (0, 1)}
    return nfa_of(n + 1, edges, (), {0}, {n})


def test_exponential_blow_up_and_the_limit_on_states():
    assert determinize(nth_from_the_end(8), max_states=256).size == 256
    with pytest.raises(LimitReached) as caught:
        determinize(nth_from_the_end(8), max_states=255)
    assert (caught.value.limit, caught.value.value, caught.value.reached) == (
        "machine states",
        255,
        256,
    )
    assert "--max-states" in str(caught.value)


def test_large_subsets_are_limited_too():
    """States 0 to n-1 each loop and step on: few machine states, but of n members each."""
    n = 4000
    edges = [{0: (q, min(q + 1, n - 1)), 1: (q,)} for q in range(n)]
    nfa = NFA(
        alphabet=("a", "b"),
        transitions=tuple(edges),
        initial=frozenset({0}),
        accepting=frozenset({n - 1}),
    )
    with pytest.raises(LimitReached, match="members of subsets") as caught:
        determinize(nfa, max_states=10_000)
    assert cell_limit(10_000) < caught.value.reached < cell_limit(10_000) + 2 * n + 3


def test_every_number_out_of_range_is_named():
    with pytest.raises(InputError) as caught:
        NFA(
            alphabet=("a",),
            transitions=({0: (2,), 1: (0,)}, {}),
            initial=frozenset({-1}),
            accepting=frozenset({5}),
            epsilon=((7,),),
        )
    assert len(caught.value.problems) == 6
