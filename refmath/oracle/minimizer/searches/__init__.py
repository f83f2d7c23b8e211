"""Line searches under the oracle: what they must do, their own mutants, and the score."""
