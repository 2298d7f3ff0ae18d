"""What the tables of a run are called, for whoever only names them: nothing is loaded for it."""

TABLES = (
    "notices",
    "reach",
    "cases",
    "timeline",
    "work",
    "visits",
    "ledger",
    "needs",
    "projects",
    "council",
    "resources",
    "lists",
    "bundles",
    "satisfaction",
    "appraisals",
    "board",
    "honours",
    "willingness",
    "buildings",
    "grids",
    "categories",
    "warnings",
)
"""Names of the tables of a run, beside ``spread``, which only a traced one has."""
