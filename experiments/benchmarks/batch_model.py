"""A model for Mesa's batch_run, apart from the benchmark so that only that engine loads Mesa for it."""

from typing import Any

import mesa

from experiments.benchmarks.small_run import live


class BatchModel(mesa.Model):  # type: ignore[misc] # Mesa ships no types
    """A Mesa model whose only step is a whole run."""

    def __init__(self, rng: Any = None) -> None:
        super().__init__(rng=rng)
        self.asked = rng
        self.spent = 0.0
        self.datacollector = mesa.DataCollector(model_reporters={"spent": "spent"})

    def step(self) -> None:
        """Live the run."""
        self.spent = live(int(self.asked))
        self.datacollector.collect(self)
        self.running = False
