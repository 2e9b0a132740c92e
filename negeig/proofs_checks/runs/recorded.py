"""Certificates of implementations: what was recorded of one is a machine, and is assumed.

A stranger cannot run somebody's kernel on somebody's device. That it does what was recorded is an
assumption, which the certificate names; that the recorded machine is, or is not, the task's is
computed, and the checker computes it again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from negeig.automata.machines.machine import Machine
from negeig.claims import Assumption, InputError, Output, Progress, Word, output_text
from negeig.kernels.implementation import Implementation
from negeig.kernels.through import Stack, Through
from negeig.kernels.through_closure import walk_through
from negeig.proofs_checks.certificate import Certificate, readable, text_of
from negeig.proofs_checks.runs.machines import comparison_certificate
from negeig.theory.networks import network_json
from negeig.theory.networks.network import LinearRNN

RECORDED = "recorded"
"""The assumption that an implementation does what was recorded of it."""


def closed_certificate(
    one: Implementation,
    network: LinearRNN,
    machine: Machine,
    dtype: str,
    *,
    max_states: int = 2_000_000,
    max_memory: int = 4 << 30,
    progress: Progress | None = None,
) -> Certificate:
    """Return the certificate that an implementation is right, or errs, of kind equivalence or not.

    It is explored again as :func:`negeig.kernels.through_closure.close_through` does; the second
    machine is what was recorded, and what was tested of it is assumed with it.

    Raises InputError where neither is known, with the reason, and where the machine is too large
    for one line.

    Examples
    --------
    >>> from negeig.kernels.registry import find
    >>> from negeig.kernels.standard_suite import TASKS
    >>> task, (cpu,) = TASKS["parity"], find(("negeig.cpu",))
    >>> made = closed_certificate(cpu, task.network, task.machine, "fp32")
    >>> made.kind, made.about[1]["transitions"], [assumed.name for assumed in made.assumptions]
    ... # doctest: +NORMALIZE_WHITESPACE
    ('equivalence', [[0, 1], [1, 0]],
     ['recorded', 'deterministic', 'batch_independent', 'split_is_whole'])
    """
    found, run = walk_through(
        one, network, machine, dtype, max_states=max_states, max_memory=max_memory,
        progress=progress,
    )  # fmt: skip
    assumed = found.assumptions
    if one.chunk is not None:
        raise InputError("certificate", "the checker derives no sums of chunks")
    if run is None or not assumed or not all(a.held for a in assumed):
        reason = found.reason or "what single tokens do is not what words do"
        raise InputError("certificate", f"nothing is proved: {reason}")
    given = f"{_named(one, dtype)}, {_given(network)}, one token a call"
    if found.verdict == "proved":
        recorded, handed = _walked(run, network, machine.alphabet)
        statement = (
            f"{given} from the states that it hands on, does what the second machine does, whose "
            f"states are their bits with the last output, numbered as they are met: {handed}"
        )
    elif found.wrong_word:
        answers = _answers(run, network, found.wrong_word)
        recorded = along(found.wrong_word, answers, machine.alphabet)
        statement = f"{given}, answers what the second machine outputs after the last letter"
    else:
        raise InputError("certificate", f"nothing is proved: {found.reason}")
    return _compared(machine, recorded, statement, assumed, found.wrong_word or ())


def answer_certificate(
    one: Implementation, network: LinearRNN, machine: Machine, dtype: str, word: Word, answer: str
) -> Certificate:
    """Return the certificate that an answer that was observed is wrong.

    Parameters
    ----------
    word : Word
        What was read.
    answer : str
        What came out after it, as :func:`negeig.claims.output_text` writes an output of the
        network; anything else is that nothing did.

    Raises InputError where the answer is right, and where the word is too long for one line.

    Examples
    --------
    >>> from negeig.kernels.registry import find
    >>> from negeig.kernels.standard_suite import TASKS
    >>> task, (cpu,) = TASKS["parity"], find(("negeig.cpu",))
    >>> made = answer_certificate(cpu, task.network, task.machine, "fp32", ("1", "1"), "0")
    >>> made.kind, made.evidence, made.about[1]["outputs"]
    ('inequivalence', {'word': ['1', '1']}, [None, None, 0, None])
    """
    known = {output_text(output): output for output in network.outputs.values()}
    answers = [*[None] * (len(word) - 1), known.get(answer)]
    statement = (
        f"{_named(one, dtype)}, {_given(network)}, answered this word with what the second machine "
        "outputs after it; null is nothing, or not asked"
    )
    return _compared(machine, along(word, answers, machine.alphabet), statement, (), word)


def along(word: Word, answers: Sequence[Output], alphabet: Sequence[str]) -> Machine:
    """Return the machine of what is answered along one word; null before it and beside it.

    Examples
    --------
    >>> made = along(("a", "b"), (0, 1), ("a", "b"))
    >>> made.transitions.tolist(), made.outputs
    ([[1, 3], [3, 2], [3, 3], [3, 3]], (None, 0, 1, None))
    """
    beside = len(word) + 1
    rows = [[at + 1 if letter == read else beside for letter in alphabet]
            for at, read in enumerate(word)]  # fmt: skip
    return Machine(
        alphabet=alphabet, transitions=[*rows, *[[beside] * len(alphabet)] * 2], initial=0,
        outputs=[None, *answers, None],
    )  # fmt: skip


def _compared(
    machine: Machine, recorded: Machine, statement: str, tested: Sequence[Assumption],
    word: Word = (),
) -> Certificate:  # fmt: skip
    """Return the comparison of a task with what was recorded, under what is assumed of that."""
    made = comparison_certificate(machine.minimal(), recorded)
    if word:
        if output_text(machine.output(word)) == output_text(recorded.output(word)):
            raise InputError("certificate", "the answer is right")
        made = replace(made, evidence={"word": list(word)})
    own = Assumption(name=RECORDED, statement=statement, tested="it was recorded", held=True)
    return readable(replace(made, assumptions=(own, *tested)))


def _walked(run: Through, network: LinearRNN, alphabet: Sequence[str]) -> tuple[Machine, str]:
    """Return the machine of all recorded moves, and a hash of the bits of its states."""
    start: tuple[Stack, str] = run.initial(), output_text(network.empty)
    numbers, outputs, rows = {start: 0}, [network.empty], list[list[int]]()
    for stack, _ in (queue := [start]):  # grows while it is read
        row = list[int]()
        for letter in alphabet:
            after, symbol = run.step(stack, letter)
            output = None if symbol is None else network.outputs[symbol]
            key = after, output_text(output)
            if key not in numbers:
                numbers[key] = len(queue)
                queue.append(key)
                outputs.append(output)
            row.append(numbers[key])
        rows.append(row)
    bits = hashlib.sha256()
    for stack, _ in queue:
        for table, state in zip(run.layers, stack, strict=True):
            bits.update(table.handed[state])
    made = Machine(alphabet=alphabet, transitions=rows, initial=0, outputs=outputs)
    return made, f"sha256 {bits.hexdigest()[:16]}"


def _answers(run: Through, network: LinearRNN, word: Word) -> list[Output]:
    """Return what is answered after each letter of a word, by the recorded moves."""
    state, answers = run.initial(), list[Any]()
    for letter in word:
        state, symbol = run.step(state, letter)
        answers.append(None if symbol is None else network.outputs[symbol])
    return answers


def _named(one: Implementation, dtype: str) -> str:
    return f"{one.name} ({one.version or 'of no version'}, {one.device}, {dtype} inputs)"


def _given(network: LinearRNN) -> str:
    text = text_of(network_json.to_json(network)).encode()
    return f"given the network sha256 {hashlib.sha256(text).hexdigest()[:16]}"
