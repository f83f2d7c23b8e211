"""Layers: forward, and backward derived."""

from refmath.objective import Layer
from refmath.objectives.layers.activations import relu as relu
from refmath.objectives.layers.activations import sigmoid as sigmoid
from refmath.objectives.layers.activations import tanh as tanh
from refmath.objectives.layers.concatenation import concatenation as concatenation
from refmath.objectives.layers.convolution import convolution as convolution
from refmath.objectives.layers.convolution import strided_convolution as strided_convolution
from refmath.objectives.layers.dense import dense as dense
from refmath.objectives.layers.dense import dense_of_images as dense_of_images
from refmath.objectives.layers.dropout import dropout as dropout
from refmath.objectives.layers.pooling import average_pool as average_pool
from refmath.objectives.layers.pooling import max_pool as max_pool
from refmath.objectives.layers.softmax import log_softmax as log_softmax
from refmath.objectives.layers.softmax import softmax as softmax

ALL: dict[str, Layer] = {
    x.name: x
    for x in (
        dense, dense_of_images, convolution, strided_convolution, average_pool, max_pool,
        concatenation, dropout, softmax, log_softmax, relu, sigmoid, tanh,
    )
}
"""Every layer by name."""
