"""The Hessian of k parameters has k**2 elements, k (k + 1)/2 of them different; elimination takes
(k**3 - k)/3 multiplications and so O(k**3).

Elimination of a first column of k leaves k - 1 columns: the count grows by k (k - 1), so that it is
a cubic in k for all k, and four values of k decide which.

Source: Lecture 4: neural networks, backprop, optimization; Golub and Van Loan 2013, section 3.2.
"""

from collections.abc import Callable
from fractions import Fraction

from sympy import Eq, Rational, symbols

import refmath as rm
from refmath.proof import Claim, Computed, Forall, same
from refmath.tensor import tensors

k = symbols("k", real=True)
PROOF = """Theorem NAME : forall n : nat,
  total (fun j => INR j * (INR j - 1)) n = (INR n ^ 3 - INR n) / 3
  /\\ total (fun j => INR j) n = INR n * (INR n + 1) / 2.
Proof. induction n as [|n [IH J]]; [simpl; lra|].
  cbn [total]. rewrite IH, J, S_INR. split; field. Qed."""
X, y, theta = tensors("X[n,k] y[n] theta[k]")
H = rm.hessian(rm.sum(rm.exp(X @ theta)), theta)


def eliminate(size: int) -> int:
    """Divisions and multiplications of Gaussian elimination, done and counted."""
    rows = [[Fraction(1, i + j + 1) for j in range(size)] for i in range(size)]  # Hilbert's matrix
    count = 0
    for column in range(size):
        for i in range(column + 1, size):
            share = rows[i][column] / rows[column][column]
            count += 1
            for j in range(column + 1, size):
                rows[i][j] -= share * rows[column][j]
                count += 1
    return count


def count_of(formula: Callable[[int], Fraction], name: str) -> Computed:
    def grows() -> bool:
        """By induction: nothing for k = 1, and a step from k - 1 to k of k (k - 1), at 4 of k."""
        return formula(1) == 0 and all(
            formula(n) - formula(n - 1) == n * (n - 1) for n in range(2, 6)
        )

    return Computed(name, {
        "elimination": lambda: all(eliminate(n) == formula(n) for n in range(1, 9)),
        "induction": grows,
    }, lambda: f"k = 4: {eliminate(4)} operations")


def multiplications(size: object) -> object:
    return (size**3 - size) * Rational(1, 3)


claim = Claim(
    id="T27",
    holds=(
        count_of(lambda n: Fraction(n**3 - n, 3), "elimination takes (k**3 - k)/3"),
        Forall(Eq(multiplications(k) - multiplications(k - 1), k * (k - 1)),
               name="the step of the induction, for all k"),
        Computed("the sums of j (j - 1) and of j up to k, for all k", {
            "flint": lambda: sums(0), "sympy": lambda: sums(1),
        }, coq=lambda name: PROOF.replace("NAME", name)),
        Forall(multiplications(k) <= k**3, (k >= 1,), name="no more than k**3"),
        Forall(multiplications(k) >= k**3 / 4, (k >= 2,), name="no less than k**3/4 from k = 2 on"),
        same(H, rm.transpose(H), name="H_ij = H_ji: the k (k + 1)/2 with i <= j are all"),
    ),
    controls=(
        count_of(lambda n: Fraction(n**2), "elimination takes k**2"),
        count_of(lambda n: Fraction(n**3, 3), "elimination takes k**3/3"),
    ),
    assumptions=("dense elimination without pivoting", "shown for the Hessian of a sum of exp"),
)


def sums(engine: int) -> bool:
    """Both sums by induction: base and step, by one of the two engines."""
    steps = (
        Forall(Eq(multiplications(k) + (k + 1) * k, multiplications(k + 1))),
        Forall(Eq(k * (k + 1) / 2 + k + 1, (k + 1) * (k + 2) / 2)),
        Forall(Eq(multiplications(k), k * (k + 1) / 2), (Eq(k, 0),)),
    )
    return all(s.engines()[engine][1]() for s in steps)
