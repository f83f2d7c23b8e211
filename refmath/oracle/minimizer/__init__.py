"""Minimizers held against their recurrences: BFGS, L-BFGS, Newton, and their line searches."""
