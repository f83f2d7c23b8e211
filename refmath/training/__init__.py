"""Training on data: mini-batches, schedules, stopping, history, saving and resuming."""

from refmath.training.batches import Batches as Batches
from refmath.training.dataset import Dataset as Dataset
from refmath.training.files import load as load
from refmath.training.gradient import accumulated as accumulated
from refmath.training.history import History as History
from refmath.training.model import Model as Model
from refmath.training.rates import OnMetric as OnMetric
from refmath.training.stopping import Reason as Reason
from refmath.training.stopping import Stop as Stop
from refmath.training.train import Trained as Trained
from refmath.training.train import train as train

__all__ = [
    "Batches", "Dataset", "History", "Model", "OnMetric", "Reason", "Stop", "Trained",
    "accumulated", "load", "train",
]
