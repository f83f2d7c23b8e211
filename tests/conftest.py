"""Shared by all tests: the profiles of Hypothesis, pytest's own test helper, Keras's backend."""

import os

from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

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
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "ci")
settings.load_profile(PROFILE)

if PROFILE == "ci":
    # Hypothesis draws from the constants in the modules that are loaded, derandomized or not. Which
    # these are depends on the tests that a worker happened to run before; a run could not be
    # repeated.
    assert callable(providers.is_local_module_file)
    providers.is_local_module_file = lambda path: False
