"""Languages as sets of words: count, list and draw them; operations on them; equal up to names.

Languages are given as machines. The Boolean operations are operators of
:class:`~negeig.automata.machines.machine.Machine`: ``&``, ``|``, ``-``, ``^``, ``~``.

Examples
--------
>>> from negeig.automata.expressions.regex_machine import regex_to_machine
>>> ab = regex_to_machine("ab", "ab")
>>> ["".join(word) for word in accepted_words(concatenation(ab, reversal(ab)) | star(ab), 0, 4)]
['', 'ab', 'abab', 'abba']
"""

from negeig.automata.languages.counting import (
    accepted_words,
    count,
    counts,
    is_empty,
    is_finite,
    is_universal,
    number_of_words,
    random_words,
)
from negeig.automata.languages.isomorphism import Isomorphism, isomorphism
from negeig.automata.languages.morphisms import image, inverse_image
from negeig.automata.languages.rational import (
    concatenation,
    factors,
    left_quotient,
    plus,
    prefixes,
    reversal,
    right_quotient,
    shuffle,
    star,
    suffixes,
)

__all__ = [
    "Isomorphism",
    "accepted_words",
    "concatenation",
    "count",
    "counts",
    "factors",
    "image",
    "inverse_image",
    "is_empty",
    "is_finite",
    "is_universal",
    "isomorphism",
    "left_quotient",
    "number_of_words",
    "plus",
    "prefixes",
    "random_words",
    "reversal",
    "right_quotient",
    "shuffle",
    "star",
    "suffixes",
]
