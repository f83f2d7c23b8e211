"""The network is a directed graph: forward and backward of every node need its own inputs and
outputs alone, and joined they are the gradient.

Source: Lecture 4: neural networks, backprop, optimization.
"""

import refmath as rm
from refmath.emit.tensor.graph import graph
from refmath.proof import Claim, Computed, same
from refmath.tensor import tensors, variables

X, Y, V, W = tensors("X[n,d] Y[n,c] V[d,h] W[h,c]")
H = rm.tanh(X @ V)
loss = rm.sum((H @ W - Y) ** 2)
made = graph(loss, wrt=[V, W])


def local(backward: bool) -> bool:
    """A node uses its inputs forward; backward also what it feeds, and their adjoints."""
    feeds = {x.name: {y.name for y in made.nodes if x.name in y.inputs} for x in made.nodes}
    for x in made.nodes:
        expr = x.adjoint if backward else x.forward
        near = {x.name, f"bar_{x.name}", *x.inputs}
        for other in feeds[x.name]:
            near |= {other, *made.node(other).inputs}
        used = set() if expr is None else {v.name for v in variables(expr)}
        if not {u for u in used if not (backward and u.startswith("bar_"))} <= near:
            return False
    return True


def far() -> bool:
    return all(len(x.inputs) == 0 for x in made.nodes)


claim = Claim(
    id="T3",
    holds=(
        Computed("locality", {"forward": lambda: local(False), "backward": lambda: local(True)}),
        same(rm.gradient(loss, W), rm.transpose(H) @ (2 * (H @ W - Y)), name="joined"),
    ),
    controls=(Computed("no node has inputs", {"graph": far}, lambda: "the first product"),),
    definition=("refmath:graph",),
    assumptions=("shown on a two-layer network",),
)
