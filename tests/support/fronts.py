"""What holds of every front: proved, none beats another, and no bound is above them."""

from negeig.claims import Verdict


def check_points(points):
    """All are proved in exact arithmetic, and none is beaten by another."""
    assert not any(p.beats(q) for p in points for q in points)
    assert all(point.claims[0].verdict is Verdict.PROVED for point in points)


def check_bounds(points, bounds):
    """No network on the front is below a lower bound that speaks of it."""
    for point in points:
        layers, steps, dim = point.cost
        cost = {"layers": layers, "steps": steps, "dim": dim}
        eigenvalues = [v for layer in point.construction.network.layers for v in layer.eigenvalues]
        for bound in bounds:
            if (bound.layers is not None and layers > bound.layers) or (
                bound.steps is not None and steps > bound.steps
            ):
                continue
            if "own group" in bound.assumption:
                continue  # a network may act as a larger group
            if bound.no_reflections and -1 in eigenvalues:
                continue  # it has the eigenvalue -1
            if point.demands.endless and bound.model == "exact-orbit":
                continue  # it has infinitely many exact states
            if bound.on_eigenvalues:
                assert any(bound.is_met_within(x, x) for x in eigenvalues), bound
            else:
                assert cost[bound.quantity] >= bound.value, bound


def respects(network, bounds):
    """Whether no bound is above what a network has; bounds on covers by the same group aside."""
    layers = len(network.layers)
    spent = {
        "layers": layers,
        "steps": max((x.steps_per_token for x in network.layers), default=0),
        "dim": max((x.dim for x in network.layers), default=0),
    }
    values = [x for layer in network.layers for x in layer.eigenvalues]
    return all(
        any(b.is_met_within(x, x) for x in values)
        if b.on_eigenvalues
        else spent[b.quantity] >= b.value
        for b in bounds
        if (b.layers is None or layers <= b.layers)
        and (b.steps is None or spent["steps"] <= b.steps)
        and (not b.no_reflections or -1 not in values)
        and not b.own_group
    )
