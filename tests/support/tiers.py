"""The tiers of tests: a test has at most one mark of them, and none in the first tier."""

from collections.abc import Iterable

import pytest

TIERS = ("exhaustive", "peers", "browser", "provers", "gpu")


def in_two_tiers(items: Iterable[pytest.Item]) -> list[str]:
    """Return the names of tests that are marked for several tiers, and would run in each."""
    return [
        item.nodeid
        for item in items
        if sum(item.get_closest_marker(tier) is not None for tier in TIERS) > 1
    ]
