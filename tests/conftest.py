"""Test-wide settings: hypothesis profiles, and what it takes to repeat a run."""

import os
import platform
from collections.abc import Iterator
from importlib.metadata import version

import pytest
from hypothesis import settings

from support.tiers import in_two_tiers

# Derandomised: a run is the same everywhere, and a failure in CI fails at the desk too.
settings.register_profile("quick", max_examples=50, deadline=None, derandomize=True)
settings.register_profile("ci", max_examples=500, deadline=None, derandomize=True)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "quick")
settings.load_profile(PROFILE)

SHOWN = ["numpy", "numba", "python-flint", "ml_dtypes", "torch", "triton", "hypothesis"]


@pytest.hookimpl(tryfirst=True)  # before any is deselected
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse to run a test that has two tiers; put those first that would be waited for."""
    if twice := in_two_tiers(items):
        raise pytest.UsageError("marked for two tiers: " + ", ".join(twice))
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print it at the end, where ``-q`` shows it too."""
    versions = ", ".join(f"{name} {version(name)}" for name in SHOWN)
    terminalreporter.write_line(
        f"python {platform.python_version()} on {platform.machine()}; {versions}"
    )
    terminalreporter.write_line(
        f"hypothesis profile {PROFILE}: {settings().max_examples} examples, derandomised"
    )


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """Tests run on every core already, and threads of torch that wait take one each."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
