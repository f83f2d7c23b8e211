"""A constant rate; for the first updates possibly another."""

from sympy import Piecewise

from refmath.notation import hyper, slot
from refmath.rule import Axis
from refmath.schedule import Schedule, Wrong, count, t
from refmath.schedules._common import lr

factor = hyper("factor", "1/3", "(0, 1]", symbol="f", doc="factor on the first updates")
until = count("total", 5, "[0, oo)", symbol="T", doc="how many updates have the factor")
whole = slot("whole")

constant = Schedule(
    name="constant",
    title="Constant",
    source="Robbins and Monro 1951 (what it lacks: the sum of squares diverges)",
    formula=whole,
    axes=(
        Axis("factor", {
            "no": {whole: lr},
            "first": {whole: Piecewise((lr * factor, t < until), (lr, True))},
        }, "the first updates are scaled by a factor"),
    ),
    wrong=(
        Wrong("factor_never_lifted", "the factor is never lifted", {whole: lr * factor},
              {"factor": "first"}),
        Wrong("lifted_one_late", "the factor is lifted one update late",
              {whole: Piecewise((lr * factor, t <= until), (lr, True))}, {"factor": "first"}),
    ),
)
