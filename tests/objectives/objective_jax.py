"""The losses and models written by hand in JAX, from their definitions in books and libraries."""

from typing import Any

import jax
import jax.numpy as jnp

V = dict[str, Any]


def _relu(x: Any) -> Any:
    return jnp.maximum(x, 0)


def _row_ce(z: Any, labels: Any) -> Any:
    return -jax.nn.log_softmax(z)[jnp.arange(len(z)), labels]


def _net(v: V, depth: int, functions: Any) -> Any:
    h = v["X"]
    for i, f in zip(range(1, depth + 1), functions, strict=True):
        h = f(h @ v[f"W{i}"].T + v[f"b{i}"])
    return h


def _same(x: Any) -> Any:
    return x


_SIGMOID, _TANH = jax.nn.sigmoid, jnp.tanh
_FUNCTIONS = {
    2: (_relu, _same), 3: (_relu, _relu, _same), 4: (_relu, _relu, _TANH, _same),
    5: (_relu, _relu, _TANH, _SIGMOID, _same),
}


def _rows(x: Any) -> Any:
    return jnp.mean(jnp.sum(x**2, axis=1))


def _smoothed(v: V) -> Any:
    k = v["Z"].shape[1]
    target = jax.nn.one_hot(v["c"], k) * (1 - v["e"]) + v["e"] / k
    loss = -jnp.sum(target * v["w"] * jax.nn.log_softmax(v["Z"]), axis=1) * v["m"]
    return jnp.sum(loss) / jnp.sum(v["w"][v["c"]] * v["m"])


def _inception(v: V) -> Any:
    def conv(x: Any, kernel: Any, bias: Any, padding: int) -> Any:
        out = jax.lax.conv_general_dilated(x, kernel, (1, 1), [(padding, padding)] * 2)
        return _relu(out + bias[:, None, None])

    top = jax.lax.reduce_window(
        v["X"], -jnp.inf, jax.lax.max, (1, 1, 3, 3), (1, 1, 1, 1),
        [(0, 0), (0, 0), (1, 1), (1, 1)],
    )
    all_ = jnp.concatenate([
        conv(v["X"], v["K1"], v["b1"], 0), conv(v["X"], v["K3"], v["b3"], 1),
        conv(top, v["Kp"], v["bp"], 0),
    ], axis=1)
    n, c, h, w = all_.shape
    pooled = all_.reshape(n, c, h // 2, 2, w // 2, 2).mean(axis=(3, 5))
    scores = pooled.reshape(n, -1) @ v["F"].reshape(len(v["F"]), -1).T + v["f"]
    return jnp.mean(_row_ce(scores, v["c"]))


def _penalized(v: V) -> Any:
    r = v["X"] @ v["theta"] + v["b"] - v["y"]
    net = v["rho"] * jnp.sum(jnp.abs(v["theta"])) + (1 - v["rho"]) / 2 * jnp.sum(v["theta"] ** 2)
    return jnp.sum(v["w"] * r**2) / jnp.sum(v["w"]) + v["lambda"] * net


def _huber(v: V) -> Any:
    r = jnp.abs(v["o"] - v["y"])
    d = v["delta"]
    return jnp.mean(jnp.where(r <= d, r**2 / 2, d * (r - d / 2)))


def _margins(v: V) -> Any:
    n = jnp.arange(len(v["S"]))
    out = 1 + v["S"] - v["S"][n, v["c"]][:, None]
    return out.at[n, v["c"]].set(0)


def _features(v: V) -> Any:
    scores = jnp.cos(v["X"] @ v["A"] + v["a"]) @ v["V"].T
    return jnp.mean(_row_ce(scores, v["c"]))


FORMS: list[tuple[str, dict[str, str], dict[str, int], Any]] = [
    ("absolute_error", {}, {"n": 17}, lambda v: jnp.mean(jnp.abs(v["o"] - v["y"]))),
    ("squared_error", {"targets": "matrix", "weights": "weights"}, {"n": 11, "k": 7},
     lambda v: jnp.sum(v["w"][:, None] * (v["O"] - v["Y"]) ** 2) / (7 * jnp.sum(v["w"]))),
    ("distance", {"targets": "sum"}, {"n": 7, "k": 5},
     lambda v: jnp.sum(jnp.linalg.norm(v["O"] - v["Y"], axis=1))),
    ("huber", {}, {"n": 19}, _huber),
    ("hinge", {}, {"n": 19}, lambda v: jnp.mean(_relu(1 - v["y"] * v["s"]))),
    ("squared_hinge", {}, {"n": 19}, lambda v: jnp.mean(_relu(1 - v["y"] * v["s"]) ** 2)),
    ("crammer_singer", {}, {"n": 9, "k": 6}, lambda v: jnp.mean(jnp.max(_margins(v), axis=1))),
    ("weston_watkins", {}, {"n": 9, "k": 6},
     lambda v: jnp.mean(jnp.sum(_relu(_margins(v)), axis=1))),
    ("logistic_loss", {"pos_weight": "yes"}, {"n": 19},
     lambda v: jnp.mean(-v["p"] * v["y"] * jax.nn.log_sigmoid(v["z"])
                        - (1 - v["y"]) * jax.nn.log_sigmoid(-v["z"]))),
    ("binary_cross_entropy", {}, {"n": 19},
     lambda v: -jnp.mean(v["y"] * jnp.log(v["q"]) + (1 - v["y"]) * jnp.log(1 - v["q"]))),
    ("cross_entropy", {}, {"n": 11, "k": 7}, lambda v: jnp.mean(_row_ce(v["Z"], v["c"]))),
    ("cross_entropy", {"targets": "rows"}, {"n": 11, "k": 7},
     lambda v: -jnp.mean(jnp.sum(v["Y"] * jax.nn.log_softmax(v["Z"]), axis=1))),
    ("cross_entropy", {"weights": "classes", "label_smoothing": "yes", "ignored": "yes"},
     {"n": 11, "k": 7}, _smoothed),
    ("kl_divergence", {"inputs": "logits"}, {"n": 9, "k": 5},
     lambda v: jnp.mean(jnp.sum(v["P"] * (jnp.log(v["P"]) - jax.nn.log_softmax(v["Z"])), axis=1))),
    ("gaussian_nll", {"variance": "each"}, {"n": 9},
     lambda v: -jnp.mean(jax.scipy.stats.norm.logpdf(v["y"], v["o"], jnp.sqrt(v["v"])))),
    ("least_squares", {}, {"n": 23, "d": 7},
     lambda v: jnp.mean((v["X"] @ v["theta"] - v["y"]) ** 2)),
    ("least_squares", {"weights": "weights", "penalty": "elastic_net", "intercept": "yes"},
     {"n": 23, "d": 7}, _penalized),
    ("gaussian_likelihood", {}, {"n": 13, "d": 5},
     lambda v: -jnp.sum(jax.scipy.stats.norm.logpdf(
         v["y"], v["X"] @ v["theta"], jnp.sqrt(v["s2"])))),
    ("logistic_regression", {"labels": "signs", "penalty": "ridge"}, {"n": 23, "d": 7},
     lambda v: -jnp.mean(jax.nn.log_sigmoid(v["s"] * (v["X"] @ v["theta"])))
     + v["lambda"] * v["theta"] @ v["theta"]),
    ("softmax_regression", {"intercept": "yes"}, {"n": 13, "d": 5, "k": 4},
     lambda v: jnp.mean(_row_ce(v["X"] @ v["W"] + v["b"], v["c"]))),
    ("feature_regression", {"features": "cosines", "loss": "cross_entropy"},
     {"n": 7, "d": 3, "k": 4, "p": 5}, _features),
    ("two_layer_network", {"activation": "tanh"}, {"n": 7, "d": 3, "p": 5, "k": 4},
     lambda v: _rows(_TANH(_TANH(v["X"] @ v["W0"].T + v["b0"]) @ v["W1"].T + v["b1"]) - v["Y"])),
    ("rectified_network", {}, {"n": 7, "d": 3, "p": 5, "q": 4, "k": 2},
     lambda v: _rows(_net(v, 3, (_relu,) * 3) - v["Y"])),
    ("network_2", {}, {"n": 7, "d": 3, "p": 5, "k": 4},
     lambda v: _rows(_net(v, 2, _FUNCTIONS[2]) - v["Y"])),
    ("network_3", {"loss": "cross_entropy"}, {"n": 7, "d": 3, "p": 5, "q": 4, "k": 2},
     lambda v: jnp.mean(_row_ce(_net(v, 3, _FUNCTIONS[3]), v["c"]))),
    ("network_4", {"loss": "cross_entropy"}, {"n": 6, "d": 3, "p": 5, "q": 4, "r": 7, "k": 2},
     lambda v: jnp.mean(_row_ce(_net(v, 4, _FUNCTIONS[4]), v["c"]))),
    ("network_5", {}, {"n": 5, "d": 2, "p": 3, "q": 4, "r": 6, "s": 1, "k": 7},
     lambda v: _rows(_net(v, 5, _FUNCTIONS[5]) - v["Y"])),
    ("network_5", {"loss": "cross_entropy"},
     {"n": 5, "d": 2, "p": 3, "q": 4, "r": 6, "s": 1, "k": 7},
     lambda v: jnp.mean(_row_ce(_net(v, 5, _FUNCTIONS[5]), v["c"]))),
    ("inception", {}, {"n": 2, "C": 1, "k": 4, "a": 1, "b": 3, "e": 1}, _inception),
    ("rosenbrock", {}, {"n": 12},
     lambda v: jnp.sum(100 * (v["x"][1:] - v["x"][:-1] ** 2) ** 2 + (1 - v["x"][:-1]) ** 2)),
    ("quadratic", {}, {"n": 11},
     lambda v: v["x"] @ v["A"] @ v["x"] / 2 - v["b"] @ v["x"]),
]
"""Objective, options, sizes, and the function of the values by name."""
