"""The rules written by hand, one coordinate at a time, in any arithmetic.

Nothing here uses the declarations: it is what a person writes from the papers. ``n`` turns a double
into a number of the arithmetic; ``root`` is its square root.
"""

from collections.abc import Callable, Iterator
from typing import Any

Run = Iterator[Any]


def sgd(n: Any, root: Any, theta: Any, grads: Any, rates: Any, h: Any) -> Run:
    """Gradient descent."""
    for g, lr in zip(grads, rates, strict=True):
        theta = theta - lr * g
        yield theta


def sgd_coupled(n: Any, root: Any, theta: Any, grads: Any, rates: Any, h: Any) -> Run:
    """Gradient descent with L2 decay in the gradient."""
    for g, lr in zip(grads, rates, strict=True):
        theta = theta - lr * (g + h["weight_decay"] * theta)
        yield theta


def sgd_after(n: Any, root: Any, theta: Any, grads: Any, rates: Any, h: Any) -> Run:
    """Gradient ascent whose result is shrunk."""
    for g, lr in zip(grads, rates, strict=True):
        theta = (theta + lr * g) * (1 - h["weight_decay"])
        yield theta


def momentum(n: Any, root: Any, theta: Any, grads: Any, rates: Any, h: Any) -> Run:
    """Heavy ball with the rate in the velocity."""
    v = n(0)
    for g, lr in zip(grads, rates, strict=True):
        v = h["momentum"] * v - lr * g
        theta = theta + v
        yield theta


def momentum_torch(n: Any, root: Any, theta: Any, grads: Any, rates: Any, h: Any) -> Run:
    """Heavy ball with the rate outside, all but the first gradient damped."""
    v = n(0)
    for i, (g, lr) in enumerate(zip(grads, rates, strict=True)):
        v = g if i == 0 else h["momentum"] * v + (1 - h["dampening"]) * g
        theta = theta - lr * v
        yield theta


def nesterov_shifted(n: Any, root: Any, theta: Any, grads: Any, rates: Any, h: Any) -> Run:
    """Nesterov's method in the look-ahead point."""
    v = n(0)
    for g, lr in zip(grads, rates, strict=True):
        v = h["momentum"] * v - lr * g
        theta = theta + h["momentum"] * v - lr * g
        yield theta


def adagrad(n: Any, root: Any, theta: Any, grads: Any, rates: Any, h: Any) -> Run:
    """AdaGrad."""
    r = n(0)
    for g, lr in zip(grads, rates, strict=True):
        r = r + g * g
        theta = theta - lr * g / (root(r) + h["eps"])
        yield theta


def rmsprop(n: Any, root: Any, theta: Any, grads: Any, rates: Any, h: Any) -> Run:
    """RMSProp."""
    r = n(0)
    for g, lr in zip(grads, rates, strict=True):
        r = h["rho"] * r + (1 - h["rho"]) * g * g
        theta = theta - lr * g / root(r + h["eps"])
        yield theta


def rmsprop_centered(n: Any, root: Any, theta: Any, grads: Any, rates: Any, h: Any) -> Run:
    """RMSProp by the variance, with momentum."""
    r, c, b = n(0), n(0), n(0)
    for g, lr in zip(grads, rates, strict=True):
        r = h["rho"] * r + (1 - h["rho"]) * g * g
        c = h["rho"] * c + (1 - h["rho"]) * g
        b = h["momentum"] * b + lr * g / root(max(r - c * c, n(0)) + h["eps"])
        theta = theta - b
        yield theta


def adadelta(n: Any, root: Any, theta: Any, grads: Any, rates: Any, h: Any) -> Run:
    """Adadelta."""
    r, x = n(0), n(0)
    for g, lr in zip(grads, rates, strict=True):
        r = h["rho"] * r + (1 - h["rho"]) * g * g
        d = root(x + h["eps"]) / root(r + h["eps"]) * g
        x = h["rho"] * x + (1 - h["rho"]) * d * d
        theta = theta - lr * d
        yield theta


def _moments(n: Any, grads: Any, h: Any) -> Iterator[tuple[int, Any, Any, Any]]:
    m, v = n(0), n(0)
    for t, g in enumerate(grads, 1):
        m = h["beta1"] * m + (1 - h["beta1"]) * g
        v = h["beta2"] * v + (1 - h["beta2"]) * g * g
        yield t, g, m, v


def adam(n: Any, root: Any, theta: Any, grads: Any, rates: Any, h: Any) -> Run:
    """Adam."""
    for (t, _, m, v), lr in zip(_moments(n, grads, h), rates, strict=True):
        mhat, vhat = m / (1 - h["beta1"] ** t), v / (1 - h["beta2"] ** t)
        theta = theta - lr * mhat / (root(vhat) + h["eps"])
        yield theta


def adam_keras(n: Any, root: Any, theta: Any, grads: Any, rates: Any, h: Any) -> Run:
    """Adam with epsilon-hat, as at the end of the paper's section 2."""
    for (t, _, m, v), lr in zip(_moments(n, grads, h), rates, strict=True):
        rate = lr * root(1 - h["beta2"] ** t) / (1 - h["beta1"] ** t)
        theta = theta - rate * m / (root(v) + h["eps"])
        yield theta


def adamw(n: Any, root: Any, theta: Any, grads: Any, rates: Any, h: Any) -> Run:
    """AdamW."""
    for (t, _, m, v), lr in zip(_moments(n, grads, h), rates, strict=True):
        mhat, vhat = m / (1 - h["beta1"] ** t), v / (1 - h["beta2"] ** t)
        theta = theta - lr * mhat / (root(vhat) + h["eps"]) - lr * h["weight_decay"] * theta
        yield theta


def amsgrad(n: Any, root: Any, theta: Any, grads: Any, rates: Any, h: Any) -> Run:
    """AMSGrad."""
    largest = n(0)
    for (_, _, m, v), lr in zip(_moments(n, grads, h), rates, strict=True):
        largest = max(largest, v)
        theta = theta - lr * m / (root(largest) + h["eps"])
        yield theta


def adamax(n: Any, root: Any, theta: Any, grads: Any, rates: Any, h: Any) -> Run:
    """AdaMax."""
    u = n(0)
    for (t, g, m, _), lr in zip(_moments(n, grads, h), rates, strict=True):
        u = max(h["beta2"] * u, abs(g))
        theta = theta - lr / (1 - h["beta1"] ** t) * m / (u + h["eps"])
        yield theta


def nadam(n: Any, root: Any, theta: Any, grads: Any, rates: Any, h: Any) -> Run:
    """NAdam with Dozat's schedule."""
    product, base = n(1), n(96) / n(100)

    def mu(t: int) -> Any:
        return h["beta1"] * (1 - base ** (t * h["momentum_decay"]) / 2)

    for (t, g, m, v), lr in zip(_moments(n, grads, h), rates, strict=True):
        product = product * mu(t)
        ahead = mu(t + 1)
        nbar = ahead * m / (1 - product * ahead) + (1 - mu(t)) * g / (1 - product)
        theta = theta - lr * nbar / (root(v / (1 - h["beta2"] ** t)) + h["eps"])
        yield theta


FORMS: dict[str, tuple[Callable[..., Run], str, dict[str, str]]] = {
    "sgd": (sgd, "sgd", {}),
    "sgd, coupled": (sgd_coupled, "sgd", {"weight_decay": "coupled"}),
    "sgd, shrunk": (sgd_after, "sgd", {"weight_decay": "after_unscaled", "maximize": "yes"}),
    "momentum": (momentum, "momentum", {}),
    "momentum of torch": (
        momentum_torch, "momentum", {"rate": "outside", "dampening": "not_first"}
    ),
    "nesterov, shifted": (nesterov_shifted, "nesterov", {"form": "shifted"}),
    "adagrad": (adagrad, "adagrad", {}),
    "rmsprop": (rmsprop, "rmsprop", {}),
    "rmsprop, centred": (rmsprop_centered, "rmsprop", {"centered": "yes", "momentum": "yes"}),
    "adadelta": (adadelta, "adadelta", {}),
    "adam": (adam, "adam", {}),
    "adam of keras": (adam_keras, "adam", {"epsilon": "hat"}),
    "adamw": (adamw, "adamw", {}),
    "amsgrad": (amsgrad, "amsgrad", {}),
    "adamax": (adamax, "adamax", {}),
    "nadam": (nadam, "nadam", {}),
}
"""Name to function, rule and settings."""
RATIONAL = [k for k in FORMS if k.startswith(("sgd", "momentum", "nesterov"))]
"""Those without roots and real powers, which are exact in rational arithmetic."""
