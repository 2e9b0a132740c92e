"""The words of the glossary about networks, their arithmetic and what is proved of them."""

from __future__ import annotations

from negeig.pipeline.parts.term import Term

NETWORK_TERMS = (
    Term(
        "accumulator",
        "The format in which an operation is done before its result is stored: bf16:acc32 keeps"
        " states in bf16 and adds in float32. It is never narrower than the format of the "
        "state.",
        "docs/arithmetic.md",
        ("acc32", "accumulates"),
    ),
    Term(
        "arithmetic",
        "Which operations round, to what, in which order, and where the state is rounded. Every"
        " verdict is about one such model and says nothing of another; negeig precision --help "
        "lists the names.",
        "docs/arithmetic.md",
        ("model", "arithmetic model", "model of arithmetic", "number format"),
    ),
    Term(
        "budget",
        "What a network may use: layers, steps a token, dimension, a range of eigenvalues, keys"
        " of length 1, numbers that a format holds. negeig compile meets it or says what is "
        "missing.",
        "docs/compile.md",
    ),
    Term(
        "cast model",
        "States are exact, and a decoder sees them rounded into a finite set, the cast state. "
        "What is impossible here is so for one rounding at the end, however states are "
        "computed; rounding at every step is another model.",
        "docs/theory/collisions.md",
        ("cast", "cast state"),
    ),
    Term(
        "certificate",
        "A file with all that is needed to check claims again: network, machine, states. negeig"
        " verify reads it with a program of one file that shares no code with what made it.",
        "docs/certificates.md",
        ("certificates", "checker"),
    ),
    Term(
        "chunk",
        "Some letters, 64 say, that a kernel computes as products of matrices instead of one "
        "after the other: the same states in exact arithmetic, other roundings, and no order of "
        "sums that a name could stand for. any-order proves such kernels where nothing rounds.",
        "docs/arithmetic.md",
        ("chunked", "chunkwise", "chunk-64"),
    ),
    Term(
        "closure",
        "All states that words of any length reach, explored one after the other. Where the "
        "list ends and every output on it is right, the network is right on words of every "
        "length: a proof, in the arithmetic that was explored.",
        "docs/theory/closure.md",
        ("reachable states",),
    ),
    Term(
        "code",
        "A point of a layer's state space that stands for a symbol, for each letter read last. "
        "The decoder finds the nearest one.",
        "docs/theory/objects.md",
        ("codes",),
    ),
    Term(
        "collision",
        "Two words that end in the same letter and lead to the same state, though something "
        "must be output differently after them: no decoder at all can be right.",
        "docs/theory/collisions.md",
    ),
    Term(
        "contraction",
        "A matrix that makes no vector longer; one that makes some shorter forgets by degrees, "
        "and may have infinitely many exact states.",
        "docs/theory/contraction.md",
        ("contracts",),
    ),
    Term(
        "decoder",
        "What turns a layer's state and the letter read last into a symbol: the code nearest to"
        " the state, then a table. In a stack the symbol is the letter of the next layer.",
        "docs/theory/objects.md",
    ),
    Term(
        "delta rule",
        "The update of DeltaNet: erase what stands under a key, then write there, h <- h + beta"
        " k (w - k.h). It is one delta step for each token; DeltaProduct takes several, and "
        "gated forms multiply by a gate first.",
        "docs/theory/objects.md",
        ("delta rule layer",),
    ),
    Term(
        "delta step",
        "One update h <- h + beta k (w - k.h), with a strength beta, a key k and a value w to "
        "write. On the line of its key it has the eigenvalue 1 - beta |k|^2: -1 reflects, 0 "
        "overwrites, between 0 and 1 it forgets by degrees.",
        "docs/theory/objects.md",
        ("step", "key", "beta", "write", "householder", "reflection"),
    ),
    Term(
        "depth",
        "Of a network, how many layers stand on one another. Of a closure, how many letters the"
        " longest of the shortest words has that lead to its states.",
        "docs/theory/several-layers.md",
    ),
    Term(
        "dimension",
        "How many numbers the state of one layer has: the size of a key. Layers that compute "
        "matrices do that for each of their columns.",
        "docs/theory/objects.md",
        ("dim", "head dimension"),
    ),
    Term(
        "drift",
        "How far a kernel's states are from the exact ones. A nearest code may still be the "
        "right one, so drift is shown beside the first wrong position.",
        "docs/conform.md",
    ),
    Term(
        "effort",
        "How much counted work searches may do, from 1 to 8, each about four times the one "
        "before. The clock decides nothing, so the answer is the same on every machine.",
        "docs/compile.md",
    ),
    Term(
        "eigenvalue",
        "What a letter multiplies a direction of the state by. 0 forgets it, 1 keeps it, -1 "
        "mirrors it: positive ones alone cannot count, for which real layers need -1 and "
        "products of layers more.",
        "docs/theory/spectra.md",
        ("eigenvalues", "spectrum"),
    ),
    Term(
        "exact orbit",
        "The states that words reach in exact arithmetic, the orbit of the start. Statements "
        "about networks with finitely many exact states say so: a layer that contracts may have"
        " more.",
        "docs/theory/closure.md",
        ("orbit", "finitely many exact states"),
    ),
    Term(
        "exactness",
        "Nothing is rounded, in any order of any sum, because all terms are multiples of one "
        "unit and few enough of it: then every order, and every chunked form, computes the "
        "exact states.",
        "docs/theory/any-order.md",
        ("any order",),
    ),
    Term(
        "fma",
        "A fused multiply-add: a product is added without being rounded first. Compilers choose"
        " where, so a model says none, all (:fma), or wherever one likes (:fma?), which covers "
        "every choice.",
        "docs/arithmetic.md",
        ("fused", "fma?", "fused multiply-add"),
    ),
    Term(
        "family",
        "Which matrices a letter may have in a layer that is asked about: delta, a gate times "
        "factors I - beta k k^T; diagonal, real ones; rotation, complex diagonal ones, which turn "
        "and scale pairs of coordinates; dense, any, or those of bounded norm. As in negeig check "
        "LANGUAGE --layer family=rotation.",
        "docs/my-layer.md",
        ("families", "rotation", "dense"),
    ),
    Term(
        "front",
        "The networks of which none is beaten by another in everything: layers, steps a token, "
        "dimension, eigenvalues, what a format holds. Each row has the command that builds it.",
        "docs/compile.md",
        ("pareto front", "trade-offs"),
    ),
    Term(
        "frontier",
        "For a layer that is asked about: the fewest layers that are known for each number of "
        "steps a token, with the command that builds them, beside the fewest that are possible.",
        "docs/my-layer.md",
        ("at least",),
    ),
    Term(
        "gate",
        "A number that multiplies the state at each token, of a whole head or of each channel: "
        "1 keeps it, 0 forgets it. Gates between 0 and 1 count nothing by themselves.",
        "docs/my-layer.md",
        ("gates", "decay", "forget gate"),
    ),
    Term(
        "hardware model",
        "Every operation rounds, and the state is what the last one leaves: nothing exact is kept "
        "beside it. The format, and the order of the operations, belong to what is proved.",
        "docs/theory/rounding-at-every-step.md",
        ("hardware",),
    ),
    Term(
        "horizon",
        "The length up to which a bound of the rounding errors proves words right where nothing"
        " proves them all, beside the first word on which the network was seen to err.",
        "docs/theory/horizon.md",
    ),
    Term(
        "implementation",
        "A program that computes a delta layer, ours or other people's, by its name in negeig "
        "conform --list. impl:NAME proves a network in the bits that it returns.",
        "docs/impl.md",
        ("impl", "adapter"),
    ),
    Term(
        "kernel",
        "The program that a processor runs for a layer. kernel:cpu is a run of ours on words; "
        "triton@sm_90 is one compiled for a GPU, whose instructions negeig kernel shows.",
        "docs/compiled-kernels.md",
        ("kernels", "compiled kernel", "backend"),
    ),
    Term(
        "layer",
        "A state, what each letter does to it, and a decoder. It reads the symbols of the layer"
        " below; the first reads the word.",
        "docs/theory/objects.md",
        ("layers",),
    ),
    Term(
        "limit",
        "A class of layers that provably cannot do the task, with the theorem, its model of "
        "arithmetic and a witness. Or a bound on work that was reached: then the option that "
        "raises it is named.",
        "docs/theory/lower-bounds.md",
    ),
    Term(
        "margin",
        "How far a letter may err in each coordinate that it computes, anywhere in the regions "
        "of a proof, so that states still stay in them. Whatever errs by less is right on every"
        " word.",
        "docs/theory/regions.md",
    ),
    Term(
        "negative eigenvalue",
        "An eigenvalue below 0 of a step: a letter that is read twice can undo itself. With "
        "eigenvalues in [0, 1] alone, and states cast to a format, no number of layers tells odd "
        "from even; -1, a reflection, does.",
        "docs/theory/positive-eigenvalues.md",
        ("negeig",),
    ),
    Term(
        "network",
        "Layers one after the other, with exact weights: each step, each code and each table is"
        " written out.",
        "docs/network-format.md",
        ("linear rnn",),
    ),
    Term(
        "open",
        "Nothing was decided; what was tried and what stopped it is said. It is never a "
        "success: exit code 3.",
        "docs/cli.md",
        ("undecided",),
    ),
    Term(
        "own group",
        "The assumption that letters which permute the machine's states act on the network's "
        "states as that very group and not as a larger one. A larger one may be cheaper, so "
        "bounds that assume it are hints.",
        "docs/theory/lower-bounds.md",
    ),
    Term(
        "passed",
        "Nothing was wrong on the words that were run. It says nothing of other words, so it is"
        " never a proof.",
        "docs/cli.md",
    ),
    Term(
        "proved",
        "Right on words of every length in the arithmetic that is named, under the assumptions "
        "beside it. If none are named there are none.",
        "docs/cli.md",
        ("holds",),
    ),
    Term(
        "refuted",
        "Shown to be false, with a word on which the network errs, or with what makes the task "
        "impossible for what was asked about.",
        "docs/cli.md",
        ("impossible",),
    ),
    Term(
        "region",
        "A set of states, such as a box. Where letters carry regions into regions, each decoded"
        " to the right output, a network is right on every word though its states may be "
        "infinitely many.",
        "docs/theory/regions.md",
        ("regions", "invariant region"),
    ),
    Term(
        "route",
        "A way to build a network: scalars, rotations, permutations, cascades and others. The "
        "chooser asks all that may have something better, and proofs decide.",
        "docs/theory/constructions.md",
    ),
    Term(
        "state",
        "What is kept from letter to letter: of a machine one of finitely many, of a layer a "
        "vector of numbers. Reports count states of whole networks, all layers together.",
        "docs/theory/objects.md",
        ("states", "hidden state"),
    ),
    Term(
        "state-space model",
        "A layer whose state is moved by a matrix and takes in each token, such as S4 and "
        "Mamba. The matrix is diagonal as a rule, and the range of its entries decides much of "
        "what it can do.",
        "docs/theory/architectures.md",
        ("ssm",),
    ),
    Term(
        "stochastic rounding",
        "Up or down by chance, as caches that store states do. A proof (:sr, as in "
        "bf16:acc32:sr) covers every outcome, as a set of states that may follow.",
        "docs/arithmetic.md",
        ("sr", "stochastic"),
    ),
    Term(
        "unit keys",
        "Keys of length 1, as layers that normalise their keys have them: then beta alone says "
        "what the eigenvalue is, and -1 needs beta 2. A kernel that adds an epsilon to the "
        "squared length uses them shorter: :l2norm proves what is left.",
        "docs/compile.md",
        ("dyadic roots", "l2norm", "key normalisation", "epsilon"),
    ),
    Term(
        "wrong",
        "The network errs on the word that is shown, the shortest one. Whether another decoder "
        "of the same states would be right is said beside it; if none would be, it is a "
        "collision.",
        "docs/theory/closure.md",
    ),
)
"""In the order of their names."""
