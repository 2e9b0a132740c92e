"""A task to learn: a machine, and its outputs numbered as the logits of a network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from negeig.arrays import Ints
from negeig.automata.language import Language
from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, Output, output_text


@dataclass(frozen=True, kw_only=True, eq=False)
class Task:
    """What a network is to say after every letter.

    Parameters
    ----------
    machine : Machine
        Minimal.
    outputs : tuple
        JSON values, one for each logit.
    numbers : int32 (states,)
        The number of each state's output.
    """

    machine: Machine
    outputs: tuple[Output, ...]
    numbers: Ints


def task_of(language: Language) -> Task:
    """Return a language as a task. Raises InputError when every word has the same output.

    Examples
    --------
    >>> from negeig.automata.language import Source
    >>> task = task_of(Source("zoo", "parity").read())
    >>> task.outputs, task.numbers.tolist()
    ((1, 0), [0, 1])
    """
    machine = language.machine.minimal()
    known = {output_text(output): output for output in machine.outputs}
    texts = list(known)
    if len(known) == 1:
        raise InputError(
            language.source, f"every word has the output {texts[0]}: there is nothing to learn"
        )
    numbers = [texts.index(output_text(output)) for output in machine.outputs]
    return Task(machine=machine, outputs=tuple(known.values()), numbers=np.array(numbers, np.int32))
