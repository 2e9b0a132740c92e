"""Certificates that a network errs: a word, or two words that no decoder tells apart."""

from __future__ import annotations

from typing import Any

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, Letter, Word, output_text
from negeig.precision.closure.native_operations import reference_of
from negeig.precision.numbers.arithmetic import Arithmetic
from negeig.proofs_checks.certificate import Certificate
from negeig.proofs_checks.runs.subject import Subject
from negeig.theory.closure.exact_search import exact_decoder
from negeig.theory.networks.network import LinearRNN

WORD_CLAIM = "on this word the network's output is not the machine's"
COLLISION_CLAIM = (
    "no decoder of the network's state, or of its cast, and of the last letter is right"
)


def word_certificate(
    network: LinearRNN, machine: Machine, arithmetic: str | Arithmetic, word: Word
) -> Certificate:
    """Return the certificate that a network errs on a word. Parameters are rounded where needed.

    In exact arithmetic the nearest code counts where some step contracts; elsewhere nothing comes
    out once a state equals no code. Raises InputError where the network is right, and for an
    arithmetic that certificates do not have.

    Examples
    --------
    >>> import negeig
    >>> from negeig.automata.zoo import get
    >>> made = negeig.compile(zoo="mod:3")
    >>> word_certificate(made.network, get("parity"), "fp32", ("1", "1")).evidence["word"]
    ['1', '1']
    """
    subject = Subject.of(network, machine, arithmetic)
    emits = _emits(subject, word)
    # A symbol may be the empty text; None is that nothing comes out.
    said = [network.empty] if not word else []
    if emits is not None and emits in network.outputs:
        said = [network.outputs[emits]]
    if [output_text(given) for given in said] == [output_text(machine.output(word))]:
        raise InputError("certificate", "the network is right on this word")
    return Certificate(
        kind="word",
        claim=WORD_CLAIM,
        about=subject.to_json(),
        evidence={"word": list(word)},
    )


def _emits(subject: Subject, word: Word) -> Letter | None:
    """Return the symbol that comes out on the last letter, None where nothing does."""
    symbol: Letter | None = None
    if subject.stored is not None:
        run = reference_of(subject.network, subject.stored, subject.arithmetic)
        state = run.initial()
        for letter in word:
            state, symbol = run.step(state, letter)
        return symbol
    layers = subject.network.layers
    vectors = [layer.initial for layer in layers]
    decoded = [exact_decoder(layer, lambda x: x) for layer in layers]
    for letter in word:
        symbol = letter
        for i, layer in enumerate(layers):
            if symbol is None or symbol not in layer.alphabet:
                symbol = None
                break
            vectors[i] = layer.apply(symbol, vectors[i])
            code = decoded[i](vectors[i])
            if code is None:
                return None
            symbol = layer.emit[code][layer.alphabet.index(symbol)]
    return symbol


def bits_certificate(
    network: LinearRNN, machine: Machine, arithmetic: str | Arithmetic, words: tuple[Word, Word]
) -> Certificate:
    """Return the certificate that two words lead to the same bits and need different outputs.

    Raises InputError for an arithmetic that certificates do not have. That the words do so is for
    the checker to see.
    """
    return Certificate(
        kind="collision",
        claim=COLLISION_CLAIM,
        about=Subject.of(network, machine, arithmetic).to_json(),
        evidence={"words": [[power(word, 1)] for word in words], "cast": None},
    )


def power(word: Word, times: int) -> dict[str, Any]:
    """Return a word that is read several times, as certificates have it.

    Examples
    --------
    >>> power(("a", "b"), 3)
    {'word': ['a', 'b'], 'times': 3}
    """
    return {"word": list(word), "times": times}
