"""The mutants of the line searches that are no mistakes, each with the reason.

In More and Thuente's search the best step always decreases sufficiently: a trial takes its place
only if its value is no higher, or, on the tilted function, if it lies below the line. Once a trial
with a slope of at least 0 lies below the line, all later trials lie before it, where the line is
higher; so one whose value is no higher than the best's lies below the line as well.
"""

__all__ = ["EQUIVALENT", "ROUNDING_ONLY"]

_FLAT = "a slope of 0 satisfies the curvature condition, and the search has ended before"
_STEEP = (
    "what is not flat is steeper than c2 times the first slope, either way: beyond every bound of "
    "size c1 to c2 or short of it"
)
_LINE = "once a trial with rising slope lies below the line, none that is lowest lies above it"
_ZERO = (
    "neither slope is 0: a trial below the line with slope 0 ends the search, and one above it is "
    "higher on the tilted function, which is case 1"
)
_SIDE = "both lie on the same side of the step that they are measured from, so that a tie is one"
_APART = "the steps are never the same: a trial lies inside the bracket or beyond the best step"
_AHEAD = "without a bracket every trial lies beyond the best step"
_RADICAND = (
    "the radicand is above 0 in cases 1, 2 and 4: the slopes have opposite signs, or the chord is "
    "steeper than both; after overflow the cut is no number either way"
)
_NEITHER = "no number and infinity are both no cut inside the bracket"
_MODULE = "more_thuente."
_INTERVAL = f"{_MODULE}_Interval."
_CUTS = f"{_MODULE}_interpolated: "

EQUIVALENT: dict[str, str] = {
    "exact.exact: 1.0 -> 1.125": "any positive step passes the check of the start",
    "weak_wolfe.weak_wolfe: math.nan -> math.inf":
        "it stands for a slope that is not asked for, and is tested for being finite alone",
    f"{_INTERVAL}verdict: self.best_decrease -> self.best":
        "the best step has the least value of all that decrease sufficiently",
    f"{_INTERVAL}verdict: new.slope >= 0 -> new.slope > 0": _FLAT,
    f"{_INTERVAL}verdict: 0 -> 1": _LINE,
    f"{_INTERVAL}verdict: self.falling = False -> nothing": _LINE,
    f"{_INTERVAL}verdict: False -> True": _LINE,
    f"{_INTERVAL}verdict: new.slope >= limits.tilt -> new.slope > limits.tilt": _STEEP,
    f"{_INTERVAL}verdict: limits.tilt -> limits.flat #2": _STEEP,
    f"{_INTERVAL}verdict: new.slope <= limits.tilt -> new.slope < limits.tilt": _STEEP,
    f"{_INTERVAL}verdict: limits.tilt -> limits.flat #3": _STEEP,
    f"{_INTERVAL}after: self.falling and new.value <= best.value and (not sufficient) -> "
    "new.value <= best.value and (not sufficient)": _LINE,
    f"{_INTERVAL}inside_wall: step < wall -> step <= wall": "the step is not the wall",
    f"{_INTERVAL}inside_wall: best < wall -> best <= wall":
        "the best step is finite, and the wall is not",
    f"{_MODULE}_divided: math.nan -> math.inf":
        "no denominator is 0: q has the sign of its terms, slopes differ where a secant is drawn",
    f"{_CUTS}new.step > best.step -> new.step >= best.step":
        "only at the longest step may a trial be the best one again, and it is clipped to that",
    f"{_CUTS}abs(cubic - best.step) <= abs(quadratic - best.step) -> "
    "abs(cubic - best.step) < abs(quadratic - best.step)": _SIDE,
    f"{_CUTS}_opposed(best, new) -> _opposed(new, best)": "it does not depend on their order",
    f"{_CUTS}abs(cubic - new.step) > abs(secant - new.step) -> "
    "abs(cubic - new.step) >= abs(secant - new.step)": _SIDE,
    f"{_CUTS}abs(cubic - new.step) > abs(secant - new.step) -> "
    "abs(cubic - new.step) >= abs(secant - new.step) #2": _SIDE,
    f"{_CUTS}abs(cubic - new.step) -> cubic - new.step #2": _AHEAD,
    f"{_CUTS}abs(secant - new.step) -> secant - new.step #2": _AHEAD,
    f"{_CUTS}abs(cubic - new.step) < abs(secant - new.step) -> "
    "abs(cubic - new.step) <= abs(secant - new.step)": _SIDE,
    f"{_CUTS}low -> high #3": _AHEAD,
    f"{_MODULE}_narrowed: _opposed(best, new) -> _opposed(new, best)":
        "it does not depend on their order",
    f"{_MODULE}_opposed: a.slope < 0 < b.slope -> a.slope <= 0 < b.slope": _ZERO,
    f"{_MODULE}_opposed: a.slope < 0 < b.slope -> a.slope < 0 <= b.slope": _ZERO,
    f"{_MODULE}_opposed: b.slope < 0 < a.slope -> b.slope <= 0 < a.slope": _ZERO,
    f"{_MODULE}_opposed: b.slope < 0 < a.slope -> b.slope < 0 <= a.slope": _ZERO,
    f"{_MODULE}_root: math.nan -> math.inf": _RADICAND,
    f"{_MODULE}_root: radicand >= 0 -> radicand > 0": _RADICAND,
    f"{_MODULE}_cubic: target.step > origin.step -> target.step >= origin.step": _APART,
    f"{_MODULE}_falling_cubic: best.step > new.step -> best.step >= new.step": _APART,
    "strong_wolfe.strong_wolfe: last -> new": "the last trial is the one before, under both names",
    "strong_wolfe.strong_wolfe: new.slope >= 0 -> new.slope > 0": _FLAT,
    "strong_wolfe._Line.trial: math.nan -> math.inf":
        "it is tested for being finite alone, and NaN is put in its place",
    "strong_wolfe._Line.trial: math.inf -> math.nan": _NEITHER,
    "strong_wolfe._Line.zoom: new.slope * (high.step - low.step) >= 0 -> "
    "new.slope * (high.step - low.step) > 0": _FLAT,
    "strong_wolfe._Line.zoom: new.slope * (high.step - low.step) -> "
    "new.slope / (high.step - low.step)": "a quotient has the sign of the product",
    "strong_wolfe._cubic: math.nan -> math.inf": _NEITHER,
    "strong_wolfe._quadratic: math.nan -> math.inf": _NEITHER,
}  # fmt: skip
"""By the name of the mutant, why it does what the search does."""

_SECTION = "strong_wolfe._section: "
_EDGE = (
    "a cut at just that distance from an end is a matter of rounding: 1/5 and 1/10 are no binary "
    "numbers"
)

ROUNDING_ONLY: dict[str, str] = {
    f"{_SECTION}_cubic(low, high, third) -> _cubic(low, third, high)":
        "the cubic through three values does not depend on their order",
    f"{_MODULE}_falling_cubic: r < 0 -> r <= 0":
        "p has the sign of its terms; it is 0 only where the chord is so steep that rounding loses "
        "the slopes",
    **{
        f"{_SECTION}left + {share} * length <= step <= right - {share} * length -> "
        f"left + {share} * length {ops[0]} step {ops[1]} right - {share} * length": _EDGE
        for share in (0.2, 0.1)
        for ops in (("<", "<="), ("<=", "<"))
    },
}  # fmt: skip
"""By the name of the mutant, why it does what the search does but for rounding."""
