"""Average and maximum pooling of images."""

from refmath.objective import Layer, activation
from refmath.objectives.layers.convolution import images
from refmath.tensor import Tensor, dims, mean, windows
from refmath.tensor import max as max_of

__all__ = ["average_pool", "average_pooled", "max_pool", "max_pooled"]

P, Q = dims("P Q")
X = images("X", P, Q, 2, 0)
SIZES = {"N": 2, "C": 3, "P": 3, "Q": 2, "h": 2, "v": 3}


def _windows(x: Tensor, height: object, width: object, stride: int, padding: int) -> Tensor:
    rows = windows(x, 2, height, stride=stride, padding=padding)
    return windows(rows, 3, width, stride=stride, padding=padding)


def average_pooled(
    x: Tensor, height: object, width: object, stride: int = 1, padding: int = 0
) -> Tensor:
    """The mean of each window; zeros of the padding count."""
    return mean(_windows(x, height, width, stride, padding), axis=(4, 5))


def max_pooled(
    x: Tensor, height: object, width: object, stride: int = 1, padding: int = 0
) -> Tensor:
    """The maximum of each window; the padding is 0, so x must not be negative if there is any."""
    return max_of(_windows(x, height, width, stride, padding), axis=(4, 5))


average_pool = Layer(
    name="average_pool",
    title="Average pooling with stride 2",
    source="Dumoulin and Visin 2016, A guide to convolution arithmetic, section 3",
    inputs=(activation(X, "images: example, channel, row, column"),),
    formula=lambda: average_pooled(X, P, Q, 2),
    sizes=SIZES,
)
max_pool = Layer(
    name="max_pool",
    title="Maximum pooling with stride 2",
    source="Dumoulin and Visin 2016, A guide to convolution arithmetic, section 3",
    inputs=(activation(X, "images: example, channel, row, column"),),
    formula=lambda: max_pooled(X, P, Q, 2),
    sizes=SIZES,
)
