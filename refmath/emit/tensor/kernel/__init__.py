"""NumPy kernels of tensor expressions: planned, printed as readable source, compiled."""
