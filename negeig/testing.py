"""Exact test cases for a delta-rule kernel's own test suite.

``for case in negeig.testing.cases(dtype=torch.bfloat16):`` gives inputs as the kernel takes them,
and ``case.check(o, state)`` compares what it returned with values computed in exact arithmetic.
Arrays are numpy's where ``dtype`` is a name or a numpy type, tensors where it is torch's; torch is
imported in that case only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Float64s
from negeig.automata.language import language
from negeig.claims import InputError, output_text
from negeig.kernels.layers.export import Export
from negeig.kernels.layouts import dtype_name
from negeig.kernels.own_function import needed
from negeig.kernels.trajectory import trajectory
from negeig.kernels.vectors import Vectors
from negeig.pipeline.compile import Compilation, compile
from negeig.pipeline.vectors import VectorsOptions, of_compiled
from negeig.theory.constructions.budget import Budget

__all__ = ["TASKS", "Case", "LayerRun", "cases", "run_layer"]

TASKS = ("parity", "flipflop", "mod:3", "sym:3:swaps", "dyck1:2", "contains:ab", "sym:5:swaps")
"""Reflections, overwrites, two steps a token, many states, a sink, several layers, 120 states."""

LENGTHS = (1, 63, 64, 65, 300)
"""Letters of the words: one, and beside what chunks are multiples of."""


@dataclass(frozen=True, eq=False)
class Case:
    """One call of a kernel, and what it must return; made when it is first looked at.

    Parameters
    ----------
    task : str
        A task of the zoo.
    options : VectorsOptions
    framework : "numpy" or "torch"
    device : str or None
        Where tensors are.
    gated : bool
        Whether the inputs have the decay ``g``, which is 0 everywhere.
    kernel : callable or None
        Whose signature says which inputs it takes.
    """

    task: str
    options: VectorsOptions
    framework: str = "numpy"
    device: Any = None
    gated: bool = False
    kernel: Callable[..., Any] | None = None

    def __str__(self) -> str:
        """Return a name, for pytest's ``ids=str``."""
        return f"{self.task}-T{self.options.length}-{self.options.dtype}"

    def __repr__(self) -> str:
        return f"<negeig.testing.Case {self}>"

    @cached_property
    def made(self) -> Vectors:
        """The vectors; see :class:`negeig.kernels.vectors.Vectors`."""
        compiled = partial(_compiled, self.task)
        return of_compiled(f"zoo:{self.task}", compiled, self.options).made

    @property
    def network(self) -> Any:
        """The exact network that the inputs are of."""
        return self.made.network

    @property
    def arithmetic(self) -> str:
        """For which arithmetic the expected values are right, in words."""
        return self.made.arithmetic

    @cached_property
    def inputs(self) -> dict[str, Any]:
        """The arguments of the kernel by name, to be passed as ``kernel(**case.inputs)``.

        ``scale`` and ``output_final_state`` are among them where the interface has them. Of the
        onnx layout they are the feeds of a model.
        """
        layout, tensors = self.made.layout, self.made.tensors
        named = {
            argument: self._array(tensors[name])
            for name, argument in layout.names.items()
            if name != "g" or self.gated or layout.name != "fla"
        }
        everything = named | layout.constants
        return everything if self.kernel is None else needed(self.kernel, everything)

    @cached_property
    def o(self) -> Any:
        """The expected outputs."""
        return self._array(self.made.tensors["o"])

    @cached_property
    def state(self) -> Any:
        """The expected state after the last position."""
        return self._array(self.made.tensors["state"])

    def check(self, o: Any, state: Any = None) -> None:
        """Compare what a kernel returned with what is right.

        Parameters
        ----------
        o : array, tensor or None
            Outputs at every position; None where the kernel returns only its state.
        state : array, tensor or None
            The state after the last position.

        Raises
        ------
        AssertionError
            With the first wrong position, what was expected and found there, how many positions
            are wrong and how far off the worst is; also for a wrong shape, and for nothing at all.

        Examples
        --------
        >>> case = cases(tasks=("parity",), lengths=(3,), batch=1, dim=1, value_dim=1)[0]
        >>> case.check(case.o, case.state)
        >>> case.check(-case.o)
        Traceback (most recent call last):
        ...
        AssertionError: parity-T3-bf16: outputs: 3 of 3 positions are wrong
          first wrong: position 0 (letter 0, '1') of word 0, head 0, column 0
          expected -1, found 1
          drift: off by 2 there, by 2 at most, by 2 at the last position
        """
        __tracebackhide__ = True  # pytest then shows the call of it
        if o is None and state is None:
            raise AssertionError(f"{self}: nothing to check, neither outputs nor a state")
        found = []
        if o is not None:
            found.append(self._compare_outputs(o))
        if state is not None:
            found.append(self._compare_state(state))
        problems = [problem for problem in found if problem]
        if problems:
            raise AssertionError(f"{self}: " + "\n".join(problems))

    def _compare_outputs(self, found: Any) -> str:
        made = self.made
        right, wrong = self._both("outputs", made.tensors["o"], found)
        if wrong is None:
            return _shapes("outputs", right, found)
        heads = len(made.heads)
        right, mine = made.layout.unpack(right, heads), made.layout.unpack(wrong, heads)
        errors, far = self._errors(right, mine)
        bad = np.asarray(far.any(axis=(0, 2, 3)))
        if not bad.any():
            return ""
        t = int(bad.argmax())
        b, h, c = (int(i) for i in np.argwhere(far[:, t])[0])
        layer, coordinate = made.heads[h]
        token, step = divmod(t, made.steps)
        letter = made.network.alphabet[made.word(b, h)[token]]
        of = f", step {step + 1} of {made.steps}" if made.steps > 1 else ""
        what = f" (layer {layer}, coordinate {coordinate})" if heads > 1 else ""
        return (
            f"outputs: {int(bad.sum()):,} of {len(bad):,} positions are wrong\n"
            f"  first wrong: position {t} (letter {token}, {letter!r}{of}) of word {b}, head {h}"
            f"{what}, column {c}\n"
            f"  expected {right[b, t, h, c]:.9g}, found {mine[b, t, h, c]:.9g}\n"
            f"  drift: off by {errors[b, t, h, c]:.3g} there, by {errors.max():.3g} at most, by "
            f"{errors[:, -1].max():.3g} at the last position{self._allowed()}"
        )

    def _compare_state(self, found: Any) -> str:
        right, mine = self._both("state", self.made.tensors["state"], found)
        if mine is None:
            return _shapes("state", right, found)
        errors, far = self._errors(right, mine)
        if not far.any():
            return ""
        at = tuple(int(i) for i in np.argwhere(far)[0])
        return (
            f"state: {int(far.sum()):,} of {far.size:,} entries are wrong\n"
            f"  first wrong: word {at[0]}, head {at[1]}, key coordinate {at[2]}, column {at[3]}\n"
            f"  expected {right[at]:.9g}, found {mine[at]:.9g}\n"
            f"  drift: off by {errors[at]:.3g} there, by {errors.max():.3g} at most"
            f"{self._allowed()}"
        )

    def _both(self, what: str, right: NDArray[Any], found: Any) -> tuple[Float64s, Float64s | None]:
        """Return both as float64, the second as None where its shape is another."""
        mine = _numpy(found)
        return right.astype(np.float64), mine if mine.shape == right.shape else None

    def _errors(self, right: Float64s, found: Float64s) -> tuple[Float64s, NDArray[np.bool_]]:
        """Return how far off each entry is, infinite where it is no number, and which count."""
        errors = np.abs(found - right)
        errors[~np.isfinite(found)] = np.inf
        return errors, errors > (self.made.tolerance or 0.0)

    def _allowed(self) -> str:
        return f"; {self.made.tolerance:g} is allowed" if self.made.tolerance else ""

    def _array(self, array: NDArray[Any]) -> Any:
        if self.framework == "numpy":
            return array.copy()  # a kernel that writes to its inputs spoils no other test
        import torch

        narrow = array.dtype.name == "bfloat16"  # numpy has none that torch would take
        tensor = torch.from_numpy(np.array(array, np.float32) if narrow else array.copy())
        return tensor.to(device=self.device, dtype=torch.bfloat16 if narrow else None)


def cases(
    layout: str = "fla",
    dtype: Any = "bf16",
    *,
    tasks: Sequence[str] = TASKS,
    lengths: Sequence[int] = LENGTHS,
    batch: int = 3,
    dim: int = 64,
    value_dim: int = 16,
    heads: int | None = None,
    seed: int = 0,
    tolerance: float | None = None,
    routes: Sequence[str] = (),
    gated: bool = False,
    device: Any = None,
    kernel: Callable[..., Any] | None = None,
) -> list[Case]:
    """Return test cases for a kernel, one for each task and length; made as they are looked at.

    Parameters
    ----------
    layout : str
        fla, transformers or onnx: what the kernel calls its arguments, and their shapes.
    dtype : torch.dtype, numpy dtype or str
        Of the inputs: bfloat16, float16 or float32.
    tasks, lengths
        Tasks of the zoo, and letters of the words; a letter is several positions where its task
        takes several steps.
    batch, dim, value_dim : int
        Words; key and value dimension.
    heads : int, optional
        At least one for each coordinate of the states, which is what it is if not given.
    seed : int
        Of the words.
    tolerance : float, optional
        Allows values that the type does not hold exactly, and a kernel to be this far off.
    routes : sequence of str
        Routes by which the networks may be constructed; empty for all. ``rotations`` with a
        tolerance gives networks that drift.
    gated : bool
        Whether the fla layout has the decay ``g``, 0 everywhere. The others always have it.
    device
        Where torch tensors are.
    kernel : callable, optional
        Is given no ``output_final_state``, and no ``g``, where its signature has none.

    Raises
    ------
    InputError
        For a layout, type, size or route that there is not, and without tasks or lengths. What is wrong with a task is said when its
        case is looked at.

    Examples
    --------
    >>> for case in cases(tasks=("parity",), lengths=(5,), dim=16):
    ...     print(case, sorted(case.inputs), case.inputs["k"].shape)
    ...     case.check(case.o, case.state)
    parity-T5-bf16 ['beta', 'initial_state', 'k', 'output_final_state', 'q', 'scale', 'v'] (3, 5, 1, 16)
    """  # noqa: E501 (a line of output)
    given = (("tasks", tasks, "names, such as ('parity',)"),
             ("lengths", lengths, "sizes, such as (65,)"),
             ("routes", routes or ("any",), "names, such as ('rotations',)"))  # fmt: skip
    problems = [f"expected {name} as a sequence of {what}, found {found!r}"
                for name, found, what in given if isinstance(found, str) or not found]  # fmt: skip
    if problems:
        raise InputError("cases", problems)
    framework, name = dtype_name(dtype)
    if framework == "numpy" and device is not None:
        raise InputError("device", f"{device} is for torch tensors: give dtype=torch.bfloat16")
    options = VectorsOptions(
        layout=layout, batch=batch, dim=dim, value_dim=value_dim, dtype=name, heads=heads,
        seed=seed, tolerance=tolerance, routes=tuple(routes),
    )  # fmt: skip
    return [
        Case(task, replace(options, length=length), framework, device, gated, kernel)
        for task, length in product(tasks, lengths)
    ]


@dataclass(frozen=True, eq=False, kw_only=True)
class LayerRun:
    """What a released layer with exported weights said, and what is right.

    Attributes
    ----------
    words : list of list of str
    outputs, expected : list of list
        After every letter: decoded from the module's own outputs, and the network's exact ones.
    drift : list of float64 (words, letters)
        For each layer, how far the module's outputs are from those of the nearest code.
    margin : list of float
        For each layer, the drift below which nothing is decoded wrongly.
    """

    words: list[list[str]]
    outputs: list[list[Any]]
    expected: list[list[Any]]
    drift: list[Float64s]
    margin: list[float]

    def check(self) -> None:
        """Raise AssertionError with the first wrong position, and how far the worst output is."""
        for t in range(len(self.words[0])):
            for word, found, right in zip(self.words, self.outputs, self.expected, strict=True):
                if output_text(found[t]) != output_text(right[t]):
                    worst = max(float(drift.max()) for drift in self.drift)
                    raise AssertionError(
                        f"position {t} of {''.join(word[: t + 1])!r}: expected {right[t]!r}, "
                        f"found {found[t]!r}; outputs are off by {worst:.3g} at most"
                    )


def run_layer(layer: Export, words: Sequence[Sequence[str]], *, device: str = "cpu") -> LayerRun:
    """Run words of one length through the installed module with exported weights.

    Its own forward is called; on a CPU with plain torch functions of transformers, or with fla's
    Triton kernels in Triton's interpreter, where ``TRITON_INTERPRET=1`` is set.

    Parameters
    ----------
    layer : Export
        ``compile_layer(...).layer``, or what :func:`negeig.kernels.layers.layer_file.load` read.
    words : sequence of words, each a sequence of letters
        All of one length, one or more.
    device : str

    Raises
    ------
    InputError
        For words of different lengths, without letters, or with letters that there are not.
    Unavailable
        Where the package is missing, or cannot run on the device.
    """
    from negeig.kernels.adapters._layer_modules import LayerRunner

    alphabet = list(layer.network.alphabet)
    problems = []
    if len({len(word) for word in words}) != 1 or not words[0]:
        lengths = sorted({len(word) for word in words})
        problems.append(f"expected words of one length, 1 or more, found {lengths}")
    unknown = sorted({letter for word in words for letter in word} - set(alphabet))
    if unknown:
        problems.append(f"expected letters among {alphabet}, found {unknown}")
    if problems:
        raise InputError("words", problems)
    letters = np.array([[alphabet.index(letter) for letter in word] for word in words], np.int32)
    numbers, drift = LayerRunner(layer, device).run(letters)
    _, symbols = trajectory(layer.network, letters)
    return LayerRun(
        words=[list(word) for word in words],
        outputs=[[layer.values[n] for n in row] for row in numbers.tolist()],
        expected=[[layer.network.outputs[symbol] for symbol in row] for row in symbols],
        drift=drift,
        margin=[one.margin for one in layer.layers],
    )


@cache
def _compiled(task: str, budget: Budget) -> Compilation:
    """Compile a task once for all its cases."""
    return compile(language(zoo=task), budget)


def _numpy(found: Any) -> Float64s:
    """Return an array, or a tensor of torch wherever it is, as float64."""
    if hasattr(found, "detach"):
        found = found.detach().double().cpu().numpy()
    return np.asarray(found).astype(np.float64)


def _shapes(what: str, right: Float64s, found: Any) -> str:
    return f"{what}: expected shape {list(right.shape)}, found {list(_numpy(found).shape)}"
