"""What is suggested for a name that is none can be typed as it is: identifiers, each once."""

import pytest

from negeig.claims import InputError
from negeig.theory.architectures import entries, find_subject

IDS = [architecture.id for architecture in entries()]


@pytest.mark.parametrize("wanted", IDS)
def test_suggestions_are_identifiers(wanted):
    with pytest.raises(InputError) as caught:
        find_subject(f"{wanted}{wanted[-1]}q")
    near = str(caught.value).rpartition("did you mean ")[2].partition("?")[0].split(" or ")
    assert len(near) == len(set(near)) > 0
    for name in near:
        assert find_subject(name).id == name
