"""AdaGrad's sum of g_t**2/sqrt(g_1**2 + .. + g_t**2) is at most 2 sqrt(g_1**2 + .. + g_T**2): every
step adds at most twice what the root grows by. Its regret is so at most of the order of the root.

Source: Duchi, Hazan and Singer 2011, lemma 4.
"""

from sympy import symbols

from refmath.proof import Along, Claim, Forall, Run
from refmath.proof.names import g
from refmath.rules import adagrad

x, y, total, more = symbols("x y total more", real=True)  # the root before and after the step
run = Run("a", adagrad)


def step(factor: int) -> Forall:
    square = (1 / y, (y - x) ** 2)
    return Forall(total + (y**2 - x**2) / y <= factor * y, (
        x >= 0, y >= x, y > 0, total <= factor * x,
    ), using=((1, factor * x - total), square) if factor == 2 else (), script=None,
        name=f"a step keeps the sum below {factor} roots")


claim = Claim(
    id="adagrad-regret",
    holds=(
        Along((run,), bounds=(run["r"] >= 0,), results=(run["r"] - run.before("r") >= g**2,),
              given=(symbols("eps", real=True) > 0,), name="the root's square grows by g**2"),
        step(2),
        Forall(y**2 / y <= 2 * y, (y > 0,), script="signs.", name="the first step"),
    ),
    controls=(step(1),),
    assumptions=("not all gradients are 0",),
    definition=("refmath.rules:adagrad",),
)
