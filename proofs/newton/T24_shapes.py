"""The derivative of f: R^m -> R^n is an n x m Jacobian; the Hessian of f: R^m -> R is m x m and
symmetric.

Any twice differentiable function of scores A x enters a Hessian by its value F, slope D and
curvature C at one point: in place of it stands its second-order Taylor polynomial there.

Source: Lecture 4: neural networks, backprop, optimization.
"""

import refmath as rm
from refmath.proof import Claim, Computed, bend, same, slope
from refmath.tensor import tensors
from refmath.tensor.evaluate import Symbols, evaluate, symbols_of

A, x, y = tensors("A[n,m] x[m] y[n]")
F, D, C, u = tensors("F[n] D[n] C[n] u[n]")
f = (A @ x) ** 3
loss = rm.sum((f - y) ** 2)
H, J = rm.hessian(loss, x), rm.jacobian(f, x)
taylor = F + D * (A @ x - u) + C * (A @ x - u) ** 2 / 2
any_loss = rm.sum(taylor)


def shapes(wanted: tuple[str, ...]) -> Computed:
    def entries() -> bool:
        """Three outputs of two inputs, differentiated one by one, at n = 3 and m = 2."""
        sizes = {"n": 3, "m": 2}
        values = {v.name: symbols_of(v, sizes) for v in (A, x)}
        table = [[o.diff(i) for i in values["x"]] for o in evaluate(f, values, sizes, Symbols())]
        return [len(table), len(table[0])] == [sizes[k] for k in wanted]

    return Computed(f"the Jacobian is {' x '.join(wanted)}", {
        "index form": lambda: tuple(map(str, J.shape)) == wanted, "entries": entries,
    }, lambda: "n = 3, m = 2")


claim = Claim(
    id="T24",
    holds=(
        shapes(("n", "m")),
        same(J, 3 * rm.diag((A @ x) ** 2) @ A, name="J_ij = d f_i / d x_j"),
        bend(any_loss, x, rm.transpose(A) @ rm.diag(C) @ A, name="m x m: A' diag(C) A"),
        same(rm.transpose(A) @ rm.diag(C) @ A, rm.transpose(rm.transpose(A) @ rm.diag(C) @ A),
             name="symmetric, of any function"),
        same(H, rm.transpose(H), name="symmetric, of a sum of squares"),
        slope(loss, x, 2 * rm.transpose(J) @ (f - y), name="through the Jacobian"),
    ),
    controls=(
        shapes(("m", "n")),
        slope(loss, x, rm.transpose(J) @ (f - y), name="the factor 2 lost"),
        bend(any_loss, x, rm.transpose(A) @ rm.diag(D) @ A, name="slopes for curvatures"),
    ),
    assumptions=("twice continuously differentiable, functions of linear scores",),
)
