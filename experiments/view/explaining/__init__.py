"""Explaining what somebody clicked at: a building, a home, a case, somebody with a role.

Each explanation is plain data in one language: a title, sentences, rows of label and value, the buildings of
a chain for the map, links to what is related. Nothing that lies after the hour asked about is told.
"""

from collections.abc import Callable
from math import ceil, isfinite
from typing import Any

from experiments.messages import LANGUAGES
from experiments.view.errors import GoneError
from experiments.view.explaining.actor import explain_actor
from experiments.view.explaining.building import explain_building
from experiments.view.explaining.case import explain_case
from experiments.view.explaining.household import explain_household
from experiments.view.explaining.moment import Moment
from experiments.view.film import Film
from scenarios.phrases import phrase

EXPLAINERS: dict[str, Callable[[Moment, int], dict[str, Any]]] = {
    "building": explain_building,
    "household": explain_household,
    "case": explain_case,
    "actor": explain_actor,
}


def explain(
    film: Film, what: str, number: int, hour: float, language: str, notice: int | None = None
) -> dict[str, Any]:
    """Explain something at an hour of a film, which is lived that far where it has not been yet.

    Args:
        film: of the run.
        what: one of EXPLAINERS.
        number: of the building, household, case or actor.
        hour: since the start.
        language: of the texts.
        notice: the notice in focus; one that is no news or does not exist is left alone.

    Raises:
        GoneError: there is no such thing, hour or language.
        RunDiedError: the model raised.
    """
    explainer = EXPLAINERS.get(what)
    spoken = next((known for known in LANGUAGES if known == language), None)
    if explainer is None or spoken is None:
        raise GoneError(
            phrase("explained are {what} in {languages}", what=tuple(EXPLAINERS), languages=LANGUAGES)
        )
    if not isfinite(hour) or not 0.0 <= hour <= 24.0 * film.scenario.days:
        raise GoneError(phrase("the run has hours 0 to {last}", last=24 * film.scenario.days))
    with film.lock:
        film.day(max(0, ceil(hour / 24.0) - 1))
        moment = Moment(film, hour, spoken, notice)
        told = explainer(moment, number)
    return {"what": what, "number": number, "hour": hour, "when": moment.when(hour), **told}
