"""The rates c/t satisfy Robbins and Monro's conditions: their sum diverges, the sum of their
squares does not; of the declared schedules inverse time decay alone satisfies both, with powers
from above 1/2 to 1. On a strictly convex parabola they lead to the minimum: with rates
1/(lambda t) and independent noise of variance s the variance of theta_t is s/(lambda**2 t). On
other functions they guarantee no global minimum: gradient descent on 3 x**4 - 4 x**3 - 12
x**2 that starts between -2 and 0 stays there, whatever its rates up to 1/48, and never comes
near the minimum at 2.

Printed: can even guarantee convergence to the global minimum.
Source: Learning Deep Network; Robbins and Monro 1951, equations 3 and 4; Bottou, Curtis and
Nocedal 2018, section 4.2.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product

from sympy import Eq, Integer, Piecewise, Rational, Symbol, limit, oo, symbols
from sympy.core.function import AppliedUndef

from refmath.proof import Along, Claim, Computed, Forall, Run, Verdict
from refmath.proof.computed import of_parts
from refmath.proof.coq.harmonic import HARMONIC
from refmath.proof.names import g, lam, lr, t, theta0
from refmath.rules import sgd
from refmath.schedule import t as update
from refmath.schedules import ALL
from refmath.schedules.robbins_monro import robbins_monro

n, m, N, s, k, x = symbols("n m N s k x", real=True)
SQUARES = """Theorem NAME : forall n : nat,
  total (fun j => / (INR j * INR j)) (S n) <= 2 - / INR (S n).
Proof.
  induction n as [|n IH].
  - simpl. lra.
  - change (total (fun j => / (INR j * INR j)) (S (S n))) with
      (total (fun j => / (INR j * INR j)) (S n) + / (INR (S (S n)) * INR (S (S n)))).
    rewrite (S_INR (S n)). assert (Q : 0 < INR (S n)) by (apply lt_0_INR; lia).
    set (q := INR (S n)) in *.
    assert (E : / q - / (q + 1) - / ((q + 1) * (q + 1)) = / (q * ((q + 1) * (q + 1)))) by
      (field; lra).
    assert (0 < / (q * ((q + 1) * (q + 1)))) by (apply Rinv_0_lt_compat; nra).
    lra.
Qed."""


term = Forall(1 / (n + m) >= 1 / N, (n >= 1, m >= 1, n + m <= N), script=None,
              name="up to N every rate is at least 1/N")
block = Forall(Eq(n * (1 / N), Rational(1, 2)), (n >= 1, Eq(N, 2 * n)), script=None,
               name="n rates of 1/(2 n) add up to 1/2")
falls = Forall(1 / (n + 1) ** 2 <= 1 / n - 1 / (n + 1), (n >= 1,), script=None,
               name="1/(n + 1)**2 is at most 1/n - 1/(n + 1)")

# ------------------------------------------------------------------ the declared schedules
Values = dict[str, Fraction]
Reference = tuple[Fraction, Fraction, Fraction]
"""Level, ratio of a step, and power: a rate is about level * ratio**t / t**power."""
LEVELS = {
    "constant": "lr", "multi_step": "lr", "polynomial": "end", "cosine": "end",
    "linear_warmup": "lr", "exponential_warmup": "lr", "one_cycle": "lr",
    "one_cycle_momentum": "max_momentum",
}
GRID = [Fraction(x) for x in ("0", "1/4", "1/2", "3/4", "1", "3/2")]


def reference(name: str, v: Values) -> Reference:
    """What the rates of a schedule are compared with, in the end."""
    one = Fraction(1)
    if name in LEVELS:
        return v[LEVELS[name]], one, Fraction(0)
    if name in ("step", "exponential"):
        return v["lr"], v["gamma"], Fraction(0)
    if name == "inverse_time":
        return v["lr"], one, v["power"] if v["rate"] else Fraction(0)
    if name == "warmup_stable_decay":
        return Fraction(0), one, Fraction(0)
    return max(v["lr"], v["max_lr" if name == "cyclic" else "end"]), one, Fraction(0)


def criteria(found: Reference) -> tuple[bool, bool]:
    """Whether such rates sum to infinity, and their squares do not."""
    level, ratio, power = found
    if not level:
        return False, True
    return ratio > 1 or (ratio == 1 and power <= 1), ratio < 1 or (
        ratio == 1 and power > Fraction(1, 2))


def points(name: str) -> Iterator[Values]:
    """Hyperparameters on and between all of 0, 1/2 and 1, which are what conditions ask for."""
    conditions = robbins_monro(ALL[name])
    keys = {"lr", "end", "gamma", "power", "rate", "max_lr", "max_momentum"}
    used = {*LEVELS.get(name, "lr").split(), *(
        s.name for c in (conditions.diverges, conditions.square_summable) for s in c.free_symbols
    )} | (keys & set(ALL[name].hyper) & {"lr", "end", "gamma", "power", "rate", "max_lr"})
    for values in product(GRID, repeat=len(used)):
        v = dict(zip(sorted(used), values, strict=True))
        if all(_inside(ALL[name].hyper[key].domain, x) for key, x in v.items()):
            yield v


def _inside(domain: object, x: Fraction) -> bool:
    below = domain.low is not None and (x < domain.low or (domain.low_open and x == domain.low))
    above = domain.high is not None and (x > domain.high or (domain.high_open and x == domain.high))
    return not below and not above


def by_tails(only: Callable[[str], bool]) -> bool:
    """The conditions that are derived from a formula's tail are those of its reference."""
    for name in TIMED:
        found = robbins_monro(ALL[name])
        for v in points(name):
            both = tuple(
                bool(c.subs({z: Rational(str(v[z.name])) for z in c.free_symbols}))
                for c in (found.diverges, found.square_summable)
            )
            if both != criteria(reference(name, v)):
                return False
    return exactly(only)


def exactly(only: Callable[[str], bool]) -> bool:
    """Whether those schedules alone meet both conditions somewhere."""
    return all(only(n) == any(all(criteria(reference(n, v))) for v in points(n)) for n in TIMED)


def late(expr: object) -> object:
    """A formula for all large t: conditions t < ... have become false."""
    for p in sorted(expr.atoms(Piecewise), key=lambda p: -p.count_ops()):
        if any(c.has(update) for _, c in p.args):
            assert all(c.gts.has(update) is False for _, c in p.args[:-1]), p
            expr = expr.xreplace({p: p.args[-1][0]})
    return expr


def compared(name: str) -> bool:
    """Whether the rates are, in the end, like their reference: by a limit or by a recursion."""
    keys = {h: Symbol(h.key, positive=True, integer=h.key in ("step_size", "decay_steps") or None)
            for h in ALL[name].resolved.hypers}
    expr = ALL[name].resolved.formula
    j = Symbol("j", integer=True, positive=True)
    at = {h.key: v for h, v in keys.items()}
    if name == "multi_step":  # a power of gamma, the same for all large t
        passed = dict.fromkeys(expr.atoms(AppliedUndef), at["lr"])
        return not expr.xreplace(passed).has(update)
    if name == "step":  # n rates of lr gamma**j each, for every j
        return bool((expr.xreplace(keys).subs(update, at["step_size"] * j)
                     - at["lr"] * at["gamma"] ** j).equals(0))
    if name == "exponential":
        made = expr.xreplace(keys)
        ratio = made.subs(update, update + at["decay_steps"]) / made
        return bool((ratio - at["gamma"]).equals(0))
    if name == "inverse_time":
        made = expr.xreplace(keys).subs(update, j)
        whole = at["lr"] * (at["decay_steps"] / at["rate"]) ** at["power"]
        return bool((limit((made / at["lr"]) ** (1 / at["power"]) * j, j, oo)
                     - (whole / at["lr"]) ** (1 / at["power"])).equals(0))
    if name in ("cosine_restarts", "cyclic"):
        return recurs(name)
    made = late(expr).xreplace(keys).subs(update, j)
    wanted = at[LEVELS[name]] if name in LEVELS else Integer(0)
    found = limit(made, j, oo)
    if name == "one_cycle":  # a positive multiple of lr
        return found.free_symbols >= {wanted} and (found / wanted).is_positive is True
    return bool((found - wanted).equals(0))


def recurs(name: str) -> bool:
    """In five cycles the highest rate comes back, and another one: formulas see the place alone."""
    if name == "cyclic":
        given = {"lr": "1/4", "max_lr": "3/4", "up": 2, "down": 3}
        return all(ALL[name].value(5 * i + d, **given) == Rational(rate)
                   for i in range(5) for d, rate in ((0, "1/4"), (2, "3/4")))
    given = {"lr": "3/4", "end": "1/4", "first": 4, "mult": 1}
    return all(ALL[name].value(4 * i + d, **given) == Rational(rate)
               for i in range(5) for d, rate in ((0, "3/4"), (2, "1/2")))


TIMED = [name for name, schedule in ALL.items() if not schedule.reacts]


def decided(only: Callable[[str], bool], name: str) -> Computed:
    return Computed(name, {
        "tails": lambda: by_tails(only),
        "comparison": lambda: all(compared(n) for n in TIMED) and exactly(only),
    }, lambda: "constant rates sum to infinity, but so do their squares")


# ------------------------------------------------------------------ where it is guaranteed
noisy = Run("a", sgd, {"lr": 1 / (lam * t)}, lambda p: lam * p + g)


def variance(step: object) -> object:
    return s / (lam**2 * step)


# ------------------------------------------------------------------ and where it is not
def wells(at: object) -> object:
    return 3 * at**4 - 4 * at**3 - 12 * at**2


descent = Run("a", sgd, gradient=lambda p: 12 * p * (p - 2) * (p + 1))
theta = descent["theta"]
slow = (lr >= 0, lr <= Rational(1, 48), theta0 >= -2, theta0 <= 0)
claim = Claim(
    id="L5",
    declared=Verdict.REFUTED,
    holds=(
        term, block, falls,
        Computed("1 + 1/2 + ... + 1/2**k >= 1 + k/2, by induction on k",
                 of_parts(term, block), coq=lambda name: HARMONIC.replace("NAME", name)),
        Computed("1 + 1/4 + ... + 1/n**2 <= 2 - 1/n, by induction on n",
                 of_parts(falls), coq=lambda name: SQUARES.replace("NAME", name)),
        decided(lambda n: n == "inverse_time",
                "of the schedules that are functions of t inverse_time alone can satisfy both"),
        Along((noisy,), results=(
            Eq(noisy["theta"], (1 - 1 / t) * noisy.before("theta") - g / (lam * t)),
        ), given=(lam > 0,), script=None, name="a noisy step with the rate 1/(lambda t) is linear"),
        Forall(Eq((1 - 1 / (k + 1)) ** 2 * variance(k) + s / (lam * (k + 1)) ** 2,
                  variance(k + 1)), (k >= 1, lam > 0, s >= 0), script="field; lra.",
               name="so that the variance s/(lambda**2 t) is carried on"),
        Forall(Eq((1 - 1 / k) ** 2 * x + s / (lam * k) ** 2, variance(k)),
               (Eq(k, 1), lam > 0, s >= 0), script="subst; field; lra.",
               name="from the first step on, whatever was before"),
        Along((descent,), bounds=(theta >= -2, theta <= 0), given=slow, varying=(lr,),
              script=None, name="descent from [-2, 0] stays there, with any rates up to 1/48"),
        Forall(wells(x) >= -5, (x <= 0,),
               using=((3 * x**2 - 10 * x + 5, (x + 1) ** 2),), script=None,
               name="where no value is below -5"),
        Forall(Eq(wells(x), -32), (Eq(x, 2),), script="subst; lra.", name="2 has the value -32"),
    ),
    printed=(
        Forall(wells(x) >= wells(k), (Eq(k, -1),),
               name="where all rates come to rest, at -1, is the global minimum"),
    ),
    controls=(
        Forall(1 / n <= 1 / (n - 1) - 1 / n, (n > 1,), name="the sum of 1/t telescopes, too"),
        decided(lambda n: n in ("inverse_time", "constant"), "constant rates do, too"),
        Along((descent,), bounds=(theta >= -2, theta <= 0), given=(lr >= 0, *slow[2:]),
              varying=(lr,), name="with any rates at all"),
        Forall(Eq((1 - 1 / (k + 1)) ** 2 * s / lam**2 + s / (lam * (k + 1)) ** 2, s / lam**2),
               (k >= 1, lam > 0, s > 0), name="the variance stays as it is"),
    ),
    definition=("refmath.schedules:ALL", "refmath.rules:sgd"),
    assumptions=("convergence to the minimum: a parabola, independent noise of mean 0 and of one "
                 "variance", "elsewhere: no noise is needed for the counterexample"),
)
