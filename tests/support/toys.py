"""One file of each kind that can be added to the package, all called toy."""

ZOO = """
from negeig.automata.zoo.entry import Entry, machine

ENTRIES = (
    Entry(
        pattern="toy:N", sentence="Whether the word has a multiple of N letters.", alphabet="a",
        outputs="1 if so, else 0", source="tests", examples=("toy:3",),
        size=lambda n: (n, 1),
        build=lambda n: machine(
            alphabet="a", transitions=[[(q + 1) % n] for q in range(n)],
            outputs=[1] + [0] * (n - 1),
        ),
        predicate=lambda n: lambda word: int(len(word) % n == 0),
    ),
)
"""

ROUTE = """
from dataclasses import replace
from negeig.theory.constructions.direct import scalar

def construct(machine):
    return [replace(made, route="toy") for made in scalar.construct(machine)]

ROUTE = replace(scalar.ROUTE, name="toy", construct=construct)
"""

ARCHITECTURE = """
from negeig.theory.architectures.architecture import Architecture, at

ENTRIES = (
    Architecture(
        id="toy", name="Toy", matrix="diag(a(x)), a in [0, 1]", eigenvalues="[0, 1]",
        least=at(0), inside="nonnegative-diagonal", free_diagonal=True, source="tests",
    ),
)
"""

BACKEND = """
from negeig.kernels.backends.cpu import Cpu

class Toy(Cpu):
    notice = "a toy"

BACKEND = Toy
"""

ADAPTER = """
from dataclasses import replace
from negeig.kernels.adapters.negeig import IMPLEMENTATIONS as OURS

IMPLEMENTATIONS = (replace(OURS[0], name="toy.loop"),)
"""

COMMAND = """
from negeig.cli.options import short_look
from negeig.cli.pages import command

class Result:
    exit_code = 3
    def to_json(self):
        return {"schema": "negeig.toy/1", "found": None}

@command()
@short_look
def toy(look):
    \"\"\"Do what toys do.\"\"\"
    return look.show(Result(), lambda result, width: "a toy")

COMMAND = toy
"""

KIND = """
from negeig.evidence import Evidence
from negeig.proofs_checks.kinds import CertificateKind
from negeig.proofs_checks.subjects import Form

class Root(Evidence[int]):
    def __init__(self, root):
        self.root = root
    def problems(self, subject, /):
        return [] if self.root * self.root == subject else ["no root"]
    def to_json(self):
        return {"root": self.root}

KIND = CertificateKind(
    name="toy", statement="the number is a square", evidence=Root,
    form=Form(int, int), read=lambda data, _: Root(data["root"]),
)
"""

LAYER = """
from negeig.kernels.layers.kind import LayerKind

KINDS = (
    LayerKind(
        name="toy.Layer", package="toy", tested="toy 1", module="toy", layer="Layer", most_beta=2,
        norm_eps=0.0, subject="deltanet", functions=(),
        arguments=lambda plan: {"heads": plan.heads},
        tensors=lambda plan: {"k.weight": plan.keys[:, 0]},
    ),
)
"""
