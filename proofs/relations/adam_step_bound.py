"""Where beta1**2 < beta2, Adam's moments obey m**2 <= K v with K = (1 - beta1)**2 beta2/((1 -
beta2) (beta2 - beta1**2)), so that no step is longer than lr sqrt(K (1 - beta2**t))/(1 -
beta1**t). The bound lr that the paper gives where 1 - beta1 <= sqrt(1 - beta2) is none: with
beta1 = 1/2 and beta2 = 3/4 the step after the gradients 1 and 2 is longer.

Each step carries it on by (x + y)**2 <= (1 + s) x**2 + (1 + 1/s) y**2, x = beta1 m, y = (1 - beta1)
g, s = beta2/beta1**2 - 1.

Printed: |Delta_t| <= alpha where 1 - beta1 <= sqrt(1 - beta2).
Source: Kingma and Ba 2015, arXiv:1412.6980v9, section 2.1.
"""

from sympy import Eq, Integer, symbols

from refmath.proof import Along, Claim, Forall, Run, Verdict
from refmath.proof.names import beta1, beta2, eps, g, lr
from refmath.rules import adam

m, v, K, Q, root, lost1, lost2 = symbols("m v K Q root lost_1 lost_2", real=True)
inside = (beta1 >= 0, beta1 < 1, beta2 > beta1**2, beta2 < 1)
gap = beta2 - beta1**2
worth = (1 - beta1) ** 2 * beta2 / ((1 - beta2) * gap)
after = beta1 * m + (1 - beta1) * g
known = K * v - m**2 >= 0
short = Run("a", adam, {"beta1": "1/2", "beta2": "3/4", "lr": 1, "eps": 1}, start=Integer(0))
claim = Claim(
    id="adam-step-bound",
    declared=Verdict.REFUTED,
    holds=(
        Forall(K * v - m**2 >= 0, (Eq(m, 0), Eq(v, 0)), name="the start", script="subst; lra."),
        Forall(worth * (beta2 * v + (1 - beta2) * g**2) >= after**2,
               (*inside, worth * v - m**2 >= 0),
               using=((beta2, worth * v - m**2),
                      (1 / gap, (gap * m - beta1 * (1 - beta1) * g) ** 2)),
               name="a step carries m**2 <= K v on", script=None),
        Forall((m / lost1) ** 2 <= K * lost2 / lost1**2 * (v / lost2),
               (lost1 > 0, lost2 > 0, known), using=((1 / lost1**2, K * v - m**2),), script=None,
               name="corrected by 1 - beta1**t and 1 - beta2**t: mhat**2 <= Q vhat"),
        Forall((lr * m / (root + eps)) ** 2 <= lr**2 * Q, (
            root > 0, eps >= 0, lr >= 0, Q >= 0, Q * root**2 - m**2 >= 0,
        ), using=((lr**2 / (root + eps) ** 2, Q * root**2 - m**2),), script=None,
               name="so that no step is longer than lr sqrt(Q), root = sqrt(vhat)"),
    ),
    printed=(
        Along((short,), results=(short["mhat"] ** 2 <= short["vhat"],),
              name="|mhat| <= sqrt(vhat) for beta1 = 1/2, beta2 = 3/4"),
    ),
    controls=(
        Forall(worth * (1 - beta2) / 2 * g**2 + worth * beta2 * v >= after**2,
               (*inside, worth * v - m**2 >= 0), name="with half of the new square"),
    ),
    assumptions=("0 <= beta1, beta1**2 < beta2 < 1", "epsilon shortens a step only"),
    definition=("refmath.rules:adam",),
    relation=True,
)
