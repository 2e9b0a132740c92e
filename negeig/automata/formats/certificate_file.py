"""The task of a certificate: the machine that a file of certificates is about.

A stranger compares it with the task that he means: a proof about another one is true and useless.
Nothing is verified here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from negeig.claims import InputError

BEGINNING = '{"about":'
"""How the first line of each certificate begins: keys are sorted, and there are no spaces."""


def task(
    text: str, name: str, loads: Callable[[str], Any] = json.loads
) -> tuple[dict[str, Any], str] | None:
    r"""Return the machine of a file of certificates, and a notice; None where it is none.

    Of two machines that are compared the first, which :mod:`negeig.proofs_checks.checker` calls the
    task. Takes time linear in the text.

    Raises
    ------
    InputError
        A first line that is no JSON, no machine, or several of them.

    Examples
    --------
    >>> header = '{"about":{"initial":0,"transitions":[[0]]},"claim":"","evidence":{},"kind":"x"}\n'
    >>> machine, notice = task(header + "[0,1]\n", "c.json")
    >>> machine
    {'initial': 0, 'transitions': [[0]]}
    >>> print(notice)
    the task of this certificate; whether it is true is what negeig verify says
    >>> task('{"alphabet": ["a"]}', "m.json") is None
    True
    """
    if not text.startswith(BEGINNING):
        return None
    headers = [_header(found[0], name, loads) for found in re.finditer(r"^\{.*", text, re.M)]
    if not all({"about", "claim", "evidence", "kind"} <= header.keys() for header in headers):
        return None
    machines = [machine for header in headers if (machine := _machine(header["about"]))]
    different = {json.dumps(machine, sort_keys=True): machine for machine in machines}
    if len(different) != 1:
        found = f"of {len(different)} different machines" if different else "of no machine"
        raise InputError(
            name,
            f"this is a certificate, which negeig verify reads; as a task it is read where it is "
            f"about one machine, and this one speaks {found}",
            code="bad-file",
        )
    (machine,) = different.values()
    these = "this certificate" if len(headers) == 1 else f"these {len(headers):,} certificates"
    true = "it is" if len(headers) == 1 else "they are"
    return machine, f"the task of {these}; whether {true} true is what negeig verify says"


def _header(line: str, name: str, loads: Callable[[str], Any]) -> dict[str, Any]:
    try:
        value: dict[str, Any] = loads(line)
    except (ValueError, RecursionError) as error:
        problem = f"a certificate whose first line is not valid JSON: {error}"
        raise InputError(name, problem, code="bad-file") from None
    return value


def _machine(about: object) -> dict[str, Any] | None:
    """Return the machine in what a certificate is about; None where that is a matrix."""
    one = about[0] if isinstance(about, list) and about else about
    if isinstance(one, dict) and "transitions" not in one:
        one = one.get("machine")
    return one if isinstance(one, dict) and "transitions" in one else None
