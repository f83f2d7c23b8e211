"""The source of an enclosure: straight-line ball arithmetic generated from a recurrence."""

from dataclasses import dataclass
from typing import Any

from sympy import Abs, Add, Indexed, Max, Min, Mul, Piecewise, Pow, Rational, S, expand, sign

from refmath.errors import DeclarationError
from refmath.notation import Hyper, t
from refmath.recurrence import Recurrence, quantities

__all__ = ["MOST_OPERATIONS", "Built", "generate"]

MOST_OPERATIONS = 40


@dataclass(frozen=True)
class Built:
    """Generated source with the order of its arguments."""

    source: str
    arrays: tuple[str, ...]
    scalars: tuple[str, ...]
    keys: tuple[str, ...]


def generate(rec: Recurrence) -> Built:
    """Source of ``advance``, ``starts`` and ``point`` for a recurrence."""
    arrays = tuple(q.name for q in rec.states if q.name not in rec.scalars)
    scalars = tuple(q.name for q in rec.states if q.name in rec.scalars)
    keys = tuple(h.key for h in rec.hypers)
    advance = _Writer(rec)
    advance.run()
    head = [f"    {_h(k)} = H[{i}]" for i, k in enumerate(keys)]
    head += [f"    {n}_0 = S[{i}]" for i, n in enumerate(scalars)]
    columns = [f"    {n}_c = X[{i}]" for i, n in enumerate(arrays)]
    lines = ["def advance(t, H, S, X, g_c, M):", "    W = M.w; E = M.e; R = M.r; power = M.power"]
    lines += head + [f"    {line}" for line in advance.scalar] + columns
    lines += ["    for i in range(len(g_c)):", f"        {rec.gradient.name}_1 = g_c[i]"]
    lines += [f"        {n}_0 = {n}_c[i]" for n in arrays]
    lines += [f"        {line}" for line in advance.array]
    lines += [f"        {n}_c[i] = {n}_1" for n in arrays]
    lines += [f"    S[{i}] = {n}_1" for i, n in enumerate(scalars)]
    source = "\n".join(lines) + "\n\n\n" + _starts(rec, arrays, scalars, keys)
    if rec.takes_point:
        source += "\n\n" + _point(rec, arrays, scalars, keys)
    return Built(source, arrays, scalars, keys)


def _starts(rec: Recurrence, arrays: Any, scalars: Any, keys: Any) -> str:
    writer = _Writer(rec)
    starts = {q.name: q.start for q in rec.states if q.start is not None}
    unpack = [f"    {_h(k)} = H[{i}]" for i, k in enumerate(keys)]
    first = ", ".join(_array_start(writer, starts[n]) for n in arrays[1:])
    second = ", ".join(writer.scalar_code(starts[n]) for n in scalars)
    lines = ["def starts(H, M):", "    W = M.w; E = M.e; R = M.r", *unpack]
    return "\n".join([*lines, f"    return [{first}], [{second}]"]) + "\n"


def _array_start(writer: "_Writer", start: Any) -> str:
    """A start that is rounded to the array's format, unless it is 0 or another whole number."""
    code = writer.scalar_code(start)
    return code if start.is_Integer else f"({code} if ({code}).is_zero() else W[1]*{code} + E)"


def _point(rec: Recurrence, arrays: Any, scalars: Any, keys: Any) -> str:
    writer = _Writer(rec)
    result = writer.array_code(rec.at)
    lines = ["def point(H, S, X, M):", "    W = M.w; E = M.e; R = M.r; power = M.power"]
    lines += [f"    {_h(k)} = H[{i}]" for i, k in enumerate(keys)]
    lines += [f"    {n}_0 = S[{i}]" for i, n in enumerate(scalars)]
    lines += [f"    {line}" for line in writer.scalar]
    lines += [f"    {n}_c = X[{i}]" for i, n in enumerate(arrays)]
    lines += ["    out = []", f"    for i in range(len({arrays[0]}_c)):"]
    lines += [f"        {n}_0 = {n}_c[i]" for n in arrays]
    lines += [f"        {line}" for line in writer.array]
    lines += [f"        out.append({result})", "    return out"]
    return "\n".join(lines) + "\n"


def _h(key: str) -> str:
    return f"h_{key}"


class _Writer:
    """Collects the lines of the scalar part and of the loop over elements."""

    def __init__(self, rec: Recurrence) -> None:
        self.rec = rec
        self.scalar: list[str] = []
        self.array: list[str] = []
        self._constants: dict[str, str] = {}
        self._shared: dict[Any, str] = {}
        self._signed: set[str] = set()

    def run(self) -> None:
        """Write all steps."""
        for step in self.rec.steps:
            name = f"{step.name}_1"
            if step.name in self.rec.scalars:
                self.scalar.append(f"{name} = {self.scalar_code(step.rhs)}")
            else:
                if _may_be_negative(step.rhs):
                    self._signed.add(step.name)
                self.array.append(f"{name} = {self.array_code(step.rhs)}")

    def is_scalar(self, expr: Any) -> bool:
        """Whether an expression is the same for every element."""
        return all(q.base.name in self.rec.scalars for q in quantities(expr))

    # ------------------------------------------------------------------ scalars
    def scalar_code(self, expr: Any) -> str:
        """Source of a scalar ball, one rounding an operation."""
        if expr.is_Integer:
            return f"arb({int(expr)})"
        if isinstance(expr, Rational):
            return f"(R*(arb({expr.p})/{expr.q}))"
        if expr == t:
            return "arb(t)"
        if isinstance(expr, Hyper):
            return _h(expr.key)
        if isinstance(expr, Indexed):
            return f"{expr.base.name}_{1 if expr.indices[0] == t else 0}"
        if isinstance(expr, Add):
            return self._fold([self.scalar_code(a) for a in expr.args], "+")
        if isinstance(expr, Mul):
            return self._fold([self.scalar_code(a) for a in expr.args], "*")
        if isinstance(expr, Pow):
            return self._scalar_power(expr)
        if isinstance(expr, Piecewise):
            value, cond, other = _alternatives(expr)
            if quantities_in(cond):
                raise _refused(expr)
            return f"({self.scalar_code(value)} if {_t_code(cond)} else {self.scalar_code(other)})"
        if isinstance(expr, Abs):
            return f"abs({self.scalar_code(expr.args[0])})"
        if isinstance(expr, Max | Min):
            call = "max" if isinstance(expr, Max) else "min"
            first, *rest = [self.scalar_code(a) for a in expr.args]
            return first + "".join(f".{call}({r})" for r in rest)
        raise _refused(expr)

    def _fold(self, codes: list[str], operator: str) -> str:
        ordered = [c for c in codes if not c.startswith("arb(-1)")]
        if operator == "*" and len(ordered) < len(codes):
            inner = ordered[0] if len(ordered) == 1 else self._fold(ordered, "*")
            return f"(-{inner})"
        out = codes[0]
        for code in codes[1:]:
            out = f"(R*({out} {operator} {code}))"
        return out

    def _scalar_power(self, expr: Any) -> str:
        base = self.scalar_code(expr.base)
        if expr.exp == S.Half:
            return f"(R*root({base}))"
        if expr.exp.could_extract_minus_sign():
            return f"(R*(1/{self.scalar_code(expr.base ** (-expr.exp))}))"
        if expr.exp.is_Integer:
            return f"power({base}, {int(expr.exp)})"
        if expr.exp.free_symbols == {t} and (expr.exp - t).is_Integer:
            return f"power({base}, {str(expr.exp).replace(' ', '')})"
        return f"(R*(R*({base} ** {self.scalar_code(expr.exp)})))"

    # ------------------------------------------------------------------ arrays
    def _constant(self, code: str) -> str:
        if code not in self._constants:
            self._constants[code] = f"k{len(self._constants)}"
            self.scalar.append(f"{self._constants[code]} = {code}")
        return self._constants[code]

    def _share(self, key: Any, code: str) -> str:
        if key not in self._shared:
            self._shared[key] = f"x{len(self._shared)}"
            self.array.append(f"{self._shared[key]} = {code}")
        return self._shared[key]

    def array_code(self, expr: Any) -> str:
        """Source of an array ball; sub-results go to the loop's lines."""
        if expr.is_Integer:
            return self._constant(f"arb({int(expr)})")
        if self.is_scalar(expr):
            return self._constant(f"W[1]*{self.scalar_code(expr)} + E")
        if isinstance(expr, Indexed):
            return f"{expr.base.name}_{1 if expr.indices[0] == t else 0}"
        if isinstance(expr, Add):
            return self._sum(expr)
        if isinstance(expr, Mul | Pow):
            return self._term(expr, 0)
        if isinstance(expr, Piecewise):
            return self._cases(expr)
        if isinstance(expr, Abs):
            return f"abs({self.array_code(expr.args[0])})"
        if isinstance(expr, sign):
            return f"({self.array_code(expr.args[0])}).sgn()"
        if isinstance(expr, Max | Min):
            call = "largest" if isinstance(expr, Max) else "smallest"
            first, *rest = [self.array_code(a) for a in expr.args]
            for other in rest:
                first = f"{call}({first}, {other})"
            return first
        raise _refused(expr)

    def _sum(self, expr: Any) -> str:
        scalars = [a for a in expr.args if self.is_scalar(a)]
        arrays = [a for a in expr.args if not self.is_scalar(a)]
        extra = len(arrays) - 1 + bool(scalars)
        mixed = not scalars and self._is_average(arrays)
        parts = [self._term(a, extra, mixed) for a in arrays]
        if scalars:
            code = self.scalar_code(Add(*scalars))
            parts.append(self._constant(f"W[{extra + 1}]*{code} + E"))
        return "(" + " + ".join(parts) + ")"

    def _is_average(self, terms: list[Any]) -> bool:
        """Whether two terms are weighted by b and 1 - b, so that m + (1 - b)(g - m) is likely."""
        weights = [Mul(*(f for f in Mul.make_args(a) if self.is_scalar(f))) for a in terms]
        return len(terms) == 2 and expand(Add(*weights) - 1) == 0

    def _term(self, expr: Any, extra: int, mixed: bool = False) -> str:
        scalars = [f for f in Mul.make_args(expr) if self.is_scalar(f)]
        factors: list[tuple[str, bool]] = []
        for f in Mul.make_args(expr):
            if not self.is_scalar(f):
                factors += self._factors(f)
        factor = Mul(*scalars)
        trivial = factor in (S.One, S.NegativeOne)
        ups = [c for c, below in factors if not below]
        downs = [c for c, below in factors if below]
        count = len(ups) - 1 + len(downs) + extra + (0 if trivial else 2)
        if not ups:
            count += 1 if trivial else 0
        lead = "" if trivial else self.scalar_code(factor)
        code = "*".join(ups) if ups else "1"
        code += "".join(f"/{d}" for d in downs)
        if count:
            weight = f"W[{count}]" + (f"*{lead} + {self._underflow(scalars)}" if lead else "")
            if mixed and lead and ups and ups[0].endswith("_0"):
                weight += f" + (W[1] - 1)*(1 - {lead})"
            scale = self._constant(weight)
            code = f"{scale}*{code}" if ups else f"{scale}{code[1:]}"
        if factor == S.NegativeOne:
            code = f"-{code}"
        return self._lost(expr, code, ups, downs, scalars, trivial)

    def _lost(
        self, expr: Any, code: str, ups: list[str], downs: list[str], scalars: Any, trivial: bool
    ) -> str:
        if len(ups) + len(downs) + (not trivial) < 2:
            return code
        size = self._underflow(scalars)
        small = size if size == "E" else self._constant(size)
        if len(ups) + len(downs) > 1:
            small += "".join(f"*(UNIT + {f})" for f in ups)
            small += "".join(f"*(UNIT + 1/{f})" for f in downs)
        name = self._share(("term", expr, code), code)
        return f"({name} if {name}.is_zero() else {name} + {small})"

    def _underflow(self, scalars: list[Any]) -> str:
        """What underflow may lose in a product of scalars, or of each with the rest."""
        several = [f for f in scalars if f != S.NegativeOne] if len(scalars) > 1 else []
        return "E" + "".join(f"*(1 + abs({self.scalar_code(f)}))" for f in several)

    def _factors(self, f: Any) -> list[tuple[str, bool]]:
        """The array factors of one factor: source, and whether it stands below the line."""
        base, exp = (f.base, f.exp) if isinstance(f, Pow) else (f, S.One)
        if not (exp.is_Rational and (2 * exp).is_Integer):
            raise _refused(f)
        below = bool(exp < 0)
        whole, half = divmod(abs(2 * exp), 2)
        code = self._name(base)
        out = [(code, below)] * int(whole)
        if half:
            strict = _may_be_negative(base) or any(
                q.base.name in self._signed for q in quantities(base)
            )
            call = f"strict_root({code})" if strict else f"root({code})"
            floor = None if strict else self._floor(base)
            if floor is not None:
                call = f"root_above({code}, {floor})"
            out.append((self._share(("root", base), f"W[1]*{call}"), below))
        return out

    def _floor(self, expr: Any) -> str | None:
        """A lower bound that rounding cannot break: a positive hyperparameter that is added."""
        if not isinstance(expr, Add):
            return None
        added = [a for a in expr.args if isinstance(a, Hyper) and a.domain.low == 0]
        return self._constant(f"W[2]*{_h(added[0].key)} + E") if added else None

    def _name(self, expr: Any) -> str:
        code = self.array_code(expr)
        return code if code.isidentifier() else self._share(expr, code)

    def _cases(self, expr: Any) -> str:
        value, cond, other = _alternatives(expr)
        if not quantities_in(cond):
            return f"({self.array_code(value)} if {_t_code(cond)} else {self.array_code(other)})"
        x = self._name(cond.lhs)
        equal = cond.func.__name__ == "Equality"
        sure, never = f"{x} == 0", f"{x} != 0"
        if not equal:
            sure, never = never, sure
        first, second = self._branch(value), self._branch(other)
        return f"choose({sure}, {never}, lambda: {first}, lambda: {second})"

    def _branch(self, expr: Any) -> str:
        return self.array_code(expr)


def quantities_in(cond: Any) -> bool:
    """Whether a condition depends on quantities, not only on the step."""
    return bool(cond.atoms(Indexed))


def _refused(expr: Any) -> DeclarationError:
    return DeclarationError(
        f"no enclosure of {expr} is known: besides sums, products and quotients there are abs, "
        "sign, max, min, whole and half powers, and two alternatives decided by the step or by "
        "whether a quantity is 0"
    )


_RELATIONS = {
    "Equality": "==", "Unequality": "!=", "StrictGreaterThan": ">", "GreaterThan": ">=",
    "StrictLessThan": "<", "LessThan": "<=",
}


def _alternatives(expr: Any) -> tuple[Any, Any, Any]:
    """The two values and the condition of an alternative that can be enclosed."""
    if len(expr.args) == 2 and expr.args[1].cond == S.true:
        (value, cond), (other, _) = expr.args
        left: Any = getattr(cond, "lhs", None)
        right: Any = getattr(cond, "rhs", None)
        name = type(cond).__name__
        if left == t and right.is_Integer and name in _RELATIONS:
            return value, cond, other
        if right == 0 and quantities_in(cond) and name in ("Equality", "Unequality"):
            return value, cond, other
    raise _refused(expr)


def _t_code(cond: Any) -> str:
    return f"t {_RELATIONS[type(cond).__name__]} {int(cond.rhs)}"


def _may_be_negative(expr: Any) -> bool:
    """Whether a difference stands at the top, so that rounding may turn it negative."""
    return isinstance(expr, Add) and any(
        a.could_extract_minus_sign() and a.atoms(Indexed) for a in expr.args
    )
