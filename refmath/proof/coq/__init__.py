"""Coq as a second checker: statements are printed from declarations, and its kernel decides."""
