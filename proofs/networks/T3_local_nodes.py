"""The network is a directed graph: forward and backward of every node need its own inputs and
outputs alone, and joined they are the gradient.

Backward of a node may use its own value, what it feeds and that node's other inputs, and the
adjoints of what it feeds; an adjoint that costs no operation, such as a change of sign, is written
out where it is used.

Source: Lecture 4: neural networks, backprop, optimization.
"""

import re
from functools import cache

import refmath as rm
from refmath.emit.tensor.graph import graph
from refmath.proof import Claim, Computed, slope
from refmath.tensor import tensors, variables
from refmath.tensor.evaluate import Symbols, evaluate, symbols_of

X, Y, V, W = tensors("X[n,d] Y[n,c] V[d,h] W[h,c]")
H = rm.tanh(X @ V)
loss = rm.sum((H @ W - Y) ** 2)
made = graph(loss, wrt=[V, W])
SIZES = {"n": 1, "d": 2, "h": 1, "c": 2}


def feeds(name: str) -> list[str]:
    return [x.name for x in made.nodes if name in x.inputs]


def near(name: str, backward: bool) -> set[str]:
    """What a node may use."""
    if not backward:
        return set(made.node(name).inputs)
    found = {name}
    for x in map(made.node, feeds(name)):
        free = x.backward_counts.total == 0 and x.adjoint is not None
        found |= {v.name for v in variables(x.adjoint)} if free else {f"bar_{x.name}"}
    return found | {y for x in feeds(name) for y in (x, *made.node(x).inputs)}


def by_variables(backward: bool) -> bool:
    """The variables of every expression are near."""
    for x in made.nodes:
        expr = x.adjoint if backward else x.forward
        given = x.op == "given" and not backward
        if expr is not None and not given and not {
            v.name for v in variables(expr)
        } <= near(x.name, backward):
            return False
    return True


@cache
def replayed(backward: bool) -> dict[str, object] | None:
    """Values of all nodes, each calculated in a world where only what is near exists."""
    values: dict[str, object] = {v.name: symbols_of(v, SIZES) for v in (X, Y, V, W)}
    try:
        for x in ordered():
            if x.op != "given":
                world = {n: values[n] for n in near(x.name, False)}
                values[x.name] = evaluate(x.forward, world, SIZES, Symbols())
        for x in reversed(ordered()) if backward else ():
            if x.adjoint is not None:
                world = {n: values[n] for n in near(x.name, True) if n in values}
                values[f"bar_{x.name}"] = evaluate(x.adjoint, world, SIZES, Symbols())
    except Exception:  # something that is needed does not exist: not local
        return None
    return values


def ordered() -> list[object]:
    """The nodes, given ones first, each after its inputs."""
    return sorted(made.nodes, key=lambda x: (x.op != "given", int(re.sub(r"\D", "", x.name) or 0)))


def joined() -> bool:
    """The adjoints of both weights are the derivatives of the loss's own entries."""
    values = replayed(True)
    if values is None:
        return False
    total = values[ordered()[-1].name].item()
    return all(
        (total.diff(w) - bar).equals(0)
        for name in ("V", "W")
        for w, bar in zip(values[name].ravel(), values[f"bar_{name}"].ravel(), strict=True)
    )


def blind(name: str) -> bool:
    """Whether a node's forward needs nothing."""
    return not variables(made.node(name).forward)


out = 2 * (H @ W - Y)
claim = Claim(
    id="T3",
    holds=(
        Computed("forward is local", {
            "variables": lambda: by_variables(False), "replay": lambda: replayed(False) is not None,
        }),
        Computed("backward is local", {
            "variables": lambda: by_variables(True), "replay": joined,
        }),
        slope(loss, W, H.T @ out, name="joined, the gradient in W"),
        slope(loss, V, X.T @ ((out @ W.T) * (1 - H**2)), name="joined, the gradient in V"),
    ),
    controls=(
        Computed("a node needs no inputs", {"variables": lambda: blind("z1")},
                 lambda: "the first product needs X and V"),
        slope(rm.sum((X @ V @ W - Y) ** 2), V, X.T @ ((X @ V @ W - Y) @ W.T),
              name="the factor 2 left out, linear layers"),
    ),
    definition=("refmath:graph",),
    assumptions=("shown on a two-layer network; the graph of any loss is built of the same nodes",),
)
