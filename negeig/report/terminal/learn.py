"""What ``negeig learn`` shows a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from negeig.claims import Verdict
from negeig.pipeline.learn import LearnedNetwork, LearnResult
from negeig.pipeline.learning.exploring import Exploration
from negeig.pipeline.learning.running import LongRun
from negeig.precision.numbers.models import short_name
from negeig.report.terminal.layout import Heading, Item, Row, report
from negeig.report.terminal.styled import Style, Text, styled
from negeig.report.terminal.table import Table
from negeig.report.terminal.text_rows import count, notice_rows, source_text, word_text

STYLES: dict[Verdict, Style] = {
    Verdict.PROVED: "yes",
    Verdict.REFUTED: "no",
    Verdict.OPEN: "open",
    Verdict.PASSED: "yes",
}

CONSTANT = 0.99
"""From which part of right constant guesses on an accuracy says nothing."""


def learn_text(result: LearnResult, width: int = 100, verbose: bool = False) -> Text:
    """Return the report of ``negeig learn``: a table of accuracies, then what holds of each.

    Verbose: how the networks were trained.
    """
    letters, outputs = len(result.alphabet), len(result.outputs)
    about = f"{letters:,} letter{'' if letters == 1 else 's'}, {count(outputs, 'output')}"
    head: list[Item] = [
        Heading(source_text(result.source), about),
        *notice_rows(result.notices),
        *(_trained_rows(result) if verbose else ()),
    ]
    if not result.networks:
        return report([head, [Row("", "no network was finished")]], width)
    spans = [f"{a.first:,}-{a.last:,}" for a in result.networks[0].accuracy]
    table = [
        [_name(network), *(_scaled(a.scaled) for a in network.accuracy), f"{network.loss:.4f}"]
        for network in result.networks
    ]
    measured: list[Item] = [
        Row("accuracy", _measured(result)),
        Table("", ["network", *spans, "loss"], table),
        *_nothing_to_learn(result.networks),
    ]
    return report([head, measured, *map(_holds, result.networks)], width)


def _trained_rows(result: LearnResult) -> Iterator[Item]:
    trial, recipe = result.trial, result.trial.recipe
    seeds = f"{trial.seed}" + f" to {trial.seed + trial.seeds - 1}" * (trial.seeds > 1)
    steps = count(trial.steps, "delta step")
    yield Row("layer", f"{count(trial.heads, 'head')} of dimension {trial.dim}, {steps} a token")
    yield Row(
        "trained",
        f"{recipe.updates:,} updates of {recipe.batch:,} words of {recipe.shortest} to "
        f"{recipe.longest} letters, seed{'s' * (trial.seeds > 1)} {seeds}; {result.device}",
    )


def _measured(result: LearnResult) -> str:
    trial = result.trial
    return (
        f"on {trial.words:,} fresh words of {trial.length:,} letters, by position; 1 is always "
        "right, 0 is the best constant guess"
    )


def _nothing_to_learn(networks: Sequence[LearnedNetwork]) -> Iterator[Item]:
    """Yield what is said where a constant guess is always right, or nearly so everywhere."""
    chances = [accuracy.chance for network in networks for accuracy in network.accuracy]
    if max(chances) == 1:
        yield Row("-", "every word that was measured has the same output at these positions")
    if min(chances) >= CONSTANT:
        yield Row(
            "note",
            f"a constant guess is right at {CONSTANT:.0%} of the positions or more: almost every "
            "word has the same output, and the table says nothing of what was learned",
        )


def _holds(network: LearnedNetwork) -> Iterator[Item]:
    """Yield what the audit, the exploration and the long run say of one network."""
    found = network.audit.range
    assert found is not None
    applies = [row for row in network.audit.limits if row["standing"] == "applies"]
    limits = ", ".join(f"{row['class']} ({row['theorem']})" for row in applies)
    yield Heading(_name(network), "")
    yield Row(
        "audit",
        f"eigenvalues of its steps from {found['min']['decimal']} to {found['max']['decimal']}",
        f"limits that apply: {limits or 'none'}",
    )
    for name, exploration in network.explored.items():
        verdict = exploration.evidence.verdict
        yield Row(styled(verdict.value, STYLES[verdict]), f"{name}: {_explored(exploration)}")
    if network.run is not None:
        passed = network.run.evidence.verdict is Verdict.PASSED
        label = styled("passed", "yes") if passed else styled("refuted", "no")
        yield Row(label, f"{short_name(network.run.arithmetic)}: {_ran(network.run)}")


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
