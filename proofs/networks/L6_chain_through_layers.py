"""dL/dW3, dL/dH2, dL/dW2, dL/dH1 and dL/dW1 follow from each other by one local derivative a
layer; dO/dW3 is a tensor of rank 3 for one example, of rank 4 for many, which no matrix product
needs to form.

Source: Learning Deep Network.
"""

from collections.abc import Callable

import refmath as rm
from refmath.proof import Claim, Computed, Zero, same, slope
from refmath.tensor import tensors
from refmath.tensor.evaluate import Symbols, evaluate, symbols_of

X, Y, A, B, C = tensors("X[n,d] Y[n,c] A[d,h] B[h,k] C[k,c]")
H1, H2 = tensors("H1[n,h] H2[n,k]")  # layers' outputs, as variables of their own
S1, S2 = tensors("S1[n,h] S2[n,k]")  # which units of a ReLU pass their input on
SIZES = {"n": 1, "d": 2, "h": 1, "k": 2, "c": 1}
Function = Callable[[object], object]


def chain(one: Function, two: Function, rate_1: Function, rate_2: Function) -> dict[str, Zero]:
    """The five derivatives, of layers that end in these functions, with their slopes."""
    h1 = one(X @ A)
    h2 = two(h1 @ B)
    loss = rm.sum((h2 @ C - Y) ** 2)
    bar_o = 2 * (h2 @ C - Y)
    bar_v = (bar_o @ C.T) * rate_2(h1 @ B)
    bar_u = (bar_v @ B.T) * rate_1(X @ A)
    from_2 = rm.sum((H2 @ C - Y) ** 2)
    from_1 = rm.sum((two(H1 @ B) @ C - Y) ** 2)
    up = 2 * (two(H1 @ B) @ C - Y) @ C.T
    return {
        name: slope(scalar, variable, claimed, sizes=SIZES, name=name)
        for name, scalar, variable, claimed in (
            ("dL/dW3", loss, C, h2.T @ bar_o), ("dL/dH2", from_2, H2, 2 * (H2 @ C - Y) @ C.T),
            ("dL/dW2", loss, B, h1.T @ bar_v),
            ("dL/dH1", from_1, H1, (up * rate_2(H1 @ B)) @ B.T),
            ("dL/dW1", loss, A, X.T @ bar_u),
        )
    }


def tanh_slope(at: object) -> object:
    return 1 - rm.tanh(at) ** 2


smooth = chain(rm.tanh, rm.tanh, tanh_slope, tanh_slope)
rectified = chain(rm.relu, rm.relu, rm.step, rm.step)
masked = chain(lambda z: S1 * z, lambda z: S2 * z, lambda _: S1, lambda _: S2)


def relu(name: str) -> Computed:
    """Near a point at which no pre-activation is 0, a ReLU is a product with a fixed mask."""
    return Computed(f"ReLU, {name}", {
        "index form": rectified[name].engines()[0][1],
        "masks": lambda: all(engine() for _, engine in masked[name].engines()),
    })


row, u = tensors("row[k] u[c]")  # of H2, and of dL/dO
J = rm.jacobian(row @ C, C)  # J_ijl = d o_i / d C_jl
formed = rm.einsum("ijl,i->jl", J, u)


def shaped(rank: int) -> Computed:
    def entries() -> bool:
        """Entries differentiated one by one: c outputs by k x c weights."""
        sizes = {"k": 2, "c": 3}
        values = {x.name: symbols_of(x, sizes) for x in (row, C)}
        out = evaluate(row @ C, values, sizes, Symbols())
        table = [[o.diff(w) for w in values["C"].ravel()] for o in out.ravel()]
        return [*out.shape, *values["C"].shape] == [3, 2, 3][:rank] and len(table) * len(
            table[0]) == 3 * 2 * 3

    return Computed(f"dO/dW3 of one example has the rank {rank}, c x k x c", {
        "index form": lambda: tuple(map(str, J.shape)) == ("c", "k", "c")[:rank],
        "entries": entries,
    }, lambda: "c = 3, k = 2: 3 x 2 x 3")


claim = Claim(
    id="L6",
    holds=(
        *(relu(name) for name in rectified), *smooth.values(), shaped(3),
        same(formed, rm.outer(row, u), sizes=SIZES,
             name="its product with dL/dO is the outer product of row and dL/dO"),
    ),
    controls=(
        slope(rm.sum((H2 @ C - Y) ** 2), C, H2.T @ (H2 @ C - Y), name="half of dL/dW3"),
        shaped(2),
        same(formed, rm.outer(row, u) / 2, sizes=SIZES, name="half of the product"),
    ),
    assumptions=("three layers, ReLU or tanh (where no function is named)",
                 "ReLU: where no pre-activation is 0"),
)
