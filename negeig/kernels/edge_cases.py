"""What an implementation does at the edges: no letters, no rows, a NaN, inputs that it changes.

Raising there is its right, and is told. Returning something false is not, but for another scale
than the 1 of all that is compared, which many a function ignores.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from negeig.arrays import Float32s
from negeig.kernels.implementation import Answer, Misbehaved, Recurrence, Undetermined, held
from negeig.kernels.trial import Trial

LETTERS, WIDTH = 5, 160

TINY = 2.0**-12
"""Largest number whose half fp16 may have to round."""

AGAIN = 8
"""Times that a call is made again before what it returned is held against another's bits."""


def edge_cases(trial: Trial) -> dict[str, str | None]:
    """Try them on the first layer of a trial that was run; say what was not as it should be.

    None for what was. What is false is noted in the trial as wrong at position 0.

    Where two equal calls give other bits, outputs alone are judged: no states are compared.

    * ``no_letters``: words of no letters return their initial state.
    * ``no_rows``: a batch of no words returns no states.
    * ``scale``: half the queries, by the argument of that name, are half the outputs.
    * ``nan``: a NaN in the initial state of one row stays there, and in that row alone.
    * ``views``: tensors that are not contiguous give right outputs.
    * ``inputs``: no call changed a tensor that it was given.
    """
    found: dict[str, str | None] = {
        "no_letters": _try(trial, _no_letters),
        "no_rows": _try(trial, _no_rows),
    }
    if trial.one.takes_scale:
        found["scale"] = _try(trial, _scale)
    if trial.one.resumes:
        found["nan"] = _try(trial, _nan)
    if trial.one.tensors:
        found["views"] = _short(trial.views) if trial.views else None
        found["inputs"] = f"it changes {', '.join(sorted(trial.changed))}" * bool(trial.changed)
    return {case: text or None for case, text in found.items()}


def _try(trial: Trial, case: Callable[[Trial], str]) -> str:
    try:
        return case(trial)
    except Undetermined:
        return "what it computes is not determined here"
    except Misbehaved as error:
        return _short(error)


def _short(error: Misbehaved) -> str:
    """Return the first line of what was raised, without the call, which is known here."""
    text = str(error).partition("; in a call of")[0].partition("\n")[0]
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 3]}..."


def _asked(trial: Trial, rows: int, letters: int) -> Recurrence:
    layer = trial.layers[0]
    numbers = trial.ready.letters[trial.batch.words[:rows, :letters]]
    initial = np.repeat(layer.initial[None], rows, axis=0)
    return layer.recurrence(numbers, initial, trial.dtype, trial.key_scale)


def _no_letters(trial: Trial) -> str:
    asked = _asked(trial, len(trial.rows), 0)
    final = trial.call(asked).final
    if final is None or _is(final, asked.initial, trial.dtype) or not _repeats(trial, asked, final):
        return ""
    trial.failed(_shown(final[0]), "the initial state after no letters")
    return f"another state after no letters: {_shown(final[0])}"


def _no_rows(trial: Trial) -> str:
    trial.call(_asked(trial, 0, LETTERS))
    return ""


def _scale(trial: Trial) -> str:
    asked = _asked(trial, len(trial.rows), LETTERS)
    whole, half = trial.call(asked), trial.call(replace(asked, scale=0.5))
    unlike = (whole.states != half.states) & (np.abs(whole.states) > TINY)
    if not unlike.any() or not _repeats(trial, asked, _states(whole)):
        return ""
    return "outputs do not follow the scale"


def _nan(trial: Trial) -> str:
    clean = _asked(trial, len(trial.rows), LETTERS)
    spoilt = replace(clean, initial=clean.initial.copy())
    spoilt.initial[-1] = np.nan
    before, after = _states(trial.call(clean)), _states(trial.call(spoilt))
    others, right = after[:-1], before[:-1]
    leaks = not _is(others, right, "fp32")
    if leaks and not _repeats(trial, clean, before):  # no arithmetic makes a number of a NaN
        leaks = bool((np.isnan(others) & ~np.isnan(right)).any())
    if leaks:
        trial.failed("other states", "the states of rows beside one with a NaN")
        return "a NaN in one row changes other rows"
    return "a NaN in the initial state is lost" if np.isfinite(after[-1]).any() else ""


def _repeats(trial: Trial, asked: Recurrence, found: Float32s) -> bool:
    """Whether a call gives its states again, bit for bit; noted in the trial where it does not."""
    if trial.assumptions["deterministic"] and not all(
        np.array_equal(_states(trial.call(asked)), found, equal_nan=True) for _ in range(AGAIN)
    ):
        trial.assumptions["deterministic"] = False
    return bool(trial.assumptions["deterministic"])


def _states(answer: Answer) -> Float32s:
    return answer.states[:, -1] if answer.final is None else answer.final


def _is(found: Float32s, expected: Float32s, dtype: str) -> bool:
    """Whether states are the expected ones, or these rounded."""
    same = (found == expected) | (found == held(expected, dtype))
    return found.shape == expected.shape and bool(same.all())


def _shown(state: Float32s) -> str:
    return ", ".join(f"{x:g}" for x in state[:8].tolist())
