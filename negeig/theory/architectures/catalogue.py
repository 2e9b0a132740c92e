"""The catalogue: linear RNN architectures as their authors define them, as data.

What matters for tracking state is which matrices one token can multiply the state by. Where an
architecture is used with two ranges of eigenvalues, each is an entry of its own, and the entry with
the smaller range names the other in ``wider``.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from negeig.claims import InputError
from negeig.theory.theorems import ids

PAPER = "Grazzi et al. 2025, arXiv 2411.12537"


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """What the state-transition matrices of an architecture can be.

    Attributes
    ----------
    id : str
        How the command line names it.
    name : str
        As its authors write it, with the range of beta where there are two.
    matrix : str
        The matrix of one token.
    eigenvalues : str
        Where the eigenvalues of one token's matrix lie.
    source : str
        Where the matrix is defined.
    input_dependent : bool
        Whether the matrix depends on the letter.
    gate : str
        What decays the state, "none" without.
    keys : str
        How keys are normalised, "none" where there are no keys in the matrix.
    inside : str or None
        The class of limits that contains every matrix, at any depth.
    low : int or None
        For delta rules: the least eigenvalue, 0 (beta <= 1) or -1 (beta <= 2), of a step.
    steps : int or None
        For delta rules: steps a token; None for as many as wanted.
    theorem : str or None
        Registry entry of a theorem by which the architecture can do the tasks that its class
        does not exclude, or every task where there is no class.
    wider : str or None
        Identifier of the same architecture with a wider range of eigenvalues; its matrices
        contain those of this entry, so that it can do all that this one can.
    free_diagonal : bool
        Whether every diagonal matrix of its class, one for each letter, is among its matrices.
    note : str
        What a reader should know besides.
    """

    id: str
    name: str
    matrix: str
    eigenvalues: str
    source: str
    input_dependent: bool = True
    gate: str = "none"
    keys: str = "none"
    inside: str | None = None
    low: int | None = None
    steps: int | None = None
    theorem: str | None = None
    wider: str | None = None
    free_diagonal: bool = False
    note: str = ""

    @property
    def negative_end(self) -> Fraction | None:
        """The negative number that all real eigenvalues are strictly above, where there is one.

        Read off ``eigenvalues``.

        Examples
        --------
        >>> find("rwkv-7").negative_end, find("mamba-negative").negative_end
        (Fraction(-23, 50), None)
        """
        if re.search(r"modul(us|i) below 1", self.eigenvalues):
            return Fraction(-1)
        end = re.search(r"(?:^\(|above )(-[\d.]+)", self.eigenvalues)
        return Fraction(end[1]) if end else None

    def to_json(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        return asdict(self)


UNIT = "L2-normalised"

ARCHITECTURES = (
    Architecture(
        id="linear-attention",
        name="Linear attention",
        matrix="I",
        eigenvalues="1",
        input_dependent=False,
        inside="nonnegative-diagonal",
        source="Katharopoulos et al. 2020, arXiv 2006.16236",
    ),
    Architecture(
        id="retnet",
        name="RetNet",
        matrix="gamma e^(i theta), fixed, 0 < gamma < 1",
        eigenvalues="complex, fixed modulus below 1",
        input_dependent=False,
        gate="fixed scalar decay per head",
        inside="complex-diagonal",
        source="Sun et al. 2023, arXiv 2307.08621",
        note="The rotation is often absorbed into queries and keys; keys then depend on the "
        "position. Without it the matrix is gamma I, a nonnegative diagonal one.",
    ),
    Architecture(
        id="lightning-attention",
        name="Lightning attention (TransNormer)",
        matrix="lambda I, fixed, 0 < lambda <= 1",
        eigenvalues="(0, 1], fixed",
        input_dependent=False,
        gate="fixed scalar decay per head",
        inside="nonnegative-diagonal",
        source="Qin et al. 2023, arXiv 2307.14995; Qin et al. 2024, arXiv 2401.04658",
    ),
    Architecture(
        id="gla",
        name="GLA",
        matrix="diag(alpha(x)), alpha in (0, 1)",
        eigenvalues="(0, 1)",
        gate="sigmoid with a temperature, per channel",
        inside="nonnegative-diagonal",
        theorem=ids.STAR_FREE,
        free_diagonal=True,
        source="Yang et al. 2024, arXiv 2312.06635",
    ),
    Architecture(
        id="regla",
        name="ReGLA",
        matrix="diag(alpha(x)), alpha in (0, 1)",
        eigenvalues="(0, 1)",
        gate="refined sigmoid, per channel",
        inside="nonnegative-diagonal",
        theorem=ids.STAR_FREE,
        free_diagonal=True,
        source="Lu et al. 2025, arXiv 2502.01578",
    ),
    Architecture(
        id="gsa",
        name="GSA",
        matrix="diag(alpha(x)) over memory slots, alpha in (0, 1)",
        eigenvalues="(0, 1)",
        gate="sigmoid with a temperature, per slot",
        inside="nonnegative-diagonal",
        theorem=ids.STAR_FREE,
        free_diagonal=True,
        source="Zhang et al. 2024, arXiv 2409.07146",
    ),
    Architecture(
        id="hgrn",
        name="HGRN",
        matrix="diag(lambda(x) e^(i theta)), theta fixed, lambda in [gamma, 1)",
        eigenvalues="complex, phases fixed, moduli below 1",
        gate="sigmoid with a lower bound that grows with depth, per channel",
        inside="complex-diagonal",
        source="Qin et al. 2023, arXiv 2311.04823",
    ),
    Architecture(
        id="hgrn2",
        name="HGRN2",
        matrix="diag(f(x)), f in [gamma, 1)",
        eigenvalues="(0, 1)",
        gate="sigmoid with a lower bound that grows with depth, per channel",
        inside="nonnegative-diagonal",
        theorem=ids.STAR_FREE,
        free_diagonal=True,
        source="Qin et al. 2024, arXiv 2404.07904",
    ),
    Architecture(
        id="gateloop",
        name="GateLoop",
        matrix="diag(a(x)), a complex, |a| < 1",
        eigenvalues="complex, modulus below 1",
        gate="sigmoid modulus and free phase, both depend on the input",
        inside="complex-diagonal",
        source="Katsch 2023, arXiv 2311.01927",
    ),
    Architecture(
        id="s4",
        name="S4, LSSL",
        matrix="discretised HiPPO, diagonal plus low rank, the same for every letter",
        eigenvalues="complex, modulus below 1",
        input_dependent=False,
        inside="complex-diagonal",
        source="Gu et al. 2021, arXiv 2110.13985; Gu et al. 2022, arXiv 2111.00396",
        note="One matrix for all letters; its class assumes that it can be diagonalised over the "
        "complex numbers, as all but a null set of parameters can.",
    ),
    Architecture(
        id="s4d",
        name="S4D, DSS",
        matrix="diagonal, complex, the same for every letter",
        eigenvalues="complex, modulus below 1",
        input_dependent=False,
        inside="complex-diagonal",
        source="Gu et al. 2022, arXiv 2206.11893; Gupta et al. 2022, arXiv 2203.14343",
    ),
    Architecture(
        id="s5",
        name="S5",
        matrix="diagonal, complex, the same for every letter",
        eigenvalues="complex, modulus below 1",
        input_dependent=False,
        inside="complex-diagonal",
        source="Smith et al. 2023, arXiv 2208.04933",
    ),
    Architecture(
        id="lru",
        name="LRU",
        matrix="diagonal, complex, the same for every letter",
        eigenvalues="complex, modulus below 1",
        input_dependent=False,
        inside="complex-diagonal",
        source="Orvieto et al. 2023, arXiv 2303.06349",
    ),
    Architecture(
        id="rg-lru",
        name="RG-LRU (RecurrentGemma, TRecViT)",
        matrix="diag(a^(c r(x))), a and r in (0, 1)",
        eigenvalues="(0, 1)",
        gate="sigmoid exponent of a learned decay, per channel",
        inside="nonnegative-diagonal",
        theorem=ids.STAR_FREE,
        free_diagonal=True,
        source="De et al. 2024, arXiv 2402.19427; Patraucean et al. 2024, arXiv 2412.14294",
    ),
    Architecture(
        id="mamba",
        name="Mamba",
        matrix="diag(exp(-Delta(x) a)), a > 0",
        eigenvalues="(0, 1)",
        gate="softplus step size, per channel",
        inside="nonnegative-diagonal",
        theorem=ids.STAR_FREE,
        free_diagonal=True,
        wider="mamba-negative",
        source="Gu and Dao 2024, arXiv 2312.00752",
    ),
    Architecture(
        id="mamba-negative",
        name="Mamba (range [-1, 1])",
        matrix="diag(2 exp(-Delta(x) a) - 1), a > 0",
        eigenvalues="[-1, 1]",
        gate="softplus step size, per channel",
        inside="real-diagonal",
        free_diagonal=True,
        source=PAPER,
        note="Whether every task whose periods are powers of two is within reach is not decided.",
    ),
    Architecture(
        id="mamba-2",
        name="Mamba-2",
        matrix="alpha(x) I, alpha in (0, 1)",
        eigenvalues="(0, 1)",
        gate="softplus step size, one scalar per head",
        inside="nonnegative-diagonal",
        source="Dao and Gu 2024, arXiv 2405.21060",
    ),
    Architecture(
        id="mlstm",
        name="mLSTM",
        matrix="f(x) I, f in [0, 1] after stabilisation",
        eigenvalues="[0, 1]",
        gate="sigmoid or exponential, one scalar per head",
        inside="nonnegative-diagonal",
        source=f"Beck et al. 2024, arXiv 2405.04517; {PAPER}, Table 1",
    ),
    Architecture(
        id="rwkv-6",
        name="RWKV-6",
        matrix="diag(w(x)), w in (0, 1)",
        eigenvalues="(0, 1)",
        gate="exp(-exp(.)), per channel",
        inside="nonnegative-diagonal",
        theorem=ids.STAR_FREE,
        free_diagonal=True,
        source="Peng et al. 2024, arXiv 2404.05892",
    ),
    Architecture(
        id="rwkv-7",
        name="RWKV-7 (c = 1)",
        matrix="diag(w) - k (a * k)^T, |k| = 1, w in (0.545, 1), a in (0, 1) per channel",
        eigenvalues="real, above -0.46",
        gate="exp(-e^(-1/2) sigmoid), per channel",
        keys=UNIT,
        steps=1,
        wider="rwkv-7-wide",
        source="Peng et al. 2025, arXiv 2503.14456",
        note="Similar to a symmetric matrix, hence the real spectrum. A negative eigenvalue is "
        "within reach, -1 is not.",
    ),
    Architecture(
        id="rwkv-7-wide",
        name="RWKV-7 (c = 2)",
        matrix="diag(w) - 2 k (a * k)^T, |k| = 1, a in (0, 1) per channel",
        eigenvalues="real, above -1.46",
        gate="exp(-e^(-1/2) sigmoid), per channel",
        keys=UNIT,
        steps=1,
        theorem=ids.RWKV_7_REGULAR,
        source="Peng et al. 2025, arXiv 2503.14456",
        note="The theorem is that of its authors, for their idealised weights.",
    ),
    Architecture(
        id="deltanet",
        name="DeltaNet (beta <= 1)",
        matrix="I - beta k k^T, |k| = 1, beta in [0, 1]",
        eigenvalues="[0, 1]",
        keys=UNIT,
        inside="nonnegative-spectrum",
        low=0,
        steps=1,
        wider="deltanet-negative",
        source="Yang et al. 2024, arXiv 2406.06484",
    ),
    Architecture(
        id="deltanet-negative",
        name="DeltaNet (beta <= 2)",
        matrix="I - beta k k^T, |k| = 1, beta in [0, 2]",
        eigenvalues="[-1, 1]",
        keys=UNIT,
        low=-1,
        steps=1,
        source=PAPER,
    ),
    Architecture(
        id="gated-deltanet",
        name="Gated DeltaNet (beta <= 1)",
        matrix="alpha (I - beta k k^T), alpha in [0, 1], |k| = 1, beta in [0, 1]",
        eigenvalues="[0, 1]",
        gate="softplus step size, one scalar per head",
        keys=UNIT,
        inside="nonnegative-spectrum",
        low=0,
        steps=1,
        wider="gated-deltanet-negative",
        source="Yang et al. 2025, arXiv 2412.06464",
    ),
    Architecture(
        id="gated-deltanet-negative",
        name="Gated DeltaNet (beta <= 2)",
        matrix="alpha (I - beta k k^T), alpha in [0, 1], |k| = 1, beta in [0, 2]",
        eigenvalues="[-1, 1]",
        gate="softplus step size, one scalar per head",
        keys=UNIT,
        low=-1,
        steps=1,
        source="Yang et al. 2025, arXiv 2412.06464; range of Grazzi et al. 2025",
    ),
    # A product of two positive semidefinite matrices has real eigenvalues >= 0, one of three
    # need not have.
    Architecture(
        id="deltaproduct-2",
        name="DeltaProduct (2 steps, beta <= 1)",
        matrix="product of 2 factors I - beta k k^T, |k| = 1, beta in [0, 1]",
        eigenvalues="real, [0, 1]",
        keys=UNIT,
        inside="nonnegative-spectrum",
        low=0,
        steps=2,
        wider="deltaproduct-2-negative",
        source="Siems et al. 2025, arXiv 2502.10297",
    ),
    Architecture(
        id="deltaproduct",
        name="DeltaProduct (any steps, beta <= 1)",
        matrix="product of factors I - beta k k^T, |k| = 1, beta in [0, 1]",
        eigenvalues="complex, in the unit disc, on its rim only 1",
        keys=UNIT,
        low=0,
        wider="deltaproduct-negative",
        source="Siems et al. 2025, arXiv 2502.10297",
    ),
    Architecture(
        id="deltaproduct-2-negative",
        name="DeltaProduct (2 steps, beta <= 2)",
        matrix="product of 2 factors I - beta k k^T, |k| = 1, beta in [0, 2]",
        eigenvalues="complex, in the unit disc",
        keys=UNIT,
        low=-1,
        steps=2,
        source="Siems et al. 2025, arXiv 2502.10297",
    ),
    Architecture(
        id="deltaproduct-negative",
        name="DeltaProduct (any steps, beta <= 2)",
        matrix="product of factors I - beta k k^T, |k| = 1, beta in [0, 2]",
        eigenvalues="complex, in the unit disc",
        keys=UNIT,
        low=-1,
        theorem=ids.T4,
        source="Siems et al. 2025, arXiv 2502.10297",
    ),
    # diag(alpha) (I - beta k k^T) is a product of two positive semidefinite matrices.
    Architecture(
        id="kda",
        name="Kimi delta attention (beta <= 1)",
        matrix="(I - beta k k^T) diag(alpha), alpha in [0, 1], |k| = 1, beta in [0, 1]",
        eigenvalues="real, [0, 1]",
        gate="softplus step size, per channel",
        keys=UNIT,
        inside="nonnegative-spectrum",
        low=0,
        steps=1,
        wider="kda-negative",
        source="Kimi team 2025, arXiv 2510.26692",
    ),
    Architecture(
        id="kda-negative",
        name="Kimi delta attention (beta <= 2)",
        matrix="(I - beta k k^T) diag(alpha), alpha in [0, 1], |k| = 1, beta in [0, 2]",
        eigenvalues="real, [-1, 1]",
        gate="softplus step size, per channel",
        keys=UNIT,
        low=-1,
        steps=1,
        source="Kimi team 2025, arXiv 2510.26692; range of Grazzi et al. 2025",
    ),
    Architecture(
        id="ttt-linear",
        name="TTT-linear",
        matrix="I - eta k k^T for batches of one token, without layer norm",
        eigenvalues="1 - eta |k|^2 and 1; no lower bound while keys are free",
        keys="none",
        steps=1,
        source="Sun et al. 2024, arXiv 2407.04620",
        note="With the layer norm of the published layer the update is not linear in the state.",
    ),
    Architecture(
        id="block-diagonal",
        name="Block-diagonal LRNN",
        matrix="dense blocks that depend on the input, columns of p-norm at most 1",
        eigenvalues="complex, in the unit disc",
        theorem=ids.ONE_HOT,
        source="Fan et al. 2023, arXiv 2309.07412",
        note="A block as large as the machine is needed; columns with a single 1 have norm 1.",
    ),
    Architecture(
        id="pd-ssm",
        name="PD-SSM",
        matrix="P(x) D(x): columns with a single 1, times a complex diagonal matrix",
        eigenvalues="complex, in the unit disc",
        gate="modulus of the diagonal",
        theorem=ids.ONE_HOT,
        source="Terzic et al. 2025, arXiv 2509.22284",
    ),
)


def find(name: str) -> Architecture:
    """Return an architecture by its identifier or its name, whatever the case.

    Raises
    ------
    InputError
        For an unknown name, with the nearest ones.

    Examples
    --------
    >>> find("mamba").matrix, find("DeltaNet (beta <= 2)").id
    ('diag(exp(-Delta(x) a)), a > 0', 'deltanet-negative')
    """
    known = {key.lower(): a for a in ARCHITECTURES for key in (a.id, a.name)}
    found = known.get(name.strip().lower())
    if found is None:
        near = difflib.get_close_matches(name.lower(), list(known), n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}" if near else "negeig theorems lists them"
        raise InputError("", f"unknown architecture {name!r}; {hint}")
    return found
