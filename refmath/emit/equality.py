"""Whether two recurrences are the same: separated by balls, or proved equal by normal forms."""

from functools import lru_cache
from typing import Any

import numpy as np
from sympy import Abs, Dummy, Indexed, Max, Min, Piecewise, Poly, Pow, S, fraction, sign, together

from refmath.emit.enclosure import enclosure, model, working_precision
from refmath.notation import t
from refmath.recurrence import Let, Recurrence

__all__ = ["is_zero", "proved_equal", "separated"]

_STEPS = 4
_SIZE = 6


def _inputs(rec: Recurrence) -> tuple[dict[str, list[float]], np.ndarray, np.ndarray]:
    rng = np.random.default_rng(20150507)
    hyper = {}
    for h in rec.hypers:
        inside = [float(x) for x in h.domain.samples if x in h.domain]
        low = 0.11 if h.key in ("lr", "eps", "weight_decay") else 0.3
        spread = low + 0.6 * rng.random(_STEPS)
        fixed = float(low + 0.5 * rng.random())
        hyper[h.key] = spread.tolist() if h.key == "lr" else [fixed] * _STEPS
        assert inside
    theta = rng.standard_normal(_SIZE)
    gradients = rng.standard_normal((_STEPS, _SIZE))
    gradients[:2, 0] = 0.0
    gradients[2:, 1] = 0.0
    gradients[1:, 2] /= 16
    return hyper, theta, gradients


@lru_cache(maxsize=1 << 16)
def separated(first: Recurrence, second: Recurrence) -> bool:
    """Whether exact runs of both on the same inputs are certainly different somewhere."""
    keys = {h.key: h for h in (*first.hypers, *second.hypers)}
    merged = Recurrence(first.name, first.steps, first.gradient, first.at, first.parameter)
    hyper, theta, gradients = _inputs(merged)
    extra, _, _ = _inputs(second)
    hyper = {**extra, **hyper}
    assert set(keys) <= set(hyper)
    with working_precision():
        runs = [_exact_run(rec, hyper, theta, gradients) for rec in (first, second)]
    for a, b in zip(*runs, strict=True):
        if a.is_finite() != b.is_finite() or (a.is_finite() and not (a - b).contains(0)):
            return True
    return False


def _exact_run(rec: Recurrence, hyper: Any, theta: Any, gradients: Any) -> list[Any]:
    box, exact = enclosure(rec), model("float64", "float64", exact=True)
    now = {k: v[0] for k, v in hyper.items()}
    track = box.begin(theta, exact, box.hypers(exact, now))
    out: list[Any] = []
    for step, g in enumerate(gradients):
        now = {k: v[step] for k, v in hyper.items()}
        balls = box.hypers(exact, now)
        out += box.point(track, exact, balls) if rec.takes_point else []
        box.step(track, g, exact, balls)
        out += track.arrays[0]
    return out


def proved_equal(first: Recurrence, second: Recurrence) -> bool:
    """Whether both take the parameter through the same values, whatever the gradients.

    They do if each state of both is the same function of the values before the step, or is after
    the sign of one state that starts at 0 was changed in one of them. True is a proof by normal
    forms over the field of rational functions; False proves nothing.
    """
    return _same_steps(first, second) or any(
        _same_steps(first, _with_sign_changed(second, q))
        for q in second.states[1:]
        if q.start == 0
    )


def _with_sign_changed(rec: Recurrence, base: Any) -> Recurrence:
    """The recurrence of the same values with one state's sign changed."""
    flip = {base[t - 1]: -base[t - 1], base[t]: -base[t]}
    steps = tuple(
        Let(s.target, (-s.rhs if s.target == base[t] else s.rhs).xreplace(flip)) for s in rec.steps
    )
    return Recurrence(rec.name, steps, rec.gradient, rec.at.xreplace(flip), rec.parameter)


def _same_steps(first: Recurrence, second: Recurrence) -> bool:
    names = [q.name for q in first.states]
    if names != [q.name for q in second.states] or not is_zero(first.at - second.at):
        return False
    if any(a.start != b.start for a, b in zip(first.states, second.states, strict=True)):
        return False
    left, right = _closed(first), _closed(second)
    return all(is_zero(left[n] - right[n]) for n in names)


def _closed(rec: Recurrence) -> dict[str, Any]:
    """Every assignment as a function of the values before the step."""
    known: dict[Any, Any] = {}
    out: dict[str, Any] = {}
    for step in rec.steps:
        value = step.rhs.xreplace(known)
        known[step.target] = value
        out[step.name] = value
    return out


def is_zero(expr: Any) -> bool:
    """Whether an expression is zero in the field of rational functions over its generators.

    Roots, absolute values, maxima and alternatives are generators of their own; a root s of v is
    reduced by s**2 = v. True is a proof; False proves nothing.
    """
    roots: dict[Any, Any] = {}
    plain = _generators(expr, {}, roots)
    numerator, _ = fraction(together(plain))
    symbols = sorted(numerator.free_symbols, key=str)
    if not symbols:
        return bool(numerator == 0)
    for dummy, inside in reversed(list(roots.items())):
        upper, lower = fraction(together(inside))
        if numerator.has(dummy):
            numerator = _reduce(numerator, dummy, upper, lower)
    return bool(Poly(numerator, *sorted(numerator.free_symbols | set(symbols), key=str)).is_zero)


def _reduce(numerator: Any, dummy: Any, upper: Any, lower: Any) -> Any:
    """Replace even powers of a root by what stands under it, up to a factor that is not zero."""
    poly = Poly(numerator, dummy)
    if poly.is_zero:
        return S.Zero
    degree = poly.degree()
    result = S.Zero
    for (power,), coefficient in poly.terms():
        half, odd = divmod(power, 2)
        result += coefficient * upper**half * lower ** (degree // 2 - half) * dummy**odd
    return result


def _generators(expr: Any, known: dict[Any, Any], roots: dict[Any, Any]) -> Any:
    if isinstance(expr, Indexed):
        return known.setdefault(expr, Dummy(str(expr)))
    if isinstance(expr, Pow) and not expr.exp.is_Integer:
        base = _generators(expr.base, known, roots)
        if expr.exp.is_Rational and expr.exp.q == 2:
            root = known.get(("root", base))
            if root is None:
                root = known[("root", base)] = Dummy("s")
                roots[root] = base
            return root**expr.exp.p
        return known.setdefault(
            ("pow", base, _generators(expr.exp, known, roots)), Dummy("p")
        )
    if isinstance(expr, Abs | Max | Min | sign | Piecewise):
        return known.setdefault(expr, Dummy("f"))
    if not expr.args or expr == t:
        return expr
    return expr.func(*(_generators(a, known, roots) for a in expr.args))
