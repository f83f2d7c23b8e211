"""Keras chooses its backend when it is first imported; without a choice it wants TensorFlow."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")
