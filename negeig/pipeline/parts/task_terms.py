"""The words of the glossary about tasks: languages, machines, monoids and what is inside them."""

from __future__ import annotations

from negeig.pipeline.parts.term import Term

TASK_TERMS = (
    Term(
        "aperiodic",
        "A monoid without groups inside, other than groups of one element: doing the same thing"
        " again and again comes to rest. Aperiodic languages are the star-free ones.",
        "docs/theory/objects.md",
        ("star-free",),
    ),
    Term(
        "cascade",
        "Machines one after the other, each reading the letters and the states of those before "
        "it. Krohn and Rhodes: every machine is one of resets and of groups that are inside it.",
        "docs/theory/several-layers.md",
        ("krohn-rhodes", "decomposition", "wreath product"),
    ),
    Term(
        "cayley graph",
        "The elements of the monoid as points, with an arrow for each letter: from an element "
        "to the one that the letter makes of it when it is read after (right) or before (left)."
        " Idempotents are marked.",
        "docs/theory/objects.md",
        ("cayley", "left cayley"),
    ),
    Term(
        "circuit class",
        "What circuits of bounded depth recognise the task: AC0, ACC0 or NC1, read off the "
        "groups inside the monoid. It says how hard the task is to compute in parallel, not "
        "which layers can.",
        "docs/cli.md",
        ("ac0", "acc0", "nc1"),
    ),
    Term(
        "egg-box",
        "The picture of a monoid: a box for each J-class, of elements that words around them turn "
        "into one another; rows are R-classes, by words behind them, columns L-classes, by words "
        "before them, and cells H-classes, by both. Cells with an idempotent are groups.",
        "docs/theory/objects.md",
        ("eggbox", "green's relations", "j-class", "r-class", "l-class", "h-class"),
    ),
    Term(
        "group",
        "A monoid in which every word can be undone: its letters permute the states. Which "
        "groups a task has inside says which eigenvalues and how many layers it needs.",
        "docs/theory/objects.md",
        ("groups", "subgroup", "permutation"),
    ),
    Term(
        "holonomy decomposition",
        "How a cascade is found here: sets of states that words lead to are split into smaller "
        "ones, level by level. A component says in which of its sets the state is; its group "
        "permutes them, other letters reset them.",
        "docs/guides/lecture.md",
        ("holonomy", "component", "level"),
    ),
    Term(
        "idempotent",
        "A word that done twice is as good as done once. Around idempotents it is decided "
        "whether one layer is enough.",
        "docs/theory/one-layer.md",
        ("efe",),
    ),
    Term(
        "language",
        "A set of words, or a task: what must be output after each word. A regular expression, "
        "a task of the zoo or a file with a machine names one.",
        "docs/languages.md",
        ("task", "regular language", "zoo"),
    ),
    Term(
        "letter",
        "One symbol of the input, of one character or several. A word is letters one after the "
        "other, and a token of a language model is one letter here.",
        "docs/languages.md",
        ("alphabet", "token", "word", "words"),
    ),
    Term(
        "machine",
        "States, a first one, and for each state and letter the next: what the network must "
        "compute, with an output for each state. Here complete, deterministic and as small as "
        "possible.",
        "docs/theory/objects.md",
        ("automaton", "automata", "dfa", "state machine"),
    ),
    Term(
        "monoid",
        "The finite set of all maps of the machine's states that words act by, the empty word's"
        " among them. It is a group exactly where every letter permutes the states.",
        "docs/theory/objects.md",
        ("transition monoid", "syntactic monoid"),
    ),
    Term(
        "period",
        "How often a word must be repeated until it does what it did before: 2 for a swap. "
        "Periods above 1 need eigenvalues that are not positive.",
        "docs/theory/counting.md",
        ("periods",),
    ),
    Term(
        "reset",
        "A letter that sends every state to one: whatever was before is overwritten. It takes "
        "the eigenvalue 0, or contraction.",
        "docs/theory/objects.md",
        ("flip-flop",),
    ),
    Term(
        "simple group",
        "A group that is not put together from smaller ones: the cyclic ones of prime order, A5"
        " and others. With finitely many exact states, each one inside the monoid is inside "
        "some layer of every network.",
        "docs/theory/lower-bounds.md",
        ("simple groups",),
    ),
    Term(
        "since depth",
        "How deeply p since q, of the logic of the past, must be nested to say a task's outputs: "
        "the least number of layers whose letters keep a number or overwrite it, each reading the "
        "letter and what those below held before it. Tasks that count have none.",
        "docs/theory/since-depth.md",
        ("since", "temporal logic", "strict since", "flip-flop layers"),
    ),
    Term(
        "solvable group",
        "A group put together from cyclic ones, as S3 and S4 are and S5 is not. Complex "
        "diagonal layers, which turn pairs of numbers, do such groups in several levels, and no"
        " others.",
        "docs/theory/solvable-levels.md",
        ("solvable", "derived length"),
    ),
    Term(
        "variety",
        "A class of languages that is closed under and, or, not, cutting letters off at either "
        "end and putting words for letters: the star-free ones, say. Whether a task is in one "
        "is decided on its monoid.",
        "docs/cli.md",
        ("varieties",),
    ),
    Term(
        "witness",
        "What in the task a theorem forbids, as words: a word that keeps cycling, say, or two "
        "idempotents. It can be checked by hand.",
        "docs/theory/lower-bounds.md",
    ),
)
"""In the order of their names."""
