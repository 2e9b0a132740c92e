"""flash-linear-attention (fla-core): the naive forms of its operators, which run on a CPU.

Each file ``naive.py`` is loaded by its path: importing the package takes seconds and compiles.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from negeig.kernels.adapters import _fla_arguments as given
from negeig.kernels.adapters._heads import Heads, Layout, kernel
from negeig.kernels.implementation import ChunkForm, Implementation, Kernel, module_of_file

Arguments = Callable[[Heads], dict[str, Any]]

NO_DECAY = {"decay": "the operator has no decay"}
ONE_DECAY = {"late decay": "it takes one decay for each token"}
FP32_ONLY = ("fp32",)  # bf16 raises: it multiplies a float32 matrix by one in the inputs' type

# All of them compute in float32, whatever the inputs are; with decays of 1 every factor is exp(0).
READ_IN, BY_ROWS = "fla-core 0.6.0", "by forward substitution, row after row"
ROWS = ChunkForm(read_in=READ_IN, triangular=BY_ROWS)
COLUMNS = ChunkForm(read_in=READ_IN, triangular=BY_ROWS, columns=True)

SCALED = (given.gated, given.product, given.channels, given.gdn2, given.comba)
"""Arguments with a scale among them."""

TIME_FIRST, PADDED = Layout(), Layout(multiple=64)
HEADS_FIRST = Layout(time=2, scales=True)
HEADS_FIRST_PADDED = Layout(time=2, scales=True, multiple=32)
NO_STATE = Layout(time=2, scales=True, multiple=32, resumes=False)


def _one(
    name: str,
    path: str,
    function: str,
    arguments: Arguments,
    layout: Layout = TIME_FIRST,
    **others: Any,
) -> Implementation:
    def load() -> Kernel:
        module = module_of_file("fla", "ops", *path.split("/"), "naive.py")
        return kernel(getattr(module, function), arguments, layout)

    return Implementation(
        name=f"fla.{name}", packages=("fla-core", "einops", "torch"), load=load, tensors=True,
        takes_scale=arguments in SCALED, **others,
    )  # fmt: skip


IPLR, DPLR = "generalized_delta_rule/iplr", "generalized_delta_rule/dplr"
GATED, PRODUCT = "gated_delta_rule", "gated_delta_product"

IMPLEMENTATIONS = (
    _one("naive_delta_rule", "delta_rule", "delta_rule_recurrence", given.ungated, HEADS_FIRST,
         cannot=NO_DECAY),
    _one("naive_chunk_delta_rule", "delta_rule", "delta_rule_chunkwise", given.plain, NO_STATE,
         chunk=32, form=ROWS, resumes=False, cannot=NO_DECAY, dtypes=FP32_ONLY),
    _one("naive_gated_delta_rule", GATED, "naive_recurrent_gated_delta_rule", given.gated),
    _one("naive_chunk_gated_delta_rule", GATED, "naive_chunk_gated_delta_rule", given.gated,
         chunk=64, form=ROWS),
    _one("naive_gated_delta_product", PRODUCT, "naive_recurrent_gated_delta_product",
         given.product, Layout(per_token=True), cannot=ONE_DECAY),
    _one("naive_kda", "kda", "naive_recurrent_kda", given.channels),
    _one("naive_chunk_kda", "kda", "naive_chunk_kda", given.channels, PADDED, chunk=64, form=ROWS),
    _one("naive_gdn2", "gdn2", "naive_recurrent_gdn2", given.gdn2),
    _one("naive_chunk_gdn2", "gdn2", "naive_chunk_gdn2", given.gdn2, chunk=64, form=ROWS),
    _one("naive_comba", "comba", "naive_recurrent_comba", given.comba),
    _one("naive_chunk_comba", "comba", "naive_chunk_comba", given.comba, chunk=64, form=ROWS),
    _one("naive_iplr", IPLR, "iplr_recurrence", given.iplr, HEADS_FIRST, cannot=NO_DECAY),
    _one("naive_chunk_iplr", IPLR, "iplr_chunkwise", given.iplr, HEADS_FIRST_PADDED, chunk=32,
         form=COLUMNS, cannot=NO_DECAY, dtypes=FP32_ONLY),
    _one("naive_dplr", DPLR, "dplr_recurrence", given.dplr, HEADS_FIRST),
    _one("naive_chunk_dplr", DPLR, "dplr_chunkwise", given.dplr, HEADS_FIRST_PADDED, chunk=32,
         form=COLUMNS, dtypes=FP32_ONLY),
)  # fmt: skip
