"""Rules of single projects, declared here as any project can declare its own."""

from sympy import Max, Min, sqrt

from refmath.notation import grad, hyper, state, t, temp
from refmath.rule import Rule, Variant, let

__all__ = ["adadelta_with_momentum", "clipped_momentum", "optimistic"]

_theta = state("theta", doc="parameter")
_g = grad("g", at=_theta[t - 1])
_alpha = hyper("lr", "1e-2", "[0, oo)", symbol="alpha", doc="learning rate")
_mu = hyper("momentum", "0.9", "[0, 1)", symbol="mu", doc="momentum")
_rho = hyper("rho", "0.95", "[0, 1)", doc="decay of both averages")
_eps = hyper("eps", "1e-6", "(0, oo)", symbol="epsilon", doc="starts the motion")


def _adadelta_with_momentum() -> Rule:
    r = state("r", start=0, doc="average of squared gradients")
    x = state("x", start=0, doc="average of squared steps")
    b = state("b", start=0, doc="step")
    d = temp("d", doc="fresh step")
    return Rule(
        name="adadelta_with_momentum",
        title="Adadelta with momentum",
        source="climin, adadelta.py: momentum of steps that contain the step rate",
        algorithm=(
            let(r[t], _rho * r[t - 1] + (1 - _rho) * _g[t] ** 2),
            let(d[t], _alpha * sqrt(x[t - 1] + _eps) / sqrt(r[t] + _eps) * _g[t]),
            let(b[t], _mu * b[t - 1] + d[t]),
            let(x[t], _rho * x[t - 1] + (1 - _rho) * b[t] ** 2),
            let(_theta[t], _theta[t - 1] - b[t]),
        ),
        gradient=_g,
        parameter=_theta,
        wrong=(
            Variant("rate_multiplies_old_step", "the old step is multiplied by the rate again",
                    {b[t]: _alpha * _mu * b[t - 1] + d[t]}),
        ),
    )


def _clipped_momentum() -> Rule:
    v = state("v", start=0, doc="velocity")
    h = temp("h", doc="clipped gradient")
    return Rule(
        name="clipped_momentum",
        title="Momentum with gradients clipped to [-1, 1]",
        source="MXNet, SGD with clip_gradient=1",
        algorithm=(
            let(h[t], Max(Min(_g[t], 1), -1)),
            let(v[t], _mu * v[t - 1] + h[t]),
            let(_theta[t], _theta[t - 1] - _alpha * v[t]),
        ),
        gradient=_g,
        parameter=_theta,
    )


def _optimistic() -> Rule:
    last = state("last", start=0, doc="gradient of the step before")
    return Rule(
        name="optimistic",
        title="Optimistic gradient descent",
        source="Daskalakis, Ilyas, Syrgkanis and Zeng 2018, arXiv:1711.00141",
        algorithm=(
            let(_theta[t], _theta[t - 1] - 2 * _alpha * _g[t] + _alpha * last[t - 1]),
            let(last[t], _g[t]),
        ),
        gradient=_g,
        parameter=_theta,
    )


adadelta_with_momentum = _adadelta_with_momentum()
clipped_momentum = _clipped_momentum()
optimistic = _optimistic()
