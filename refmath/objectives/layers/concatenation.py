"""Concatenation of images along the channels."""

from refmath.objective import Layer, activation
from refmath.tensor import concatenate, tensors

A, B = tensors("A[N,C,H,V] B[N,D,H,V]")

concatenation = Layer(
    name="concatenation",
    title="Concatenation along channels",
    source="Szegedy et al. 2015, Going Deeper with Convolutions, figure 2 (filter concatenation)",
    inputs=(activation(A, "images"), activation(B, "images with other channels")),
    formula=lambda: concatenate([A, B], axis=1),
    sizes={"N": 2, "C": 3, "D": 1, "H": 2, "V": 3},
)
