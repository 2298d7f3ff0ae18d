"""Calibrating to a log of real cases: reading it, fitting, checking the fit, writing the scenario."""
