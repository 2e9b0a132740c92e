"""What the Python interface raises can be caught by a name of the package itself."""

import importlib
import pkgutil

import pytest

import negeig
import negeig.pipeline


def test_every_kind_of_error_is_exported():
    for found in pkgutil.walk_packages(negeig.pipeline.__path__, "negeig.pipeline."):
        importlib.import_module(found.name)
    kinds = negeig.NegeigError.__subclasses__()
    assert [kind.__name__ for kind in kinds if kind.__name__ not in negeig.__all__] == []
    assert all(getattr(negeig, kind.__name__) is kind for kind in kinds)


def test_a_budget_that_cannot_be_met_is_caught_by_its_name():
    with pytest.raises(negeig.BudgetNotMet) as error:
        negeig.compile(zoo="mod:3", budget=negeig.Budget(layers=1, steps=1))
    assert error.value.tightest
