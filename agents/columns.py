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
    """An attribute that is the agent's row of one column of the model's state.

    Args:
        path: dotted path of the column below ``model.state``, such as ``population.age``.
        kind: plain type of the value.
        settable: whether what is assigned is written to the column; without, assigning is an error.
    """

    def __init__(self, path: str, kind: Callable[[Any], T], *, settable: bool = False) -> None:
        self._path = path.split(".")
        self._kind = kind
        self._settable = settable

    def __get__(self, agent: View, owner: type[View]) -> T:
        """The agent's value."""
        value: T = self._kind(self._table(agent)[agent.index])
        return value

    def __set__(self, agent: View, value: T) -> None:
        """Write the agent's value; everybody who reads the column sees it."""
        if not self._settable:
            raise AttributeError(f"{'.'.join(self._path)} of {type(agent).__name__} can only be read")
        self._table(agent)[agent.index] = value

    def _table(self, agent: View) -> Any:
        table = agent.model.state
        for name in self._path:
            table = getattr(table, name)
        return table
