"""A layer that exists by a theorem is told apart from one that is at hand, in rows and in JSON."""

from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.zoo import get
from negeig.pipeline.choosing import choose
from negeig.report.terminal.layout import report
from negeig.report.terminal.limit_rows import enough_rows, why_not_rows
from negeig.theory.bounds.limits import limits


def rows_with(networks):
    machine = get("ends-with:a").minimal()
    return limits(machine, transition_monoid(machine), networks=networks)


def shown(rows):
    text = report([enough_rows(rows), why_not_rows(rows, (), verbose=True)], 100)
    return " ".join(text.split())


def test_one_layer_that_exists_and_one_at_hand():
    seen = rows_with([p.construction.network for p in choose(get("ends-with:a").minimal()).front])
    unseen = rows_with([])
    assert [row.to_json()["in_hand"] for row in (seen[-1], unseen[-1])] == [True, False]
    assert [row.verdict for row in (seen[-1], unseen[-1])] == ["possible", "possible"]
    assert "(one exists, by negeig explain one-layer; none is at hand)" in shown(unseen)
    assert "exact-orbit exists one-layer" in shown(unseen)
    assert "exists" not in shown(seen)
    assert "exact-orbit yes closure" in shown(seen)
