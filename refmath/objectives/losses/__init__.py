"""Loss functions of predictions and targets."""

from refmath.objectives.losses.absolute import absolute_error as absolute_error
from refmath.objectives.losses.binary_cross_entropy import (
    binary_cross_entropy as binary_cross_entropy,
)
from refmath.objectives.losses.cross_entropy import cross_entropy as cross_entropy
from refmath.objectives.losses.distance import distance as distance
from refmath.objectives.losses.gaussian import gaussian_density as gaussian_density
from refmath.objectives.losses.gaussian import gaussian_nll as gaussian_nll
from refmath.objectives.losses.hinge import hinge as hinge
from refmath.objectives.losses.hinge import squared_hinge as squared_hinge
from refmath.objectives.losses.huber import huber as huber
from refmath.objectives.losses.huber import smooth_l1 as smooth_l1
from refmath.objectives.losses.kl_divergence import kl_divergence as kl_divergence
from refmath.objectives.losses.logistic import logistic_loss as logistic_loss
from refmath.objectives.losses.multiclass_hinge import crammer_singer as crammer_singer
from refmath.objectives.losses.multiclass_hinge import weston_watkins as weston_watkins
from refmath.objectives.losses.penalties import elastic_net_penalty as elastic_net_penalty
from refmath.objectives.losses.penalties import lasso_penalty as lasso_penalty
from refmath.objectives.losses.penalties import norm_penalty as norm_penalty
from refmath.objectives.losses.penalties import ridge_penalty as ridge_penalty
from refmath.objectives.losses.squared import squared_error as squared_error
