"""What is asked: scenario files, their schema with units and sources, and loading them."""

from scenarios.cost import Cost, check_cost, estimate
from scenarios.editor import json_schema
from scenarios.errors import Problem, ScenarioError
from scenarios.loading import (
    DEFAULT_COMPARISON,
    SHIPPED,
    Shipped,
    from_data,
    load,
    parse_set,
    shipped,
    validate_file,
)
from scenarios.schema import Scenario
from scenarios.writing import dump, new_text

__all__ = [
    "DEFAULT_COMPARISON",
    "SHIPPED",
    "Cost",
    "Problem",
    "Scenario",
    "ScenarioError",
    "Shipped",
    "check_cost",
    "dump",
    "estimate",
    "from_data",
    "json_schema",
    "load",
    "new_text",
    "parse_set",
    "shipped",
    "validate_file",
]
