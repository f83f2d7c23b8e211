"""Sums and elementwise functions in their normal form.

Like terms are collected, and what all of them have in common stands in front.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

from sympy import Add, Integer, Mul, Pow, S, gcd_terms, prime

from refmath.tensor import contract
from refmath.tensor.functions import check_scalar, where
from refmath.tensor.node import Map, Product, Sum, Tensor, placeholder
from refmath.tensor.sizes import Size

__all__ = ["add", "elementwise"]

_FIRST = 1000
"""Names of placeholders are put in order as text, so all of them have as many digits."""


def add(terms: Iterable[Tensor], shape: Sequence[Size]) -> Tensor:
    """The sum of tensors of one shape."""
    pending = [(S.One, x) for x in terms]
    if len(pending) == 1:
        return pending[0][1]
    collected: dict[Tensor, Any] = {}
    while pending:
        factor, node = pending.pop()
        scalar, core = contract.split(node)
        if isinstance(core, Sum):
            pending += [(factor * scalar, child) for child in core.children]
        else:
            collected[core] = collected.get(core, S.Zero) + factor * scalar
    kept = {core: contract.tidy(c) for core, c in collected.items() if not _vanishes(c)}
    functions = _to_merge(list(kept))
    rest = [contract.scaled(c, k) for k, c in kept.items() if k not in functions]
    if not functions:
        return _sum_of(rest, shape)
    whole = Add(*(kept[k] * placeholder(i) for i, k in enumerate(functions)))
    return add([*rest, elementwise(whole, functions)], shape)


def _to_merge(cores: list[Tensor]) -> list[Tensor]:
    """The functions and the constant among unlike terms, if some of them belong together.

    Functions of a common tensor do. A constant belongs to a function that is the only one.
    """
    functions = [x for x in cores if isinstance(x, Map)]
    constants = [x for x in cores if contract.is_constant(x)]
    if len(functions) < 2:
        return [*functions, *constants] if functions and constants else []
    used = [c for x in functions for c in x.children]
    mixed = any(isinstance(x.expr, Add) and any(
        not a.free_symbols.intersection(map(placeholder, range(len(x.children))))
        for a in x.expr.args) for x in functions)
    return [*functions, *constants] if mixed or len(set(used)) < len(used) else []


def _vanishes(scalar: Any) -> bool:
    if not isinstance(scalar, Add):
        return bool(scalar == 0)
    symbols = sorted(scalar.free_symbols, key=str)
    value = scalar.xreplace({s: Integer(prime(i + 3)) for i, s in enumerate(symbols)})
    if value.is_Rational and value != 0:  # to multiply out large powers would take long
        return False
    return bool(gcd_terms(scalar) == 0 or scalar.expand() == 0)


def _sum_of(terms: list[Tensor], shape: Sequence[Size]) -> Tensor:
    """The sum of unlike terms, with what their coefficients have in common in front."""
    if not terms:
        return contract.constant(0, shape)
    if len(terms) == 1:
        return terms[0]
    if alike := _broadcast_axes(terms):
        return _widened_sum(terms, tuple(shape), alike)
    pairs = sorted((contract.split(x) for x in terms), key=lambda pair: _order(pair[1]))
    common = _common([c for c, _ in pairs])
    if (pairs[0][0] / common).could_extract_minus_sign():  # a - b, and b - a as its negative
        common = -common
    children = tuple(contract.scaled(c / common, core) for c, core in pairs)
    whole = Sum(tuple(shape), children)
    return whole if common == 1 else contract.scaled(common, whole)


def _broadcast_axes(terms: Sequence[Tensor]) -> set[int]:
    """The axes along which no term changes."""
    alike = set(range(terms[0].rank))
    for x in terms:
        if not alike or not isinstance(x, Product):
            return set()
        alike.difference_update(*x.labels)
    return alike


def _widened_sum(terms: Sequence[Tensor], shape: tuple[Size, ...], alike: set[int]) -> Tensor:
    """The sum of terms without the axes along which they are all alike, broadcast again."""
    kept = [i for i in range(len(shape)) if i not in alike]
    narrow = []
    for x in terms:
        assert isinstance(x, Product), x
        sizes = dict(enumerate(x.sizes))
        narrow.append(contract.product(x.coefficient, x.factors, kept, sizes))
    inner = add(narrow, [shape[i] for i in kept])
    return contract.product(1, [(inner, tuple(kept))], range(len(shape)), dict(enumerate(shape)))


def _order(core: Tensor) -> tuple[Any, ...]:
    count = len(core.children) if isinstance(core, Product) else 1
    return contract.is_constant(core), -count, core.key


def _common(scalars: list[Any]) -> Any:
    """What all coefficients contain: the rational content, and powers of symbols."""
    numbers, powers = [], []
    for scalar in scalars:
        whole = isinstance(scalar, Add)
        number, rest = scalar.primitive() if whole else scalar.as_coeff_Mul()
        if not number.is_Rational:
            number, rest = S.One, scalar
        numbers.append(number)
        powers.append(dict(rest.as_powers_dict()))
    upper = reduce(lambda a, b: a.gcd(b), (Integer(n.p) for n in numbers))
    lower = reduce(lambda a, b: a.lcm(b), (Integer(n.q) for n in numbers))
    common = abs(upper) / lower
    for base in powers[0]:
        exponents: list[Any] = [p.get(base, S.Zero) for p in powers]
        if base == 1 or not all(e.is_Rational for e in exponents):
            continue
        least = min(exponents) if all(e > 0 for e in exponents) else (
            max(exponents) if all(e < 0 for e in exponents) else S.Zero
        )
        common *= base**least
    return common


def elementwise(expr: Any, arguments: Sequence[Tensor]) -> Tensor:
    """A scalar function of tensors of one shape, elementwise.

    Args:
        expr: A SymPy expression in ``placeholder(0)``, ..., ``placeholder(k - 1)``.
        arguments: k tensors of one shape.
    """
    atoms: dict[Tensor, Any] = {}
    whole = expr.has(where)
    change = {placeholder(i): _inlined(a, atoms, whole) for i, a in enumerate(arguments)}
    full = check_scalar(expr).xreplace(change)
    back = {placeholder(_FIRST + i): x for i, x in enumerate(sorted(atoms, key=lambda x: x.key))}
    full = full.xreplace({atoms[x]: s for s, x in back.items()})  # SymPy's order is that of names
    return _mapped(check_scalar(full), back, arguments[0].shape)  # constants may not fit: log(0)


def _inlined(node: Tensor, atoms: dict[Tensor, Any], whole: bool) -> Any:
    """A node as a scalar expression in symbols that stand for tensors.

    Args:
        node: The node.
        atoms: The symbols; it is added to.
        whole: Whether elementwise products, and sums of functions of different tensors, are
            written out too: the derivative of a branch that is not taken must not be left over
            as a factor, for it may be infinite.
    """
    scalar, core = contract.split(node)
    if contract.is_constant(core):
        return scalar
    if isinstance(core, Map):
        own = {placeholder(i): _symbol(child, atoms) for i, child in enumerate(core.children)}
        return scalar * core.expr.xreplace(own)
    if isinstance(core, Sum) and _is_one_function(core, whole):
        return scalar * Add(*(_inlined(x, atoms, whole) for x in core.children))
    if whole and isinstance(core, Product) and len(core.sizes) == core.rank:
        return scalar * Mul(*(_spread(x, inner, core, atoms) for x, inner in core.factors))
    return scalar * _symbol(core, atoms)


def _is_one_function(node: Sum, whole: bool) -> bool:
    """Whether a sum contains functions, and unless it is taken whole all of common tensors."""
    cores = [contract.split(x)[1] for x in node.children]
    functions = [x for x in cores if isinstance(x, Map) or contract.is_constant(x)]
    if whole or not functions:
        return bool(functions)
    used = [set(x.children) if isinstance(x, Map) else {x} for x in cores
            if not contract.is_constant(x)]
    joined = used.pop()
    while near := [x for x in used if x & joined]:
        used = [x for x in used if not x & joined]
        joined = joined.union(*near)
    return not used


def _spread(
    node: Tensor, labels: tuple[int, ...], product: Product, atoms: dict[Tensor, Any]
) -> Any:
    """A factor of an elementwise product, broadcast to its shape, as a scalar expression."""
    if labels == tuple(range(product.rank)):
        return _inlined(node, atoms, True)
    sizes = dict(enumerate(product.sizes))

    def wide(x: Tensor) -> Any:
        return _symbol(contract.product(1, [(x, labels)], range(product.rank), sizes), atoms)

    if not isinstance(node, Map):
        return wide(node)
    return node.expr.xreplace({placeholder(i): wide(x) for i, x in enumerate(node.children)})


def _symbol(node: Tensor, atoms: dict[Tensor, Any]) -> Any:
    if node not in atoms:
        atoms[node] = placeholder(_FIRST + len(atoms))
    return atoms[node]


def _mapped(expr: Any, back: Mapping[Any, Tensor], shape: tuple[Size, ...]) -> Tensor:
    """The normal form of a scalar expression in symbols that stand for tensors."""
    symbols = set(back) & expr.free_symbols
    if isinstance(expr, Add) and symbols:
        expr = _collected(expr, symbols)
        symbols &= expr.free_symbols
    if not symbols:
        return contract.constant(contract.tidy(expr), shape)
    if isinstance(expr, Add):
        parts = _apart(expr, symbols)
        if len(parts) > 1:
            return add([_mapped(x, back, shape) for x in parts], shape)
    scalar, rest = expr.as_independent(*symbols, as_Add=False)
    groups = _groups(Mul.make_args(rest), symbols)
    if len(groups) > 1:
        labels = tuple(range(len(shape)))
        factors = [(_mapped(Mul(*g), back, shape), labels) for g in groups]
        return contract.product(scalar, factors, labels, dict(enumerate(shape)))
    if rest in back:
        return contract.scaled(scalar, back[rest])
    common, primitive = _without_common(rest, symbols)
    node = _as_map(primitive, back, shape)
    return node if scalar * common == 1 else contract.scaled(scalar * common, node)


def _collected(expr: Any, symbols: set[Any]) -> Any:
    """A sum with every function in it once, scalars multiplied out."""
    found: dict[Any, Any] = {}
    pending = [(S.One, expr)]
    while pending:
        factor, term = pending.pop()
        scalar, rest = term.as_independent(*symbols, as_Add=False)
        if isinstance(rest, Add):
            pending += [(factor * scalar, x) for x in rest.args]
        else:
            common, rest = _without_common(rest, symbols)
            found[rest] = found.get(rest, S.Zero) + factor * scalar * common
    return Add(*(contract.tidy(c) * x for x, c in found.items() if not _vanishes(c)))


def _without_common(expr: Any, symbols: set[Any]) -> tuple[Any, Any]:
    """What the terms of every sum among its factors have in common, their sign too; the rest."""
    if isinstance(expr, Mul):
        found = [_without_common(x, symbols) for x in expr.args]
        return Mul(*(c for c, _ in found)), Mul(*(x for _, x in found))
    if isinstance(expr, Pow) and isinstance(expr.base, Add) and isinstance(expr.exp, Integer):
        common, rest = _without_common(expr.base, symbols)
        return common**expr.exp, rest**expr.exp
    if not isinstance(expr, Add):
        return S.One, expr
    number, rest = expr.as_content_primitive()
    pairs = [term.as_independent(*symbols, as_Add=False) for term in Add.make_args(rest)]
    common = _common([c for c, _ in pairs])
    fixed = Add(*(c for c, x in pairs if x == 1))
    if (fixed / common if fixed else rest).could_extract_minus_sign():
        common = -common
    return number * common, Add(*(c / common * x for c, x in pairs))


def _apart(expr: Any, symbols: set[Any]) -> list[Any]:
    """Terms that are scalars times a tensor, functions of different tensors, and the constant.

    Functions of common tensors stay together; so does the constant with the only function.
    """
    bare: list[Any] = []
    fixed: list[Any] = []
    functions: list[Any] = []
    for term in expr.args:
        _, rest = term.as_independent(*symbols, as_Add=False)
        (bare if rest in symbols else functions if rest != 1 else fixed).append(term)
    groups = _groups(functions, symbols)
    if len(groups) == 1:
        return [*bare, Add(*functions, *fixed)]
    return [*bare, *(Add(*g) for g in groups), *([Add(*fixed)] if fixed else [])]


def _groups(factors: Sequence[Any], symbols: set[Any]) -> list[list[Any]]:
    """Factors grouped by the tensors they depend on."""
    groups: list[tuple[set[Any], list[Any]]] = []
    for factor in factors:
        used = factor.free_symbols & symbols
        mine: tuple[set[Any], list[Any]] = (used, [factor])
        rest = []
        for group in groups:
            if group[0] & used:
                mine = (mine[0] | group[0], [*group[1], *mine[1]])
            else:
                rest.append(group)
        groups = [*rest, mine]
    return [members for _, members in groups]


def _as_map(expr: Any, back: Mapping[Any, Tensor], shape: tuple[Size, ...]) -> Tensor:
    used = sorted((s for s in back if s in expr.free_symbols), key=lambda s: back[s].key)
    change = {s: placeholder(i) for i, s in enumerate(used)}
    return Map(shape, tuple(back[s] for s in used), expr.xreplace(change))
