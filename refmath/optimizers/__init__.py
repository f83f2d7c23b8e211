"""Hand-written optimizers on NumPy arrays: update rules, and minimizers with line searches.

Update rules work in place, block by block, one class per rule. Importing all of
them loads NumPy and the standard library only.
"""

from .adadelta import Adadelta as Adadelta
from .adagrad import AdaGrad as AdaGrad
from .adam import Adam as Adam
from .adam import AdamW as AdamW
from .adam import AMSGrad as AMSGrad
from .adamax import AdaMax as AdaMax
from .base import Optimizer as Optimizer
from .gradient_descent import SGD as SGD
from .gradient_descent import GradientDescent as GradientDescent
from .minimize import BFGS as BFGS
from .minimize import LBFGS as LBFGS
from .minimize import Newton as Newton
from .momentum import Momentum as Momentum
from .nadam import NAdam as NAdam
from .nesterov import Nesterov as Nesterov
from .rmsprop import RMSProp as RMSProp

__all__ = [
    "BFGS",
    "LBFGS",
    "SGD",
    "AMSGrad",
    "AdaGrad",
    "AdaMax",
    "Adadelta",
    "Adam",
    "AdamW",
    "GradientDescent",
    "Momentum",
    "NAdam",
    "Nesterov",
    "Newton",
    "Optimizer",
    "RMSProp",
]
