"""What lets an agent be a thin view on the columns of a table."""

from collections.abc import Callable
from typing import Any

from mesa import Agent


class View(Agent):
    """An agent that is one row of a table; it holds its row's number and nothing else.

    Attributes:
        index: row in the table.
    """

    def __init__(self, model: Any, index: int) -> None:
        super().__init__(model)
        self.index = index


class Column[T]:
    """An attribute that reads the agent's row of one column of the model's state.

    Args:
        path: dotted path of the column below ``model.state``, such as ``population.age``.
        kind: plain type of the value.
    """

    def __init__(self, path: str, kind: Callable[[Any], T]) -> None:
        self._path = path.split(".")
        self._kind = kind

    def __get__(self, agent: View, owner: type[View]) -> T:
        """The agent's value."""
        table = agent.model.state
        for name in self._path:
            table = getattr(table, name)
        value: T = self._kind(table[agent.index])
        return value
