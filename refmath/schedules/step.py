"""Step decay: a factor after every n updates."""

from sympy import Eq, Piecewise, floor

from refmath.notation import hyper, state
from refmath.schedule import Recursion, Schedule, Wrong, count, t
from refmath.schedules._common import AHEAD_BEHIND, lr

gamma = hyper("gamma", "0.1", "(0, oo)", doc="factor of every drop")
size = count("step_size", 30, "[1, oo)", symbol="n", doc="updates between two drops")
eta = state("eta", start=lr)
due = Eq(t - size * floor(t / size), 0)

step = Schedule(
    name="step",
    title="Step decay",
    source="Krizhevsky, Sutskever and Hinton 2012, section 5 (a factor at fixed intervals)",
    formula=lr * gamma ** floor(t / size),
    recursion=Recursion(((eta[t], Piecewise((gamma * eta[t - 1], due), (eta[t - 1], True))),)),
    wrong=(
        Wrong("factor_alone", "the factor stands in place of the rate",
              {lr: gamma / gamma ** floor(t / size)}),
        Wrong("factor_twice", "the factor is applied twice at every drop", {gamma: gamma**2}),
        Wrong("drops_at_start", "the first drop is at t = 0", {lr: lr * gamma}),
        Wrong("no_staircase", "the exponent t/n is not rounded down",
              {floor(t / size): t / size}),
        Wrong("drops_again_while_due", "at a drop the factor is applied twice for one update",
              {floor(t / size): 2 * floor(t / size) - floor((t - 1) / size)}),
        *AHEAD_BEHIND,
    ),
)
