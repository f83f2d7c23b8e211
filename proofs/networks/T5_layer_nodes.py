"""Forward and backward of the nodes of GoogLeNet: the backward pass of a linear node is its
transpose, x'(A'g) = (A x)'g: of average pooling a spread, of concatenation a split; of dropout it
is the same mask, of a maximum the chosen entry, of softmax p (g - p'g). Each is the derivative of
g'forward, at every size.

Source: Lecture 4: neural networks, backprop, optimization; Szegedy et al. 2015.
"""

from itertools import permutations

import numpy as np
from sympy import Integer, Symbol

import refmath as rm
from refmath.objectives.layers import ALL
from refmath.proof import Claim, Computed, same, slope
from refmath.tensor import dot
from refmath.tensor.evaluate import Symbols, evaluate

SMALL = {"N": 2, "C": 2, "D": 1, "O": 2, "P": 1, "Q": 2, "h": 1, "v": 2, "H": 1, "V": 2}


def part(layer: str, name: str, claimed: object, note: str = "", **sizes: int) -> object:
    """That a layer's backward pass to an input is what is claimed, and the derivative."""
    node = ALL[layer]
    return slope(dot(node.expr, node.upstream), node._variable(name), claimed,
                 sizes={**SMALL, **sizes}, name=f"{layer}, to {name}{note}")


def transposed(layer: str, *names: str, without: object = 0, **sizes: int) -> object:
    """That what goes back through a linear node is its transpose."""
    node = ALL[layer]
    back = sum((dot(node._variable(n), node.backward(n)) for n in names[1:]),
               dot(node._variable(names[0]), node.backward(names[0])))
    return same(back, dot(node.expr - without, node.upstream),
                sizes={**SMALL, **sizes}, name=f"{layer}, {names[0]}: the transpose")


def up(layer: str) -> object:
    return ALL[layer].upstream


def given(layer: str, name: str) -> object:
    return ALL[layer]._variable(name)


def rows(layer: str, to: object) -> object:
    """The sum over the last axis, for every row again."""
    return rm.sum(to, axis=1)[:, None]


def chosen(largest: bool) -> bool:
    """Of a window of 2 x 2: its output is linear while the order of the entries stays."""
    node = ALL["max_pool"]
    sizes = {"N": 1, "C": 1, "P": 2, "Q": 2, "h": 1, "v": 1}
    upstream = np.full((1, 1, 1, 1), Symbol("g"), dtype=object)
    for order in permutations(range(1, 5)):
        window = np.array([Integer(x) for x in order], dtype=object).reshape(1, 1, 2, 2)
        back = evaluate(node.backward("X"), {"X": window, "G": upstream}, sizes, Symbols())
        wanted = [upstream.item() if x == (4 if largest else 1) else 0 for x in order]
        if list(back.ravel()) != wanted:
            return False
    return True


pooled = part("max_pool", "X", ALL["max_pool"].backward("X"))
G, X, W = up("dense"), given("dense", "X"), given("dense", "W")
p = rm.softmax(given("softmax", "X"))
q = rm.softmax(given("log_softmax", "X"))
images = {x: given("dense_of_images", x) for x in ("X", "W")}
bias = given("convolution", "b")[:, None, None]
mask, keep = given("dropout", "M"), rm.scalar("keep")
sigmoid, tanh = rm.sigmoid(given("sigmoid", "X")), rm.tanh(given("tanh", "X"))
claim = Claim(
    id="T5",
    holds=(
        part("dense", "X", G @ W), part("dense", "W", rm.transpose(G) @ X),
        part("dense", "b", rm.sum(G, axis=0)),
        part("dense_of_images", "X", rm.einsum("nk,kchv->nchv", up("dense_of_images"),
                                               images["W"])),
        part("dense_of_images", "W", rm.einsum("nk,nchv->kchv", up("dense_of_images"),
                                               images["X"])),
        transposed("convolution", "X", without=bias), transposed("convolution", "K", without=bias),
        transposed("strided_convolution", "X", without=bias, P=3, Q=3),
        part("convolution", "X", ALL["convolution"].backward("X"), " is the derivative"),
        part("convolution", "K", ALL["convolution"].backward("K"), " is the derivative"),
        part("convolution", "b", rm.sum(up("convolution"), axis=(0, 2, 3))),
        transposed("average_pool", "X"),
        part("average_pool", "X", ALL["average_pool"].backward("X"), " is the derivative"),
        transposed("concatenation", "A", "B"),
        part("concatenation", "A", ALL["concatenation"].backward("A"), " is the derivative"),
        part("concatenation", "B", ALL["concatenation"].backward("B"), " is the derivative"),
        part("dropout", "X", mask * up("dropout") / keep),
        part("softmax", "X", p * (up("softmax") - rows("softmax", p * up("softmax")))),
        part("log_softmax", "X", up("log_softmax") - q * rows("log_softmax", up("log_softmax"))),
        part("relu", "X", up("relu") * rm.step(given("relu", "X"))),
        part("sigmoid", "X", up("sigmoid") * sigmoid * (1 - sigmoid)),
        part("tanh", "X", up("tanh") * (1 - tanh**2)),
        Computed("max_pool, to X is the derivative: the chosen entry, in every order of a window", {
            "index form": pooled.engines()[0][1], "orders": lambda: chosen(largest=True),
        }),
    ),
    controls=(
        part("dropout", "X", up("dropout") / keep, ", all let through"),
        part("dense", "W", rm.transpose(G) @ X / 2, ", half of it"),
        part("softmax", "X", p * up("softmax"), ", each by itself"),
        Computed("max_pool, the smallest entry", {"orders": lambda: chosen(largest=False)},
                 lambda: "any window of four different entries"),
    ),
    definition=("refmath.objectives.layers:ALL", "refmath.objectives:inception"),
    assumptions=("maximum pooling: where one entry of a window is largest; else the first is "
                 "chosen", "ReLU: away from 0; there 0 is chosen"),)
