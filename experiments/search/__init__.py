"""Search: the settings on the trade-off between a few outcomes, found by NSGA-II."""
