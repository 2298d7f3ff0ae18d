"""A city: streets with their own settings, each run by itself, and their results put together."""
