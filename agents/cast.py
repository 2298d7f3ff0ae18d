"""Makes the agents of a model: thin views, one for each row."""

from typing import Any

from agents.actors import KINDS
from agents.bodies import Clerk, CommandCentre, Handler
from agents.providers import ORGANISATIONS
from agents.resident import Resident


def create_agents(model: Any) -> None:
    """Make everybody. Costs about 5 microseconds each, so it is done when somebody first asks."""
    state = model.state
    for index, role in enumerate(state.roster.role.tolist()):
        KINDS[role](model, index)
    dispatching, handling = model.cases.dispatching, model.cases.handling
    kind, name = (CommandCentre, "command_centre") if dispatching.central else (Clerk, "clerk")
    for index, teams in enumerate(dispatching.desks):
        kind(model, name, index, teams)
    for name, bodies in handling.teams.items():
        for index, teams in enumerate(bodies):
            Handler(model, name, index, teams)
    for index in range(state.population.residents):
        Resident(model, index)
    for index, provider in enumerate(state.providers.are.kind.tolist()):
        if provider < len(ORGANISATIONS):  # the others are residents
            ORGANISATIONS[provider](model, index)
