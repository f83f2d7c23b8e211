"""Shared by all tests: the profiles of Hypothesis, pytest's own test helper, Keras's backend."""

import os

from hypothesis import HealthCheck, settings

# Keras chooses its backend when it is first imported; without a choice it wants TensorFlow.
os.environ.setdefault("KERAS_BACKEND", "torch")

pytest_plugins = ["pytester"]

_QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large]

settings.register_profile(
    "ci", derandomize=True, deadline=None, max_examples=60, suppress_health_check=_QUIET
)
settings.register_profile(
    "nightly", deadline=None, max_examples=2000, suppress_health_check=_QUIET
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
