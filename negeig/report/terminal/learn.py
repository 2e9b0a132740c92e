"""What ``negeig learn`` shows a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from negeig.claims import Verdict
from negeig.pipeline.learn import LearnedNetwork, LearnResult
from negeig.pipeline.learning.exploring import Exploration
from negeig.pipeline.learning.running import LongRun
from negeig.report.terminal.text_rows import (
    alphabet_text,
    count,
    line,
    notice_lines,
    source_text,
    word_text,
)

COLUMN = 10

CONSTANT = 0.99
"""From which part of right constant guesses on an accuracy says nothing."""


def learn_text(result: LearnResult, width: int = 100, verbose: bool = False) -> str:
    """Return the report of ``negeig learn``: a table of accuracies, then what holds of each."""
    trial, recipe = result.trial, result.trial.recipe
    seeds = f"{trial.seed}" + f" to {trial.seed + trial.seeds - 1}" * (trial.seeds > 1)
    rows = [
        f"{source_text(result.source)}   over {alphabet_text(result.alphabet)}: "
        f"{count(len(result.outputs), 'output')}",
        *notice_lines(result.notices),
        "",
        line(
            "layer",
            f"{count(trial.heads, 'head')} of dimension {trial.dim}, "
            f"{count(trial.steps, 'delta step')} a token",
            width=width,
        ),
        line(
            "trained",
            f"{recipe.updates:,} updates of {recipe.batch:,} words of {recipe.shortest} to "
            f"{recipe.longest} letters, seed{'s' * (trial.seeds > 1)} {seeds}; {result.device}",
            width=width,
        ),
        line(
            "accuracy",
            f"on {trial.words:,} fresh words of {trial.length:,} letters, by position; 1 is always "
            "right, 0 is the best constant guess",
            width=width,
        ),
    ]
    if not result.networks:
        return "\n".join([*rows, "", "no network was finished"])
    spans = [f"{a.first:,}-{a.last:,}" for a in result.networks[0].accuracy]
    names = [_name(network) for network in result.networks]
    wide = max(map(len, names)) + 2
    rows += [
        "",
        " " * wide + "".join(f"{span:>{COLUMN}}" for span in spans) + f"{'loss':>{COLUMN}}",
    ]
    rows += [
        f"{name:<{wide}}"
        + "".join(f"{_scaled(a.scaled):>{COLUMN}}" for a in network.accuracy)
        + f"{network.loss:>{COLUMN}.4f}"
        for name, network in zip(names, result.networks, strict=True)
    ]
    rows += _nothing_to_learn(result.networks, width)
    for name, network in zip(names, result.networks, strict=True):
        rows += ["", name, *_holds(network, width)]
    return "\n".join(rows)


def _nothing_to_learn(networks: Sequence[LearnedNetwork], width: int) -> Iterator[str]:
    """Yield what is said where a constant guess is always right, or nearly so everywhere."""
    chances = [accuracy.chance for network in networks for accuracy in network.accuracy]
    if max(chances) == 1:
        meaning = "every word that was measured has the same output at these positions"
        yield line("-", meaning, width=width)
    if min(chances) >= CONSTANT:
        yield line(
            "note",
            f"a constant guess is right at {CONSTANT:.0%} of the positions or more: almost every "
            "word has the same output, and the table says nothing of what was learned",
            width=width,
        )


def _holds(network: LearnedNetwork, width: int) -> Iterator[str]:
    """Yield what the audit, the exploration and the long run say of one network."""
    found = network.audit.range
    assert found is not None
    applies = [row for row in network.audit.limits if row["standing"] == "applies"]
    limits = ", ".join(f"{row['class']} ({row['theorem']})" for row in applies)
    yield line(
        "audit",
        f"eigenvalues of its steps from {found['min']['decimal']} to {found['max']['decimal']}",
        f"limits that apply: {limits or 'none'}",
        width,
    )
    for name, exploration in network.explored.items():
        yield line(_label(exploration), f"{name}: {_explored(exploration)}", width=width)
    if network.run is not None:
        label = "passed" if network.run.evidence.verdict is Verdict.PASSED else "refuted"
        yield line(label, f"{network.run.arithmetic}: {_ran(network.run)}", width=width)


def _label(exploration: Exploration) -> str:
    return exploration.evidence.verdict.value


def _explored(exploration: Exploration) -> str:
    evidence = exploration.evidence
    if evidence.verdict is Verdict.PROVED:
        return (
            f"right after every word of every length; {evidence.states:,} reachable states, least "
            f"margin {exploration.margin:.3g}"
        )
    if evidence.verdict is Verdict.OPEN:
        letters = count(exploration.depth, "letter")
        return f"right after all words of up to {letters}; {evidence.detail}"
    word = getattr(evidence, "word", None) or ()
    return f"wrong first after {count(len(word), 'letter')}: {word_text(word, 40)}"


def _ran(run: LongRun) -> str:
    evidence = run.evidence
    ran = f"{evidence.tokens:,} tokens in words of {run.length:,}"
    if evidence.word is None:
        return f"right at each of {ran}, least margin {run.margin:.3g}"
    return (
        f"{evidence.mismatches:,} of {ran} wrong; the shortest wrong prefix has "
        f"{count(len(evidence.word), 'letter')}: {word_text(evidence.word, 40)}"
    )


def _name(network: LearnedNetwork) -> str:
    return f"[{network.range[0]}, {network.range[1]}], seed {network.seed}"


def _scaled(value: float | None) -> str:
    """Return a scaled accuracy; 1.00 only where nothing was wrong.

    Examples
    --------
    >>> _scaled(1.0), _scaled(0.9999), _scaled(-0.001), _scaled(None)
    ('1.00', '0.99', '0.00', '-')
    """
    if value is None:
        return "-"
    if value < 1 and round(value, 2) == 1:
        return "0.99"
    return f"{round(value, 2) + 0:.2f}"
