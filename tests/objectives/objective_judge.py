"""Holds derivatives that someone else computed in doubles against the true ones."""

import math
from typing import Any

import numpy as np
from flint import arb
from objective_bounds import Absolute, entry, gamma
from objective_exact import Balls, precision

from refmath.tensor import Tensor
from refmath.tensor.evaluate import evaluate

Values = dict[str, Any]


def each(values: Values, function: Any) -> Values:
    """A function of every real number; class labels stay as they are."""
    out: Values = {}
    for name, value in values.items():
        array = np.asarray(value)
        if np.issubdtype(array.dtype, np.integer):
            out[name] = array
        else:
            out[name] = np.vectorize(function, otypes=[object])(array.astype(object))
    return out


class Judge:
    """Truth and allowed error of an expression's derivatives at some values.

    Args:
        forward: The expression that is differentiated.
        sizes: By name.
        values: By name; doubles, and whole numbers for class labels.
    """

    def __init__(self, forward: Tensor, sizes: dict[str, int], values: Values) -> None:
        self.sizes = sizes
        self.balls, self.entries = each(values, arb), each(values, entry)
        found = evaluate(forward, self.entries, sizes, Absolute())
        self.chain = max(entry(x).steps for x in np.asarray(found, dtype=object).flat)

    def excess(self, node: Tensor, found: Any, order: int) -> float:
        """The largest error of what was found, in units of what is allowed.

        Args:
            node: The expression, or a derivative of it.
            found: What another program has for it.
            order: 1 for values and first derivatives, 2 for second ones.
        """
        with precision():
            truth = evaluate(node, self.balls, self.sizes, Balls())
            sizes = evaluate(node, self.entries, self.sizes, Absolute())
            worst = 0.0
            for index in np.ndindex(truth.shape):
                error = abs(arb(float(found[index])) - truth[index])
                allowed = gamma(4 * order * self.chain) * entry(sizes[index]).size
                if error != 0:
                    ratio = float(abs(error).upper()) / allowed if allowed else math.inf
                    worst = max(worst, ratio)
        return worst
