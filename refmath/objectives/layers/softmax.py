"""Softmax and its logarithm as layers."""

from refmath import tensor
from refmath.objective import Layer, activation

X = tensor.tensors("X[n,k]")

softmax = Layer(
    name="softmax",
    title="Softmax",
    source="Bridle 1990; Goodfellow, Bengio and Courville 2016, equation 6.29",
    inputs=(activation(X, "logits, one row an example"),),
    formula=lambda: tensor.softmax(X),
)
log_softmax = Layer(
    name="log_softmax",
    title="Logarithm of softmax",
    source="Goodfellow, Bengio and Courville 2016, Deep Learning, equation 6.30",
    inputs=(activation(X, "logits, one row an example"),),
    formula=lambda: tensor.log_softmax(X),
)
