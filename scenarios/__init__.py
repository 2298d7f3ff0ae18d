"""What is asked: scenario files, their schema with units and sources, and loading them."""

from scenarios.changing import Midway, midway, phases
from scenarios.cost import Cost, check_cost, estimate
from scenarios.editor import json_schema
from scenarios.errors import Problem, ScenarioError
from scenarios.loading import (
    DEFAULT_COMPARISON,
    SHIPPED,
    Shipped,
    from_data,
    from_text,
    load,
    parse_set,
    shipped,
    validate_file,
)
from scenarios.schema import Scenario
from scenarios.varying import changed
from scenarios.writing import dump, new_text

__all__ = [
    "DEFAULT_COMPARISON",
    "SHIPPED",
    "Cost",
    "Midway",
    "Problem",
    "Scenario",
    "ScenarioError",
    "Shipped",
    "changed",
    "check_cost",
    "dump",
    "estimate",
    "from_data",
    "from_text",
    "json_schema",
    "load",
    "midway",
    "new_text",
    "parse_set",
    "phases",
    "shipped",
    "validate_file",
]
