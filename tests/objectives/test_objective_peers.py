"""The options of the losses are what torch, Optax and scikit-learn compute, value and gradient.

The truth is evaluated in balls of 300 bits; the peers' doubles must lie within the rounding error
that their evaluation can have.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import torch
from objective_judge import Judge
from sklearn import metrics
from torch.nn import functional as f

from refmath import objectives
from refmath.tensor.evaluate import evaluate

V = dict[str, Any]
Case = tuple[str, dict[str, str], Any]


def masked(v: V, **options: Any) -> Any:
    """Torch's cross entropy with ignored examples marked by a label."""
    labels = torch.where(v["m"] > 0, v["c"], torch.full_like(v["c"], -100))
    return f.cross_entropy(v["Z"], labels, ignore_index=-100, **options)


def smooth(v: V, o: str = "o", **options: Any) -> Any:
    """Torch's smooth L1 loss with our delta."""
    return f.smooth_l1_loss(v[o], v[o.replace("o", "y").replace("O", "Y")],
                            beta=v["delta"].item(), **options)


TORCH: list[Case] = [
    ("absolute_error", {}, lambda v: f.l1_loss(v["o"], v["y"])),
    ("absolute_error", {"targets": "matrix"}, lambda v: f.l1_loss(v["O"], v["Y"])),
    ("absolute_error", {"reduction": "sum"}, lambda v: f.l1_loss(v["o"], v["y"], reduction="sum")),
    ("absolute_error", {"reduction": "none"},
     lambda v: f.l1_loss(v["o"], v["y"], reduction="none")),
    ("squared_error", {}, lambda v: f.mse_loss(v["o"], v["y"])),
    ("squared_error", {"targets": "matrix"}, lambda v: f.mse_loss(v["O"], v["Y"])),
    ("squared_error", {"targets": "matrix", "reduction": "sum"},
     lambda v: f.mse_loss(v["O"], v["Y"], reduction="sum")),
    ("squared_error", {"targets": "matrix", "reduction": "rows", "factor": "half"},
     lambda v: f.mse_loss(v["O"], v["Y"], reduction="sum") / (2 * len(v["Y"]))),
    ("squared_error", {"weights": "weights"},
     lambda v: f.mse_loss(v["o"], v["y"], weight=v["w"])),
    ("squared_error", {"reduction": "none"},
     lambda v: f.mse_loss(v["o"], v["y"], reduction="none")),
    ("huber", {}, lambda v: f.huber_loss(v["o"], v["y"], delta=v["delta"].item())),
    ("huber", {"targets": "matrix", "reduction": "sum"},
     lambda v: f.huber_loss(v["O"], v["Y"], delta=v["delta"].item(), reduction="sum")),
    ("smooth_l1", {}, smooth),
    ("smooth_l1", {"targets": "matrix", "reduction": "sum"},
     lambda v: smooth(v, "O", reduction="sum")),
    ("weston_watkins", {"divisor": "classes"}, lambda v: f.multi_margin_loss(v["S"], v["c"])),
    ("weston_watkins", {"divisor": "classes", "power": "two"},
     lambda v: f.multi_margin_loss(v["S"], v["c"], p=2)),
    ("logistic_loss", {}, lambda v: f.binary_cross_entropy_with_logits(v["z"], v["y"])),
    ("logistic_loss", {"pos_weight": "yes"},
     lambda v: f.binary_cross_entropy_with_logits(v["z"], v["y"], pos_weight=v["p"])),
    ("logistic_loss", {"weights": "count"},
     lambda v: f.binary_cross_entropy_with_logits(v["z"], v["y"], weight=v["w"])),
    ("logistic_loss", {"labels": "signs"}, lambda v: f.soft_margin_loss(v["z"], v["s"])),
    ("binary_cross_entropy", {}, lambda v: f.binary_cross_entropy(v["q"], v["y"])),
    ("binary_cross_entropy", {"weights": "count", "reduction": "sum"},
     lambda v: f.binary_cross_entropy(v["q"], v["y"], weight=v["w"], reduction="sum")),
    ("cross_entropy", {}, lambda v: f.cross_entropy(v["Z"], v["c"])),
    ("cross_entropy", {"reduction": "sum"},
     lambda v: f.cross_entropy(v["Z"], v["c"], reduction="sum")),
    ("cross_entropy", {"reduction": "none"},
     lambda v: f.cross_entropy(v["Z"], v["c"], reduction="none")),
    ("cross_entropy", {"targets": "rows"}, lambda v: f.cross_entropy(v["Z"], v["Y"])),
    ("cross_entropy", {"weights": "classes"},
     lambda v: f.cross_entropy(v["Z"], v["c"], weight=v["w"])),
    ("cross_entropy", {"label_smoothing": "yes"},
     lambda v: f.cross_entropy(v["Z"], v["c"], label_smoothing=v["e"].item())),
    ("cross_entropy", {"weights": "classes", "label_smoothing": "yes"},
     lambda v: f.cross_entropy(v["Z"], v["c"], weight=v["w"], label_smoothing=v["e"].item())),
    ("cross_entropy", {"targets": "rows", "weights": "classes_by_count"},
     lambda v: f.cross_entropy(v["Z"], v["Y"], weight=v["w"])),
    ("cross_entropy", {"ignored": "yes"}, masked),
    ("cross_entropy", {"ignored": "yes", "reduction": "none"},
     lambda v: masked(v, reduction="none")),
    ("cross_entropy", {"ignored": "yes", "weights": "classes"},
     lambda v: masked(v, weight=v["w"])),
    ("cross_entropy", {"ignored": "yes", "label_smoothing": "yes"},
     lambda v: masked(v, label_smoothing=v["e"].item())),
    ("cross_entropy", {"ignored": "yes", "label_smoothing": "yes", "weights": "classes"},
     lambda v: masked(v, label_smoothing=v["e"].item(), weight=v["w"])),
    ("kl_divergence", {"inputs": "logarithms"},
     lambda v: f.kl_div(v["L"], v["P"], reduction="batchmean")),
    ("kl_divergence", {"inputs": "logarithms", "reduction": "mean"},
     lambda v: f.kl_div(v["L"], v["P"], reduction="mean")),
    ("kl_divergence", {"inputs": "logits"},
     lambda v: f.kl_div(f.log_softmax(v["Z"], dim=1), v["P"], reduction="batchmean")),
    ("gaussian_nll", {"variance": "each", "constant": "no"},
     lambda v: f.gaussian_nll_loss(v["o"], v["y"], v["v"])),
    ("gaussian_nll", {"variance": "each", "reduction": "sum"},
     lambda v: f.gaussian_nll_loss(v["o"], v["y"], v["v"], full=True, reduction="sum")),
]


def named(value: object) -> str:
    """A test's name."""
    if isinstance(value, dict):
        return ",".join(f"{k}={v}" for k, v in value.items()) or "canonical"
    return value if isinstance(value, str) else ""


@pytest.mark.filterwarnings("ignore:.*'batchmean' divides only by the batch size")
@pytest.mark.parametrize(("name", "settings", "peer"), TORCH, ids=named)
def test_torch_computes_the_same(name: str, settings: dict[str, str], peer: Any) -> None:
    """Value and gradient, in double precision."""
    objective = objectives.get(name).vary(**settings)
    sizes = objective.default_sizes()
    values = objective.example(sizes, seed=1)
    wanted = objective.parameters
    given = {
        k: torch.tensor(v, dtype=None if np.asarray(v).dtype.kind == "i" else torch.float64,
                        requires_grad=k in wanted)
        for k, v in values.items()
    }
    found = peer(given)
    found.sum().backward()
    total = objective.expr if not objective.expr.rank else None
    judge = Judge(objective.expr, sizes, values)
    assert judge.excess(objective.expr, found.detach().numpy(), 1) <= 1
    for parameter in wanted if total is not None else ():
        grad = given[parameter].grad
        assert grad is not None
        assert judge.excess(objective.gradient(parameter), grad.numpy(), 1) <= 1


OPTAX: list[Case] = [
    ("squared_error", {"factor": "half", "reduction": "none"},
     lambda v: optax.losses.l2_loss(v["o"], v["y"])),
    ("huber", {"reduction": "none"},
     lambda v: optax.losses.huber_loss(v["o"], v["y"], delta=v["delta"])),
    ("hinge", {"reduction": "none"}, lambda v: optax.losses.hinge_loss(v["s"], v["y"])),
    ("crammer_singer", {"reduction": "none"},
     lambda v: optax.losses.multiclass_hinge_loss(v["S"], v["c"])),
    ("logistic_loss", {"reduction": "none"},
     lambda v: optax.losses.sigmoid_binary_cross_entropy(v["z"], v["y"])),
    ("cross_entropy", {"reduction": "none"},
     lambda v: optax.losses.softmax_cross_entropy_with_integer_labels(v["Z"], v["c"])),
    ("cross_entropy", {"targets": "rows", "reduction": "none"},
     lambda v: optax.losses.softmax_cross_entropy(v["Z"], v["Y"])),
    ("kl_divergence", {"inputs": "logarithms", "reduction": "sum"},
     lambda v: jnp.sum(optax.losses.kl_divergence(v["L"], v["P"]))),
]


@pytest.mark.parametrize(("name", "settings", "peer"), OPTAX, ids=named)
def test_optax_computes_the_same(name: str, settings: dict[str, str], peer: Any) -> None:
    """Values, in double precision."""
    objective = objectives.get(name).vary(**settings)
    sizes = objective.default_sizes()
    values = objective.example(sizes, seed=1)
    with jax.enable_x64(True):
        found = np.asarray(peer({k: jnp.asarray(v) for k, v in values.items()}))
    assert Judge(objective.expr, sizes, values).excess(objective.expr, found, 1) <= 1


def test_scikit_learn_s_hinge_losses_are_ours() -> None:
    """Binary with labels -1 and 1; several classes by Crammer and Singer's rule."""
    binary = objectives.get("hinge")
    v = binary.example({"n": 9})
    judge = Judge(binary.expr, {"n": 9}, v)
    assert judge.excess(binary.expr, np.array(metrics.hinge_loss(v["y"], v["s"])), 1) <= 1
    several = objectives.get("crammer_singer")
    v = several.example({"n": 9, "k": 4})
    judge = Judge(several.expr, {"n": 9, "k": 4}, v)
    found = metrics.hinge_loss(v["c"], v["S"], labels=range(4))
    assert judge.excess(several.expr, np.array(found), 1) <= 1


def test_the_score_of_the_true_class_counts_as_0_where_keras_has_it_so() -> None:
    """Where all other scores are below 0, the option's maximum is the 0 in the label's place."""
    objective = objectives.get("crammer_singer")
    values = {"S": np.array([[-2.0, 0.5, -3.0]]), "c": np.array([1])}
    sizes = objective.check(values, {"k": 3})
    zero = objective.vary(true_class="zero")
    assert evaluate(objective.expr, values, sizes)[()] == 0
    assert evaluate(zero.expr, values, sizes)[()] == 0.5  # max(0, 1 + max(-2, 0, -3) - 0.5)


def test_ignored_examples_count_neither_in_the_sum_nor_in_the_divisor() -> None:
    """With smoothing too: leaving examples out is the same as ignoring them."""
    full = objectives.get("cross_entropy").vary(ignored="yes", label_smoothing="yes")
    values = full.example({"n": 4, "k": 3})
    values["m"] = np.array([1.0, 0.0, 1.0, 0.0])
    kept = objectives.get("cross_entropy").vary(label_smoothing="yes")
    rows = values["m"] > 0
    fewer = {"Z": values["Z"][rows], "c": values["c"][rows], "e": values["e"]}
    a = evaluate(full.expr, values, {"n": 4, "k": 3})[()]
    b = evaluate(kept.expr, fewer, {"n": 2, "k": 3})[()]
    assert Judge(kept.expr, {"n": 2, "k": 3}, fewer).excess(kept.expr, np.array(a), 1) <= 1
    assert Judge(kept.expr, {"n": 2, "k": 3}, fewer).excess(kept.expr, np.array(b), 1) <= 1


def test_labels_that_are_all_zero_have_no_gradient() -> None:
    """The gradient is p sum(y) - y: 0 for a row without label, not p."""
    objective = objectives.get("cross_entropy").vary(targets="rows", reduction="sum")
    values = {"Z": np.array([[1.0, 2.0], [3.0, 1.0]]), "Y": np.array([[0.0, 0.0], [0.5, 0.25]])}
    found = evaluate(objective.gradient("Z"), values, objective.check(values)).astype(float)
    assert found[0].tolist() == [0, 0]
    p = np.exp(values["Z"][1]) / np.exp(values["Z"][1]).sum()
    judge = Judge(objective.expr, {"n": 2, "k": 2}, values)
    expected = np.array([[0, 0], p * 0.75 - values["Y"][1]])
    assert judge.excess(objective.gradient("Z"), expected, 1) <= 1


@pytest.mark.parametrize(("z", "y", "loss", "slope"), [
    (1000.0, 0.0, 1000.0, 1.0), (-1000.0, 1.0, 1000.0, -1.0), (1000.0, 1.0, 0.0, 0.0),
    (-1000.0, 0.0, 0.0, 0.0),
])
def test_far_logits_do_not_overflow(z: float, y: float, loss: float, slope: float) -> None:
    """Kernels of the logistic loss and of its gradient at logits of a thousand, and of softmax."""
    logistic = objectives.get("logistic_loss")
    values: V = {"z": np.array([z]), "y": np.array([y])}
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert logistic.kernel()(**values) == loss
        assert logistic.gradient("z").kernel()(**values).tolist() == [slope]
        softmax = objectives.get("cross_entropy")
        given = {"Z": np.array([[z, 0.0]]), "c": np.array([1 if y == 0 else 0])}
        assert softmax.kernel()(**given) == loss
        assert softmax.gradient("Z").kernel()(**given).tolist() == [[slope, -slope]]


@pytest.mark.parametrize(("name", "right", "wrong"), [
    ("squared_error", {}, {"factor": "half"}),
    ("cross_entropy", {"weights": "classes"}, {"weights": "classes_by_count"}),
    ("logistic_loss", {"weights": "count"}, {"weights": "weights"}),
    ("kl_divergence", {}, {"reduction": "mean"}),
], ids=named)
def test_another_option_is_not_the_same(
    name: str, right: dict[str, str], wrong: dict[str, str]
) -> None:
    """The bound tells options apart: the value of one lies outside the other's."""
    one, other = (objectives.get(name).vary(**o) for o in (right, wrong))
    sizes = one.default_sizes()
    values = one.example(sizes, seed=1)
    found = evaluate(other.expr, values, sizes).astype(float)
    assert Judge(one.expr, sizes, values).excess(one.expr, found, 1) > 1
