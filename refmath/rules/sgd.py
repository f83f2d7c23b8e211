"""Gradient descent, and stochastic gradient descent: Goodfellow et al. 2016, Algorithm 8.1."""

from refmath.notation import grad, hyper, state, t
from refmath.rule import Rule, Variant, let
from refmath.rules.decay import decay

theta = state("theta", doc="parameter")
g = grad("g", at=theta[t - 1])
alpha = hyper("lr", "1e-2", "[0, oo)", symbol="alpha", doc="learning rate")
wd = decay(theta, g, alpha)

sgd = Rule(
    name="sgd",
    title="Gradient descent",
    source="Goodfellow, Bengio and Courville 2016, Algorithm 8.1",
    summary="Steps against the gradient, by the learning rate times its length.",
    algorithm=(*wd.first, let(theta[t], wd.after * (wd.kept - alpha * wd.h))),
    gradient=g,
    parameter=theta,
    axes=wd.axes,
    wrong=(
        Variant("step_adds", "the step goes uphill",
                {theta[t]: wd.after * (wd.kept + alpha * wd.h)}),
        Variant("rate_missing", "the learning rate is missing",
                {theta[t]: wd.after * (wd.kept - wd.h)}),
        *wd.wrong,
    ),
)
