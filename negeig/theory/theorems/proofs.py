"""The idea of each theorem's proof, in a few sentences; the page of its entry has the proof."""

from __future__ import annotations

from collections.abc import Mapping

from negeig.theory.theorems import ids

PROOFS: Mapping[str, str] = {
    ids.T1: "Repeat the letter. The state moves by A^k w; with eigenvalues that are real and not "
    "negative each coordinate of that is a sum of terms p(k) l^k with l >= 0, which changes its "
    "sign a few times only. So every coordinate is monotone from some k on, and a monotone "
    "quantity that is seen through finitely many values comes to rest. A layer whose input has "
    "come to rest is next. The output then rests too, which a period above 1 forbids.",
    ids.T2: "The square of a matrix with real eigenvalues has none below 0. So the argument of T1 "
    "holds after even numbers of letters and after odd ones, and the output of one layer ends with "
    "a period of 1 or 2. The next layer reads that, four letters make a square for it, and so on: "
    "the period divides 2^L.",
    ids.TWO_LETTERS: "With S the symmetric root of the second matrix, the product of two symmetric "
    "matrices without negative eigenvalues has the eigenvalues of the symmetric matrix S A S: real "
    "and not negative again. So the argument of T1 holds for two letters in turn, layer by layer.",
    ids.BOUND: "From some k on each coordinate of A^k w is an exponential polynomial of at most n "
    "terms with positive bases, which has at most n - 1 zeros (Rolle, by induction). So each "
    "coordinate is monotone on n pieces at most, on each of which a nondecreasing cast into D "
    "values changes at most D - 1 times. The task asks for more changes than that.",
    ids.IDEMPOTENTS: "The linear part of an idempotent is idempotent of norm at most 1: an "
    "orthogonal projection. PQP has finitely many powers, so it is a projection too, which makes P "
    "and Q commute. The words efe and fe end with one and the same map, of linear part PQ, and "
    "what they apply it to differs by a vector that P takes to 0. The task's monoid is a quotient "
    "of the layer's.",
    ids.STAR_FREE: "No others: products of such matrices are such again, so the argument of T1 "
    "holds for every word, and all words have period 1. All of them: by Krohn and Rhodes an "
    "aperiodic machine is a cascade of levels that letters keep or overwrite, and such a level is "
    "a diagonal layer; Sarrof et al. have the proof, and diagonal-levels has networks.",
    ids.ESCAPE: "The matrices T_a that move the states of the machine as unit vectors are "
    "contractions once they are multiplied by a small c. After t letters the state is c^t times a "
    "unit vector, exactly and for ever. Rounded to nearest, c > 1/2 takes the least positive "
    "number to itself, so the vector never vanishes; with c = 9/16 a letter that merges three "
    "states is still a contraction.",
    ids.SUBNORMAL: "Turns by letters commute, so one layer adds an abelian factor to what those "
    "before it determine. The derived series is the shortest with abelian factors: by induction "
    "the i-th derived subgroup is in the i-th group of any. Conversely characters of the factors "
    "are entries of modulus 1. Shakerinava et al. have the proof.",
    ids.ROUNDED: "With an entry a >= 0 the rounded map of a coordinate is nondecreasing on the "
    "chain of the format's numbers, since each operation is; so is that of a word. A monotone map "
    "of V numbers is at rest after V - 1 steps, and a layer whose input is at rest is next. With a "
    "< 0 maps turn the order around, and their squares keep it.",
    ids.COMPLEXITY: "The vectors whose length a contraction keeps are a subspace, on which it is "
    "injective. So on the finite set of differences of states letters are partial injections, "
    "which are completed to a group; words of value 1 in it act aperiodically. So a layer is one "
    "group followed by an aperiodic machine, and the group complexity of a monoid counts groups.",
    ids.PEELING: "After an idempotent e the state of the first layer is in the range of a "
    "projection. Words that move it only along what the projection forgets leave nothing there "
    "after the next e, so only the layers above see them: these alone do what such words do. Which "
    "words these are is known from the task: a layer in which efe = fe makes idempotents of all of "
    "K, and without -1 letters of e do nothing before e.",
    ids.ISOMETRY: "A step with an eigenvalue in (-1, 1] that keeps the length of a vector keeps "
    "the vector. So the group of a layer, which acts on vectors whose length is kept, is trivial "
    "(complexity): every layer is aperiodic, and stacks of aperiodic layers are.",
    ids.INVERTIBLE_STEPS: "Steps without the eigenvalue 0 are invertible. So the first layer's "
    "state after a letter tells the one before, hence what the layer emitted, hence the second "
    "layer's state before, and so on: letters are injective on a finite set of states, so they "
    "permute it, and the task's states are an image of it.",
    ids.COVERING_GROUPS: "Take an idempotent e of the least ideal of what these letters do to the "
    "finite set of states. The maps e a e permute the states that e leads to; they are the group "
    "H, above G. On the span of differences of these states their linear parts keep an averaged "
    "inner product, and are faithful, since a translation that permutes a finite set is 1. There "
    "I - eae is e (I - a), of no larger rank. Conversely the orbit of a vector that only 1 fixes "
    "tells the element of H, and a letter takes as many reflections as its rank (reflections).",
    ids.PERIOD_STEPS: "On the states that come back a letter acts as an orthogonal matrix, in an "
    "inner product that is averaged over a finite group. One step changes vectors along one line "
    "only, so it is 1 or a reflection there, of order 2.",
    ids.ONE_STEP: "On the states that come back letters act as a finite group of orthogonal "
    "matrices that covers the task's, each as a reflection or as 1. Letters that do not commute "
    "below do not commute above, so a connected set of them generates an irreducible reflection "
    "group of a rank at most their number: Coxeter's list has the orders.",
    ids.FOUR_STEPS: "Suppose that fewer do. Some power h of the letter in the group of the layer, "
    "above c, has a power of p for its order, so its eigenvalues but 1 come in pairs that are not "
    "real: it turns one plane. With a conjugate above c' it acts on two planes, as rotations of "
    "four-space: pairs of quaternions, whose finite groups have no simple factors but cyclic ones "
    "and A5. If it is A5, one side of the pairs decides, and both turn the icosahedron by one "
    "angle, so that they are conjugate there.",
    ids.OWN_REPRESENTATIONS: "On the states that come back letters act as a finite group, and by "
    "an averaged inner product orthogonally; if the group is the task's own, that is one of its "
    "faithful representations. A step fixes a hyperplane, so a letter takes rank(I - rho(a)) of "
    "them, and as many reflections do (reflections). The dimension of what a letter fixes is a "
    "mean of characters.",
    ids.GROUP_DIMENSION: "On the states that come back words of the subgroup act as a finite group "
    "of orthogonal matrices, in an averaged inner product, and the subgroup is a quotient of it. "
    "In the plane these are cyclic or dihedral; in space they are on Klein's list.",
    ids.SIMPLE_DIMENSION: "A simple group that divides a stack divides one of its layers (Krohn "
    "and Rhodes), so it divides a finite group of orthogonal matrices of that dimension. On the "
    "line these have order 2 at most, in the plane they are solvable, in three and four dimensions "
    "their only simple factor that is not cyclic is A5.",
    ids.T3: "A permutation matrix is orthogonal. A cycle of length c is a product of c - 1 swaps, "
    "and a swap of two coordinates is the reflection along their difference: beta |k|^2 = 2, an "
    "eigenvalue -1. The start is a vector with distinct entries, so the state tells the "
    "permutation.",
    ids.T4: "Krohn and Rhodes: a machine is a cascade of levels, each of which permutes or resets "
    "its points, as told by the levels above. A permutation is reflections, a reset is a "
    "projection and a write. A level is to be told where the others stood before the letter; a "
    "layer emits its state after it, and a reset destroys it, so what is overwritten is first "
    "moved into coordinates of its own, from which the decoder undoes the letter.",
    ids.P1: "A factor differs from 1 along the line of its key only, and multiplies the component "
    "there by an eigenvalue of modulus at most 1; so it lengthens no vector, and neither does a "
    "product.",
    ids.REFLECTIONS: "Let Q move x. The reflection along x - Q^T x exchanges x with Q^T x, so "
    "after it Q fixes x, and still all that it fixed: the rank drops by one. No fewer, since a "
    "reflection fixes a hyperplane and r of them a space of codimension r.",
    ids.SCALAR: "States are points of a line that lie symmetrically about its middle; a mirror is "
    "one step of eigenvalue -1, a reset one of 0. Conversely an affine map h -> a h + b that takes "
    "a finite set of numbers into itself has a = 0, a = 1 and b = 0, or a = -1.",
    ids.SINK: "States are unit vectors and the sink is 0. A letter is a partial permutation "
    "matrix: its cycles are swaps, which are reflections; in a chain that ends in the sink the "
    "last vector is projected to 0, and the others are swapped on one after the other.",
    ids.RESETS: "With beta |k|^2 = 1 the step h + beta k (v - k h) leaves k h = v, whatever it was "
    "before. The steps along the coordinates, one each, write the whole state.",
    ids.CLOSURE: "By induction on the length: after every word the network and the machine are in "
    "a pair that is listed, since the letter leads from a listed pair to one that is; and on every "
    "listed pair the output is right.",
    ids.REGIONS: "By induction on the length: the state after a word lies in a set of the state "
    "that the machine is in, since the letter carries the set before into one of these; and all of "
    "a set is decoded to what the machine outputs.",
    ids.MARGIN: "By induction on the length as for regions: the exact image of the state differs "
    "from what comes out by no more than mu, so that still lies in the next set and is decoded "
    "alike. In a chunk the errors since its start are at most mu together, and a box moved in some "
    "of its coordinates stays a box.",
    ids.CONTRACTION: "Points exist if and only if their Gram matrix K satisfies K - T^T K T >= 0 "
    "for every letter, a semidefinite program. Pairs of states that come back keep their distance, "
    "which gives linear equations. If idempotents commute, the regular elements of the monoid are "
    "an inverse monoid, for which a positive form is invariant; scaled along a chain of invariant "
    "subspaces it satisfies strictly what the equations leave. If two do not, some vector has "
    "length 0 in every solution.",
    ids.ONE_LAYER: "From a layer to the identity: idempotents. From the identity to a group: read "
    "words backwards; letters that stay in a class are injective, so they are completed to "
    "permutations, and extensions in which every edge is passed an even number of times make all "
    "words of value 1 idempotent. From the group to registers: with xx = x and xyx = yx a path "
    "depends only on where it ends and on the order in which edges were passed last, which "
    "registers hold. Registers are one layer.",
    ids.LAST_EDGES: "From two layers: the group of the first one makes contents tell what it does, "
    "so a loop at a content leaves it as it is, and the second layer alone does what loops do; one "
    "layer satisfies efe = fe. To two layers: the first holds the content, and the proof of "
    "one-layer, with paths from content to content for words, gives registers over another group.",
    ids.COVER: "A path of registers is one overwrite and as many reflections as turn it like a "
    "cycle; no fewer, since a factor changes the rank of I - M by at most one. What a register "
    "holds is found by following it backwards through the Cayley graph of the group to where it "
    "was last written; conversely a register that two edges write tells which of them was passed "
    "later.",
    ids.CHAIN: "To take a content over, a register is erased; then the key e_i - e_j with beta 1/2 "
    "leaves half of the other's content in both, and that one is replaced in turn: all eigenvalues "
    "are 0. Contents move away from the first register only, so none is halved for ever, and the "
    "exact states are finitely many. Without the eigenvalue -1 such a layer is L-trivial.",
    ids.TWO_REFLECTIONS: "A rotation is a product of two reflections. The first layer knows "
    "whether their number so far is even, and tells the second whether it sees the polygon in a "
    "mirror; a rotation then looks like one reflection, read from one kind of place to the other.",
    ids.BLOCKS: "While a block of L letters is read, the product of the block before is applied, "
    "n_h transpositions a token. What has been applied, the rest of the last block and the letters "
    "of this one multiply to the product of all; the last two are held in registers and decoded. A "
    "counter says the place in the block.",
    ids.CONGRUENCES: "A state is its class and a coordinate within it, and a letter moves the "
    "coordinate as the letter and the class before it say. So a chain of congruences is a series "
    "of machines, each driven by those before, and a stack of layers. Where letters permute the "
    "coordinate the decoder undoes the letter to know the class before.",
    ids.DIGITS: "In base B a letter pushes the digits one place down and writes the first one: a "
    "step of eigenvalue 1/B. Numbers with the same k first digits lie in a short interval that no "
    "others meet, so intervals are sets that letters carry into each other (regions).",
    ids.DIAGONAL_LEVELS: "A level that keeps or overwrites its points is one number. A step of "
    "eigenvalue 1/B moves the digit that is overwritten to the second place, so that the level "
    "tells those below what it was before the letter; of later digits nothing is asked. Swaps in "
    "pairs turn signs. Krohn and Rhodes: aperiodic machines have such levels.",
    ids.SOLVABLE_LEVELS: "A solvable group has a series whose factors are the turns, or turns and "
    "mirrors, of polygons: letters move each as those before it tell. Polygons do not forget, so a "
    "reset is remembered by a number: which point, taken back to the start by the product so far, "
    "would be the one that is written. The product of all then leads from it to the state.",
    ids.UNIT_KEYS: "The form of the roots, with some other form beside it, has to be a sum of d "
    "squares over the rationals. With one vector at right angles to them they span n vectors of "
    "squared length 2 at right angles; by Witt's theorem equal parts cancel. The determinant "
    "decides d = n - 1, the theorem of Hasse and Minkowski decides d = n prime by prime, and n + 1 "
    "always does where n is odd: n of the n + 1 points of a larger simplex.",
    ids.ONE_HOT: "The matrix of a letter takes the unit vector of a state to that of the next "
    "state; each column of it has one 1. Where it merges m states its norm is the root of m.",
    ids.RWKV_7_REGULAR: "Cited: each letter is a product of swaps and copies, each of them one of "
    "the layer's matrices with c = 2, which are applied one after the other, a few tokens late, by "
    "layers that know the place in a block. The proof is the authors', and not proved again here.",
    ids.FACTOR_SPECTRUM: "An eigenvector x of T, with eigenvalue l, gives a factor F of eigenvalue "
    "l with M = N F, where N fixes one vector more and still has norm at most 1, and T of N has "
    "the eigenvalues of T but for l. Each factor with which the rank drops is of this form, so a "
    "shortest product takes all eigenvalues, which have to be real.",
}
"""By the identifiers of :mod:`~.ids`."""
