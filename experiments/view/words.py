"""The page's words in both languages: messages whose key begins with ``view_``, and those of charts."""

from functools import cache

from experiments.messages import messages
from simulation.results.metrics import METRICS

PREFIXES = ("view_", "unit_", "cause_", "activity_", "role_", "category_")


@cache
def words() -> dict[str, dict[str, dict[str, str]]]:
    """Texts by key, then by language; and the metrics' labels."""
    texts = {key: text for key, text in messages().items() if key.startswith(PREFIXES)}
    metrics = {name: {"en": metric.en, "zh": metric.zh} for name, metric in METRICS.items()}
    return {"texts": texts, "metrics": metrics}
