"""Tensor expressions as formulas: matrix notation where there is one, else index notation."""
