"""A mini-batch gradient is an unbiased estimate of the full one, drawn with replacement or
without; a step costs O(m) and not O(N), an epoch is one pass: ceil(N/B) batches, the last of them
not empty.

An outcome w has the probability q_w and the batch of the examples i with C_wi = 1, B of them. A
draw that treats all examples alike includes each with one and the same probability p.

Source: Lecture 4: neural networks, backprop, optimization.
"""

from fractions import Fraction
from itertools import combinations, product

from sympy import And, Eq, symbols

import refmath as rm
from refmath.emit.tensor.graph import graph
from refmath.objectives import ALL
from refmath.proof import Claim, Computed, Forall, same
from refmath.tensor import tensors

q, C, G = tensors("q[w] C[w,N] G[N,d]")  # G: the gradients of the examples, one a row
N, B, p, r, n, m, d, whole = symbols("N B p r n m d whole", real=True)
examples, drawn = rm.dims("N B")
b = rm.scalar("b")
one = rm.ones(examples)
total = rm.sum(G, axis=0)
DATA = [Fraction(x) for x in (3, -1, 4, 1, -5)]


def by_subsets(weights: str) -> bool:
    """The mean over all batches, drawn without and with replacement, as lists."""
    return all(
        sum((sum(s) / (len(s) if weights == "mean" else 1) for s in batches), Fraction(0))
        == len(batches) * sum(DATA) / len(DATA)
        for size in range(1, 5)
        for batches in (list(combinations(DATA, size)), list(product(DATA, repeat=size)))
    )


def by_counts(weights: str) -> bool:
    """The same by the numbers of outcomes: subsets as bits, tuples as digits to the base 5."""
    mean = sum(DATA) / len(DATA)
    for size in range(1, 5):
        share = Fraction(1, size if weights == "mean" else 1)
        bits = [k for k in range(32) if k.bit_count() == size]
        hits = [sum(k >> i & 1 for k in bits) for i in range(5)]
        if sum(h * x for h, x in zip(hits, DATA, strict=True)) * share != len(bits) * mean:
            return False
        places = [sum(k // 5**j % 5 == i for k in range(5**size) for j in range(size))
                  for i in range(5)]
        if sum(h * x for h, x in zip(places, DATA, strict=True)) * share != 5**size * mean:
            return False
    return True


def enumerated(weights: str) -> Computed:
    return Computed(
        f"the {weights} over a batch, of 3, -1, 4, 1, -5 with B = 1 to 4",
        {"lists": lambda: by_subsets(weights), "counts": lambda: by_counts(weights)},
        lambda: "3, -1, 4, 1, -5 with B = 2: the mean of the sums is 4/5, not 2/5",
    )


counts = graph(ALL["least_squares"].expr).counts
work = (counts["forward"].total + counts["backward"].total).expand()
work = work.xreplace({s: symbols(s.name, real=True) for s in work.free_symbols})


def cost(size: object) -> object:
    return work.subs(symbols("n", real=True), size)


pass_of = And(n * B >= N, (n - 1) * B < N)
claim = Claim(
    id="T13",
    holds=(
        same(q @ (C @ G) / b, (q @ C) @ G / b,
             name="expectation is linear: the mean of the batches weighs by inclusions"),
        same(rm.sum(q @ C), q @ (C @ one), name="the inclusions add up to the mean size"),
        Forall(Eq(p, B / N), (N > 0, Eq(B, N * p)), script="subst; field; lra.",
               name="without replacement: all alike, B in all, so that p = B/N"),
        same((b / examples * one) @ G / b, rm.mean(G, axis=0), name="and the mean is the full one",
             coq={"N": 2, "d": 1}),
        same(rm.sum(rm.outer(rm.ones(drawn), one / examples) @ G, axis=0) / drawn,
             rm.mean(G, axis=0), name="with replacement: B draws, each uniform"),
        Forall(Eq(cost(m + 1) - cost(m), cost(2) - cost(1)), (m >= 1, d >= 1),
               name="every further example of a batch costs the same, whatever N is"),
        Forall(cost(2) - cost(1) > 0, (d >= 1,), name="and more than nothing: O(m)"),
        Forall(pass_of, (B > 0, Eq(N, (n - 1) * B + r), r > 0, r <= B), script="subst; lra.",
               name="n batches of B, the last of r, are one pass"),
        enumerated("mean"),
    ),
    controls=(
        enumerated("sum"),
        same((b / examples * one) @ G, rm.mean(G, axis=0), name="not divided by B"),
        Forall(pass_of, (B > 0, Eq(N, n * B + r), r > 0, r < B), name="N/B rounded down"),
    ),
    definition=("refmath.objectives:least_squares",),
    assumptions=("without replacement: every example has the same probability p, every batch has "
                 "B of them", "with replacement: B uniform draws",
                 "cost: operations of a gradient of least squares"),
)
