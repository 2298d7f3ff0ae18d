"""Sweeps: designs over the parameters of a scenario, each point replicated with common random numbers."""
