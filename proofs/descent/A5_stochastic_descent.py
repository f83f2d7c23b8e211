"""Algorithm 8.1: with learning rates rho_k, t steps take theta to theta_0 minus the sum of rho_k
g_k; with a constant rate the sum is rho times the sum of the gradients.

Source: Optimization in Deep Learning (after Goodfellow et al.); Goodfellow, Bengio and
Courville 2016, Algorithm 8.1.
"""

from sympy import Eq, symbols

from refmath.proof import Along, Claim, Computed, Forall, Run
from refmath.proof.computed import of_parts
from refmath.proof.names import g, lr, theta0
from refmath.rules import sgd

a = Run("a", sgd)
step = Along((a,), results=(Eq(a["theta"], a.before("theta") - lr * g),), varying=(lr,))
so_far, plain, rate = symbols("so_far plain rate", real=True)  # sums of rho_k g_k, and of g_k
parts = (
    Forall(Eq((theta0 - so_far) - lr * g, theta0 - (so_far + lr * g), evaluate=False), script=None),
    Forall(Eq(rate * plain + rate * g, rate * (plain + g), evaluate=False), script=None),
)
COQ = """Section Steps.
Variables (theta_0 rate : R) (g rho : nat -> R).
Fixpoint theta (t : nat) : R :=
  match t with O => theta_0 | S k => theta k - rho (S k) * g (S k) end.
Theorem sums : forall t : nat, theta t = theta_0 - total (fun k => rho k * g k) t
  /\\ total (fun k => rate * g k) t = rate * total g t.
Proof.
  induction t as [|t [IH J]]; cbn [theta total]; [lra|]. rewrite IH, J. split; ring.
Qed.
End Steps.
Definition NAME := @sums."""

climbs = Run("a", sgd.variant(sgd.wrong[0]))
claim = Claim(
    id="A5",
    holds=(
        step,
        Computed("theta_t = theta_0 - sum of rho_k g_k; a constant rate comes out of the sum",
                 of_parts(*parts), coq=lambda name: COQ.replace("NAME", name)),
    ),
    controls=(
        Along((climbs,), results=(Eq(a["theta"], a.before("theta") - lr * g),), name="uphill"),
    ),
    definition=("refmath.rules:sgd", "refmath.schedules:ALL"),
    assumptions=("any gradients", "any learning rates"),
)
