"""Rounds of the day: who walks where, in which order of time."""
