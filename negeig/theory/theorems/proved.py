"""Theorems about what proves a network right on words of every length."""

from __future__ import annotations

from negeig.theory.theorems import ids
from negeig.theory.theorems.entry import Entry

PROVED = (
    Entry(
        id=ids.CLOSURE,
        title="A finite closure is a proof for every length",
        statement="Let finitely many pairs of a network state and a machine state be listed, the "
        "two starts among them. If every letter leads from each pair to a listed one and makes the "
        "network emit the machine's output, it is right on every word of every length. Where words "
        "reach finitely many states of the network, all pairs that they reach can be listed.",
        hypotheses=(
            "the pair of the starts is listed",
            "every letter leads from a listed pair to a listed one, computed as the network runs: "
            "in exact arithmetic, or in one stated rounding order",
            "the output on the empty word is the machine's, and on every letter that is read in a "
            "listed pair",
        ),
        model="the arithmetic explored: exact, or a stated format and order of operations",
        source="negeig, docs/theory/closure.md; reachability in a finite product automaton",
        checked=("negeig/theory/closure/exact_search.py", "negeig/theory/closure/explore.py"),
        page="docs/theory/closure.md",
    ),
    Entry(
        id=ids.REGIONS,
        title="Sets of states that letters carry into each other are a proof for every length",
        statement="Let there be finitely many sets of states, each for one state of the machine "
        "and one code, the start in one of its own and the empty word answered rightly. If every "
        "letter carries each set into one of the machine's next state, whose code decodes to what "
        "the machine outputs there, the network is right on every word of every length, however "
        "many states it reaches: by induction the state after a word lies in a set of the "
        "machine's state.",
        hypotheses=(
            "the start lies in a set of the machine's start",
            "the output on the empty word is right",
            "every letter carries each set into one of the machine's next state",
            "a set lies in the cell of its code: no point of it is decoded to another",
            "codes are decoded to what the machine outputs in the state of their set",
            "exact arithmetic",
        ),
        model="exact arithmetic; the reachable states may be infinite in number",
        source="negeig, docs/theory/regions.md, theorem 1",
        checked=(
            "negeig/theory/closure/regions.py",
            "negeig/theory/closure/region_search.py",
            "tests/theory/closure/test_regions.py",
        ),
        page="docs/theory/regions.md",
    ),
    Entry(
        id=ids.MARGIN,
        title="Regions with a margin are a proof in every arithmetic of small errors",
        statement="Let the start lie in one of finitely many sets of states, and the empty word be "
        "answered rightly. If letters carry sets into each other, each image decoded to what the "
        "machine outputs, even where it is moved by up to mu in every coordinate that the letter "
        "computes, then whatever errs in one letter by no more than that is right on every word "
        "of every length; so is, where the sets are boxes, whatever reads chunks of letters and "
        "errs by no more in each state since the last one that it carried.",
        hypotheses=(
            "the start lies in a set of the machine's start, and the empty word is answered "
            "rightly",
            "letters carry sets into each other, rightly decoded, even where images are moved by "
            "up to mu > 0",
            "a letter errs by at most mu in what it computes, wherever the sets are, with the "
            "parameters that are stored",
            "an error is 0 in a coordinate that no letter of the chunk computes",
        ),
        model="any whose error in one letter, or in one chunk, is bounded",
        source="negeig, docs/theory/regions.md, theorems 1 to 3",
        checked=(
            "negeig/theory/closure/regions.py",
            "negeig/precision/closure/letter_error.py",
            "negeig/precision/closure/margins.py",
            "tests/precision/closure/test_margins.py",
        ),
        page="docs/theory/regions.md",
    ),
)
