"""A collision: two words that one network shows no decoder apart, though the task does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import index
from typing import Any, TypeAlias, get_args

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, LimitReached, Output, Word, output_text
from negeig.evidence import Evidence, read_word, unknown_letters
from negeig.precision.cast.cast import Cast, Cell
from negeig.precision.cast.cast_bounds import CastBound, witness_bound
from negeig.precision.cast.cast_stack import CastStack
from negeig.precision.cast.families import Family, Variant
from negeig.theory.bounds.witnesses import period_witness
from negeig.theory.networks.network import Layer, LinearRNN

MAX_LETTERS = 1_000_000
"""Letters of the longest word whose cast state is computed anew."""

NetworkAndTask: TypeAlias = tuple[Layer | LinearRNN, Machine]
"""What a collision is about."""


@dataclass(frozen=True, kw_only=True)
class Collision(Evidence[NetworkAndTask]):
    """Two words with different outputs, the same last letter and the same cast states.

    Attributes
    ----------
    prefix, word, suffix : Word
        u, w and s: the words are u w^k s for the two ``exponents`` k.
    exponents : tuple of int
        The smaller one first. Of a search, the larger one is the least at which any pair collides.
    outputs : tuple
        What the task demands after each of the two words; they differ.
    states : tuple of str
        The common cast of every coordinate, layer after layer, as hexadecimal bits.
    cast : Cast
    variant : str
        ``"state"`` or ``"terms"``, see :mod:`negeig.precision.cast.families`.
    bound : CastBound or None
        Why there had to be a collision, where a theorem applies.
    """

    prefix: Word
    word: Word
    suffix: Word
    exponents: tuple[int, int]
    outputs: tuple[Output, Output]
    states: tuple[str, ...]
    cast: Cast
    variant: Variant
    bound: CastBound | None

    @property
    def words(self) -> tuple[Word, Word]:
        """The two words in full."""
        first, second = (self.prefix + self.word * k + self.suffix for k in self.exponents)
        return first, second

    def problems(self, subject: NetworkAndTask, /) -> list[str]:
        """Return why the pair is no collision of a network on a task: everything is computed anew.

        Exact, without enclosures. One layer: the two states by repeated squaring (term by term in
        the other variant, which takes O(k^2)). A stack: letter by letter with exact states, O(k^2).
        Then the bound, where one is stated. Words of more than :data:`MAX_LETTERS` letters, and
        states past the limits of the cast model, are not checked, which is a problem.
        """
        network, machine = subject
        layers = layers_of(network)
        low, high = self.exponents
        around = len(self.prefix) + len(self.suffix)
        if not 0 <= low < high or around + len(self.word) * high > MAX_LETTERS:
            return [f"exponents: not ascending from 0, or above {MAX_LETTERS:,} letters"]
        if self.variant not in get_args(Variant) or (self.variant == "terms" and len(layers) != 1):
            return ["variant: not one of the cast model for this network"]
        words = self.words
        if words[0] == words[1] or any(not w for w in words) or words[0][-1] != words[1][-1]:
            return ["the words are equal or empty, or differ in the last letter"]
        read = machine.alphabet if not layers else tuple(layers[0].steps)
        if unknown := [x for a in (machine.alphabet, read) for x in unknown_letters(a, *words)]:
            return unknown
        first, second = (output_text(machine.output(w)) for w in words)
        if first == second or [first, second] != [output_text(o) for o in self.outputs]:
            return ["outputs: not those of the task, or equal"]
        try:
            claimed = tuple(self.cast.cell_of(bits) for bits in self.states)
            if any(self._exact(layers, k) != claimed for k in self.exponents):
                return ["states: not the cast states after both words"]
            if self.bound is not None and self.bound != self.expected_bound(subject):
                return ["bound: not what the theorems say of this network"]
        except (InputError, LimitReached) as error:
            return [str(error)]
        return []

    def expected_bound(self, subject: NetworkAndTask) -> CastBound | None:
        """Return the bound on these words by Theorem 1 or 2; None where neither applies."""
        network, machine = subject
        witness = period_witness(machine, self.word, self.prefix, self.suffix)
        return witness_bound(layers_of(network), witness, self.cast, variant=self.variant)

    def _exact(self, layers: tuple[Layer, ...], k: int) -> tuple[Cell, ...]:
        if len(layers) == 1:
            family = Family(layers[0], self.prefix, self.word, self.suffix)
            return family.exact_casts(k, self.cast, self.variant)
        return CastStack(layers, self.cast).exact_casts(self.prefix + self.word * k + self.suffix)

    def to_json(self) -> dict[str, Any]:
        """Return the certificate as a JSON object; the words as u, w, s and the exponents."""
        return {
            "prefix": list(self.prefix),
            "word": list(self.word),
            "suffix": list(self.suffix),
            "exponents": list(self.exponents),
            "outputs": list(self.outputs),
            "states": list(self.states),
            "cast": self.cast.name,
            "variant": self.variant,
            "bound": None if self.bound is None else self.bound.to_json(),
        }

    @staticmethod
    def from_json(data: Mapping[str, Any], cast: Cast) -> Collision:
        """Read a certificate, to be verified; its bound is left out.

        Raises
        ------
        InputError
            When a field is missing or of the wrong kind, or the certificate is about another cast.
        """
        try:
            if data["cast"] != cast.name:
                raise InputError("certificate", f"about another cast, expected {cast.name}")
            if data["variant"] not in get_args(Variant):
                raise ValueError("the variant")
            low, high = (index(k) for k in data["exponents"])
            first, second = data["outputs"]
            return Collision(
                prefix=read_word(data["prefix"]),
                word=read_word(data["word"]),
                suffix=read_word(data["suffix"]),
                exponents=(low, high),
                outputs=(first, second),
                states=read_word(data["states"]),
                cast=cast,
                variant=data["variant"],
                bound=None,
            )
        except (KeyError, TypeError, ValueError) as error:
            problem = f"no collision certificate: {error!r:.200}"
            raise InputError("certificate", problem) from None


def layers_of(network: Layer | LinearRNN) -> tuple[Layer, ...]:
    """Return the layers of a network, or the one layer."""
    return network.layers if isinstance(network, LinearRNN) else (network,)
