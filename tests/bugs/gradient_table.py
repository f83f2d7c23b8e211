"""The table: bugs of losses, backpropagation and batching, with what the oracle must say."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import subjects_gradient as subjects
from sympy import Rational

from refmath import objectives
from refmath.tensor import Tensor, scalar, sigmoid, tanh, tensors, where
from refmath.tensor import sum as sum_of

__all__ = ["GRADIENT_BUGS", "GradientBug"]


@dataclass(frozen=True)
class GradientBug:
    """One real bug of a loss, gradient or batch, written anew as a function.

    Attributes:
        id: Its number.
        refs: Project and thread where it was found.
        subject: Makes the wrong function, or with ``fixed=True`` its right counterpart.
        objective: What it is held against.
        named: What the one line of diagnosis must contain; empty if no single slip describes it.
        wrt: The variables that derivatives are taken by.
        expected: The verdict.
        kind: ``bug``; ``convention``, a form in real use; ``control``, a report that was wrong.
        needs: What the report must list among the things needed for the bug to show.
        part: Which side of the bug this row is.
        options: Further arguments of the check.
    """

    id: int
    refs: str
    subject: Callable[..., Callable[..., Any]]
    objective: Any
    named: str = ""
    wrt: str | None = None
    expected: Literal["CONFORMS", "VARIANT", "DEVIATES"] = "DEVIATES"
    kind: Literal["bug", "convention", "control"] = "bug"
    needs: Sequence[str] = ()
    part: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.id} {self.part}".strip().replace(" ", "-")


HALF = Rational(1, 2)


def _sigmoid_units() -> Tensor:
    z, t = tensors("z[n] t[n]")
    return HALF * sum_of((t - sigmoid(z)) ** 2)


def _dice() -> Tensor:
    t, p = tensors("t[n] p[n]")
    return 2 * sum_of(t * p) / (sum_of(t) + sum_of(p))


def _mean_of_used() -> Tensor:
    losses, used = tensors("losses[n] used[n]")
    return sum_of(losses * used) / sum_of(used)


def _leaky_relu() -> Tensor:
    x = tensors("x[n]")
    return where(x, x, scalar("slope") * x)


def _two_layers() -> Tensor:
    W1, W2, x, t = tensors("W1[h,d] W2[k,h] x[d] t[k]")
    return HALF * sum_of((W2 @ tanh(W1 @ x) - t) ** 2)


def _sigmoid_regression() -> Tensor:
    X, w, t = tensors("X[n,d] w[d] t[n]")
    return HALF * sum_of((sigmoid(X @ w) - t) ** 2)


def _hidden_units() -> Tensor:
    X, V, w, t = tensors("X[n,d] V[d,h] w[h] t[n]")
    return HALF * sum_of((tanh(X @ V) @ w - t) ** 2)


def _slope() -> Tensor:
    x, y = tensors("x[n] y[n]")
    return sum_of((y - scalar("w") * x) ** 2)


def _one_row() -> Tensor:
    w, x = tensors("w[d] x[d]")
    return HALF * (w @ x - scalar("y")) ** 2


def _batches(regularised: bool = False) -> Tensor:
    X, y, w = tensors("X[steps,b,d] y[steps,b] w[d]")
    steps, b = y.shape
    residual = sum_of(X * w, axis=2) - y
    whole = sum_of(residual**2) / (steps * b)
    return whole + scalar("reg") * sum_of(w**2) if regularised else whole


def _half_mean() -> Tensor:
    X, y, w = tensors("X[n,d] y[n] w[d]")
    return HALF * sum_of((X @ w - y) ** 2) / y.shape[0]


def _mean() -> Tensor:
    losses = tensors("losses[n]")
    return sum_of(losses) / losses.shape[0]


_rows = objectives.get("cross_entropy").vary(targets="rows")
_smoothed = objectives.get("cross_entropy").vary(label_smoothing="yes", ignored="yes")

_LOSSES = (
    GradientBug(156, "davisking/dlib issue #1169; fetchai/ledger PR #1741; tiny-dnn issue #159",
                subjects.squared_error_factor, objectives.get("squared_error"),
                "the gradient is 1/2 times as large: the factor 2 is missing"),
    GradientBug(157, "haifengl/smile issue #147", subjects.loss_from_delta, _sigmoid_units(),
                "the value is half the sum of the squares of the gradient by z", "z"),
    GradientBug(158, "milesial/Pytorch-UNet issue #35", subjects.dice, _dice(),
                "with the wrong sign and is (sum(p) + sum(t))^2 times as large", "p"),
    GradientBug(160, "fetchai/ledger PR #1580", subjects.cross_entropy_without_mean, _rows,
                "the gradient is n times as large: the factor 1/n is missing", needs=("n > 1",)),
    GradientBug(161, "pytorch/pytorch issue #73205, PR #69511", subjects.smoothing_of_ignored,
                _smoothed, "the value lacks the factor m", needs=("e not 0", "m contains 0")),
    GradientBug(162, "tensorflow/tensorflow issue #60314", subjects.fused_softmax,
                _rows.vary(reduction="sum"), "the gradient lacks the factor Y",
                needs=("rows of Y that do not add up to 1",)),
    GradientBug(164, "scikit-learn/scikit-learn issue #23753, PR #23798",
                subjects.average_over_all, _mean_of_used(),
                "the value is divided by n instead of the sum of used", "losses",
                options={"domains": {"used": "{0, 1}"}}, needs=("used contains 0",)),
)

_BACKWARD = (
    GradientBug(168, "tensorflow/playground issue #19; uptake/numpynet PR #35; "
                "iamtrask/Grokking-Deep-Learning PR #13", subjects.relu_one_at_zero,
                objectives.get_layer("relu"), "with 1 as derivative at a kink",
                expected="VARIANT", kind="convention", part="at 0",
                needs=("an argument exactly at a kink",)),
    GradientBug(168, "iamtrask/Grokking-Deep-Learning PR #13", subjects.relu_mask_of_output,
                objectives.get_layer("relu"), "has the derivative of relu at X left out",
                part="of the output"),
    GradientBug(169, "chainer/chainer PR #5922", subjects.leaky_relu_from_output, _leaky_relu(),
                "where slope = 0 the gradient is not finite", "x", needs=("slope = 0",),
                options={"domains": {"slope": "[0, 1)"}}),
    GradientBug(170, "louisjc/mnist-neural-network issue #1; "
                "Bot-Academy/NeuralNetworkFromScratch PR #3", subjects.updated_weights,
                _two_layers(), "the gradient by W1 is multiplied by parameters that have been "
                "updated already, at rate 1", "W1, W2"),
    GradientBug(171, "jiexunsee/Neural-Network-with-Python issue #1; ttezel/nn issue #8",
                subjects.without_activation, _sigmoid_regression(),
                "has the derivative of sigmoid at X w left out", "w", part="output"),
    GradientBug(171, "iamtrask/Grokking-Deep-Learning issue #50",
                subjects.hidden_without_activation, _hidden_units(),
                "the gradient by V has the derivative of tanh at X V left out", "V, w",
                part="hidden"),
    GradientBug(172, "benoitfragit/libBrain issue #78", subjects.derivative_at_activation,
                objectives.get_layer("tanh"),
                "has the derivative of tanh at X taken at its value instead of its argument"),
    GradientBug(173, "mlpack/mlpack PR #3679, issue #3666", subjects.bias_of_batch,
                objectives.get_layer("dense"), "the gradient by b is not summed over n", "W, b"),
    GradientBug(176, "Waikato/moa PR #134; ADGEfficiency/teaching-monolith issue #1; "
                "filipecalasans/mlp issue #1", subjects.inner_derivative, _slope(),
                "the gradient lacks the factor x", "w"),
    GradientBug(178, "scikit-learn/scikit-learn issue #29249", subjects.linear_row, _one_row(),
                wrt="w", expected="CONFORMS", kind="control"),
)

_BATCHES = (
    GradientBug(180, "huggingface/transformers PR #35438, issues #35203, #37197, PR #35527",
                subjects.scaled_twice, _batches(), "the gradient is 1/steps times as large", "w",
                part="twice", needs=("steps > 1",)),
    GradientBug(180, "huggingface/transformers PR #35527", subjects.scaled_never, _batches(),
                "the gradient is steps times as large: the factor 1/steps is missing", "w",
                part="never", needs=("steps > 1",)),
    GradientBug(181, "huggingface/transformers PR #39659; Lightning-AI/pytorch-lightning issue "
                "#19987; jingyaogong/minimind issue #749", subjects.incomplete_window, _batches(),
                "the gradient is divided by the constant 8 instead of steps", "w"),
    GradientBug(183, "OpenNMT/OpenNMT-py issue #2209", subjects.two_normalisers, _batches(True),
                "steps times too large", "w", needs=("steps > 1", "reg not 0")),
    GradientBug(185, "deeplearning4j/deeplearning4j PR #1452", subjects.squeezed_batch,
                _half_mean(), "where n = 1 the gradient is 1/d times as large", "w",
                needs=("n = 1",)),
    GradientBug(186, "rinuboney/ladder issue #5; rstudio/keras3 issue #1071",
                subjects.constant_divisor, _mean(),
                "the value is divided by the constant 100 instead of n", "losses"),
    GradientBug(188, "mlpack/ensmallen issue #428; davharris/mistnet issue #33; "
                "bethgelab/foolbox issue #439", subjects.summed, objectives.get("least_squares"),
                "least squares with reduction=sum", expected="VARIANT", kind="convention",
                needs=("n > 1",)),
)

GRADIENT_BUGS: tuple[GradientBug, ...] = (*_LOSSES, *_BACKWARD, *_BATCHES)
