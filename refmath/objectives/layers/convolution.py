"""Two-dimensional convolution, which deep learning defines as cross-correlation."""

from typing import Any

from refmath.objective import Layer, activation, parameter
from refmath.objectives._shapes import tensor_of
from refmath.tensor import Tensor, dims, einsum, tensors, windows

__all__ = ["convolution", "convolution_of", "convolve", "images", "strided_convolution"]

K, b = tensors("K[O,C,P,Q] b[O]")


def convolve(x: Tensor, kernel: Tensor, stride: int = 1, padding: int = 0) -> Tensor:
    """The cross-correlation of images with kernels.

    Args:
        x: Images of shape (N, C, H, W).
        kernel: Of shape (O, C, P, Q).
        stride: The distance between windows, along rows and columns.
        padding: The number of zeros thought around the images.

    Returns:
        Of shape (N, O, (H + 2 padding - P)/stride + 1, (W + 2 padding - Q)/stride + 1).
    """
    height, width = kernel.shape[2:]
    rows = windows(x, 2, height, stride=stride, padding=padding)
    return einsum(
        "nchwpq,ocpq->nohw", windows(rows, 3, width, stride=stride, padding=padding), kernel
    )


def images(name: str, height: Any, width: Any, stride: int, padding: int) -> Tensor:
    """Images of such a size that windows of that height and width number (h, v)."""
    n, c, h, v = dims("N C h v")
    rows = stride * (h - 1) + height - 2 * padding
    columns = stride * (v - 1) + width - 2 * padding
    return tensor_of(name, n, c, rows, columns)


def convolution_of(name: str, title: str, stride: int, padding: int) -> Layer:
    """A convolution with that stride and padding; the sizes h and v are those of its output."""
    height, width = dims("P Q")
    x = images("X", height, width, stride, padding)
    return Layer(
        name=name,
        title=title,
        source="Dumoulin and Visin 2016, A guide to convolution arithmetic, relationship 6; "
               "Goodfellow, Bengio and Courville 2016, equation 9.6",
        inputs=(
            activation(x, "images: example, channel, row, column"),
            parameter(K, "kernels: output channel, channel, row, column"),
            parameter(b, "biases of the output channels"),
        ),
        formula=lambda: convolve(x, K, stride, padding) + b[:, None, None],
        sizes={"N": 2, "C": 3, "O": 2, "P": 3, "Q": 2, "h": 2, "v": 3},
    )


convolution = convolution_of("convolution", "Convolution", 1, 0)
strided_convolution = convolution_of(
    "strided_convolution", "Convolution with stride 2 and padding 1", 2, 1
)
