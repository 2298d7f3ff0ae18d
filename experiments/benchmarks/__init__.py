"""Benchmarks: each is run by hand, prints what it measured, and asserts nothing."""
