"""Three commands answer about one released layer, each another question: each names the others."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from negeig.kernels.layers.kind import LayerKind, known

QUESTIONS = {
    "check": "whether the architecture can at all",
    "compile": "its weights for the task",
    "conform": "its recurrence alone",
}
"""What each command says of a layer."""


def other_commands(kind: LayerKind, own: str, arguments: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the commands about a layer beside one's own, a line each, with what they say.

    Parameters
    ----------
    kind : LayerKind
    own : str
        The command that is left out, a key of ``QUESTIONS``.
    arguments : sequence of str
        What names the language on the command line.

    Examples
    --------
    >>> from negeig.kernels.layers.kind import find
    >>> for row in other_commands(find("transformers.qwen3_next"), "conform", ("--zoo", "parity")):
    ...     print(row)
    whether the architecture can at all: negeig check --zoo parity --arch qwen3-next
    its weights for the task: negeig compile --zoo parity --for transformers.qwen3_next
    """
    language = shlex.join(arguments) or "LANGUAGE"
    commands = {
        "check": f"negeig check {language} --arch {kind.subject}",
        "compile": f"negeig compile {language} --for {kind.name}",
        "conform": f"negeig conform {language} --impl {','.join(kind.functions)}",
    }
    return tuple(
        f"{QUESTIONS[name]}: {command}" for name, command in commands.items() if name != own
    )


def kinds_of(*, subject: str | None = None, function: str | None = None) -> tuple[LayerKind, ...]:
    """Return the layers of an architecture or released model, or that call an implementation.

    Examples
    --------
    >>> [kind.name for kind in kinds_of(subject="qwen3-next")]
    ['transformers.qwen3_next']
    >>> [k.name for k in kinds_of(function="transformers.torch_chunk_gated_delta_rule+l2norm")]
    ['transformers.olmo_hybrid', 'transformers.qwen3_next']
    """
    return tuple(
        kind for kind in known().values() if kind.subject == subject or function in kind.functions
    )
