"""Line searches: each a function from values and slopes along a direction to a step length."""

from .armijo import armijo as armijo
from .exact import exact as exact
from .more_thuente import more_thuente as more_thuente
from .record import LineSearch as LineSearch
from .record import Reason as Reason
from .strong_wolfe import strong_wolfe as strong_wolfe
from .weak_wolfe import weak_wolfe as weak_wolfe

__all__ = [
    "LineSearch",
    "Reason",
    "armijo",
    "exact",
    "more_thuente",
    "strong_wolfe",
    "weak_wolfe",
]
