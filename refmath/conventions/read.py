"""The conventions that were read in source: these frameworks are not run here."""

from refmath.conventions import read_arrays, read_ports, read_tensorflow

ALL = (*read_tensorflow.ALL, *read_arrays.ALL, *read_ports.ALL)
