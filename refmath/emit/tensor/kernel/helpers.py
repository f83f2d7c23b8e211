"""The functions that a kernel's source defines for itself, and those of NumPy and SciPy."""

from typing import Any

from sympy import Symbol, exp

from refmath.emit.tensor.kernel.stable import FORMS, x

__all__ = ["HELPERS", "IMPORTS", "RENAMED", "UFUNCS", "form_source", "source_of"]

UFUNCS = {
    "abs": "np.abs", "acos": "np.arccos", "acosh": "np.arccosh", "asin": "np.arcsin",
    "asinh": "np.arcsinh", "atan": "np.arctan", "atan2": "np.arctan2", "atanh": "np.arctanh",
    "cos": "np.cos", "cosh": "np.cosh", "exp": "np.exp", "expm1": "np.expm1", "log": "np.log",
    "log1p": "np.log1p", "maximum": "np.maximum", "minimum": "np.minimum", "norm_root": "np.sqrt",
    "sign": "np.sign", "sin": "np.sin", "sinh": "np.sinh", "sqrt": "np.sqrt", "tan": "np.tan",
    "tanh": "np.tanh",
}
"""NumPy's functions of every entry."""

IMPORTS = {
    "erf": "from scipy.special import erf",
    "erfc": "from scipy.special import erfc",
    "sliding_window_view": "from numpy.lib.stride_tricks import sliding_window_view",
}
"""What else is imported, by the name that is used."""

RENAMED = {"erf_rest": "erfc"}
"""SciPy's names of functions."""

_WRITTEN = {
    "inverse_root": '''def inverse_root(x):
    return np.where(x == 0, 0, 1/np.sqrt(np.where(x == 0, 1, x)))
''',
    "inverse_norm": '''def inverse_norm(x):
    return np.where(x == 0, 0, 1/np.where(x == 0, 1, x))
''',
    "norm": '''def norm(x, axis=None):
    top = np.max(np.abs(x), axis=axis, keepdims=True, initial=0)
    unit = np.where((top == 0) | (top == np.inf), 1, top)
    return np.squeeze(unit, axis)*np.sqrt(np.sum((x/unit)**2, axis=axis))
''',
    "where": '''def where(test, one, other):
    return np.where(np.isnan(test), np.nan, np.where(test > 0, one, other))
''',
    "inverse": '''def inverse(A):
    wide = A.astype(np.result_type(A, np.float32), copy=False)
    return np.linalg.inv(wide).astype(A.dtype, copy=False)
''',
    "solve": '''def solve(A, b):
    wide = np.result_type(A, np.float32)
    x = np.linalg.solve(A.astype(wide, copy=False), b.astype(wide, copy=False))
    return x.astype(A.dtype, copy=False)
''',
    "logdet": '''def logdet(A):
    wide = A.astype(np.result_type(A, np.float32), copy=False)
    return np.linalg.slogdet(wide)[1].astype(A.dtype, copy=False)
''',
}
"""Helpers that are not the form of a scalar function."""


def form_source(function: Any) -> str:
    """The helper that computes a function by its form in ``stable.FORMS``."""
    from refmath.emit.tensor.kernel.text import ScalarText

    shown = ScalarText({x: "x", _SHARED: "e"}, arrays=True)
    form = FORMS[function]
    lines = [f"def {function.__name__}(x):"]
    (power,) = form.atoms(exp)
    if form.count(power) > 1:
        lines.append(f"    e = {shown(power)}")
        form = form.xreplace({power: _SHARED})
    lines.append(f"    return {shown(form)}")
    return "\n".join(lines) + "\n"


_SHARED = Symbol("e", real=True)
HELPERS = frozenset({*_WRITTEN, *(f.__name__ for f in FORMS)})
"""The names of all helpers."""


def source_of(name: str) -> str:
    """The source of a helper."""
    if name in _WRITTEN:
        return _WRITTEN[name]
    return form_source(next(f for f in FORMS if f.__name__ == name))
