"""Constructions: from a machine to linear RNNs that recognise it, one file a route.

Every route is a function from a minimal machine to :class:`~.route.Construction` objects, or
none. A construction is a proposal: it counts only once its closure has been proved.
"""

from negeig.theory.constructions.route import Construction, published_bound

__all__ = ["Construction", "published_bound"]
