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
    central = {rules.mechanisms.command_centre for rules in model.phases.values()}
    for index, teams in enumerate(dispatching.command if True in central else ()):
        CommandCentre(model, "command_centre", index, teams)
    for index, teams in enumerate(dispatching.clerks if False in central else ()):
        Clerk(model, "clerk", index, teams)
    for name, bodies in handling.teams.items():
        for index, teams in enumerate(bodies):
            Handler(model, name, index, teams)
    for index in range(state.population.residents):
        Resident(model, index)
    for index, provider in enumerate(state.providers.are.kind.tolist()):
        if provider < len(ORGANISATIONS):  # the others are residents
            ORGANISATIONS[provider](model, index)
