"""Which layers are asked about: a specification, and architectures by name with their sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from negeig.claims import InputError
from negeig.pipeline.parts.asking import about
from negeig.pipeline.parts.layer_answers import LayerAnswer, check_formats
from negeig.theory.architectures import Outside, Released, Subject, find
from negeig.theory.architectures.layer import LayerSpec
from negeig.theory.architectures.layer_reading import Source, read_layer

MINE = "my layer"
"""What a layer is called that has no name; of several each has a number."""


@dataclass(frozen=True)
class Question:
    """One layer that is asked about, what to call it, and which layers of a model it is."""

    name: str
    spec: LayerSpec
    about: str = ""

    def told(self, answer: LayerAnswer) -> LayerAnswer:
        """Return the answer, which says of a model which of its layers it is about."""
        if not self.about:
            return answer
        parts = (self.about, *(answer.parts or (answer.reason,)))
        return replace(answer, reason="; ".join(parts), parts=parts)


def unlayered(asked: Sequence[Subject]) -> dict[Subject, str]:
    """Return those of which nothing is known as layers of some size, each with what to say of it.

    Examples
    --------
    >>> from negeig.theory.architectures import find_subject
    >>> list(unlayered([find_subject("s4"), find_subject("mamba")]).values())
    ['S4, LSSL is answered for any depth and heads: its matrices are of none of the families']
    """
    told: dict[Subject, str] = {}
    for subject in asked:
        of = find(subject.architecture) if isinstance(subject, Released) else subject
        any_size = f"{subject.name} is answered for any depth and heads"
        if isinstance(of, Outside):
            told[subject] = f"{any_size}: the theorems are not about it"
        elif not of.layer:
            told[subject] = f"{any_size}: its matrices are of none of the families"
    return told


def questions(
    layers: Sequence[Source], asked: Sequence[Subject], sizes: Mapping[str, object]
) -> tuple[Question, ...]:
    """Return the layers to ask about, all checked.

    Parameters
    ----------
    layers : sequence of str, LayerSpec or mapping
    asked : sequence of Subject
        Architectures and models that the catalogue has, to be asked about as layers.
    sizes : mapping
        What counts instead of what the layers say: depth, heads, dim, format.

    Raises
    ------
    InputError
        For layers that cannot be read, each with its name.

    Examples
    --------
    >>> from negeig.theory.architectures import find_subject
    >>> for q in questions(["family=diagonal"], [find_subject("mamba2")], {"depth": 2}):
    ...     print(f"{q.name}: {q.spec}")
    my layer: family=diagonal,gate=0..1,gates=channel,heads=1,dim=64,columns=1,depth=2,\
format=bf16,state=bf16
    Mamba-2: family=diagonal,gate=above0..below1,gates=head,heads=1,dim=64,columns=1,depth=2,\
format=bf16,state=bf16
    """
    sources: list[tuple[str, Source]] = [
        (MINE if len(layers) == 1 else f"layer {number}", layer)
        for number, layer in enumerate(layers, 1)
    ]
    sources += [(subject.name, {"arch": subject.id}) for subject in asked]
    models = {s.name: about(s) for s in asked if isinstance(s, Released)}
    found: list[Question] = []
    problems: list[str] = []
    for name, source in sources:
        try:
            spec = read_layer(source, sizes)
            check_formats(spec)
        except InputError as error:
            if len(sources) == 1:
                raise
            problems += [f"{name}: {problem}" for problem in error.problems]
        else:
            found.append(Question(name, spec, models.get(name, "")))
    if problems:
        raise InputError("layer", problems)
    return tuple(found)
