"""Regressions and networks with their losses."""

from refmath.objectives.models.features import feature_regression as feature_regression
from refmath.objectives.models.inception import inception as inception
from refmath.objectives.models.likelihood import gaussian_likelihood as gaussian_likelihood
from refmath.objectives.models.linear import lasso as lasso
from refmath.objectives.models.linear import least_squares as least_squares
from refmath.objectives.models.linear import ridge as ridge
from refmath.objectives.models.linear import weighted_least_squares as weighted_least_squares
from refmath.objectives.models.logistic import logistic_regression as logistic_regression
from refmath.objectives.models.networks import network_2 as network_2
from refmath.objectives.models.networks import network_3 as network_3
from refmath.objectives.models.networks import network_4 as network_4
from refmath.objectives.models.networks import network_5 as network_5
from refmath.objectives.models.networks import rectified_network as rectified_network
from refmath.objectives.models.perceptrons import one_layer_network as one_layer_network
from refmath.objectives.models.perceptrons import two_layer_network as two_layer_network
from refmath.objectives.models.softmax import softmax_regression as softmax_regression
