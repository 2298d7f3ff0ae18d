"""Doing runs: one run as a task, and what does many of them at once."""
