"""A building: how it is informed and satisfied, what is open, who is responsible, and its homes."""

import json
from gzip import decompress
from typing import Any

import numpy as np

from experiments.messages import say
from experiments.view.explaining.hearing import Notice, notices_at
from experiments.view.explaining.household import channel_counts
from experiments.view.explaining.moment import Moment, capital, known
from experiments.view.explaining.standing import Standing, cases_at

MOST_CASES = 12


def explain_building(moment: Moment, number: int) -> dict[str, Any]:
    """How things stood in a building.

    Raises:
        GoneError: there is no such building.
    """
    people = moment.model.state.population
    known(number, people.buildings, "building")
    first, last = people.in_building(number)
    homes = int(people.households_from[number + 1] - people.households_from[number])
    cases = [one for one in cases_at(moment, number) if one.open]
    notices = notices_at(moment, number)
    unmet = _unmet(moment, first, last)
    floors = int(people.floors[number])
    text = moment.say("building_people", residents=last - first, homes=homes, floors=floors)
    sentences = [text, *(_informed(moment, notice, first, last) for notice in notices[:1])]
    sentences.append(moment.count("building_cases", len(cases)) if cases else moment.say("building_no_cases"))
    if unmet:
        sentences.append(moment.count("building_unmet", unmet))
    rows = [[notice.title, _share(moment, notice, first, last)] for notice in notices]
    rows.append([moment.say("satisfaction"), f"{_satisfaction(moment, number):.0f}"])
    return {
        "title": capital(moment.building(number)),
        "sentences": sentences,
        "rows": rows,
        "homes": _homes(moment, number, notices[0] if notices else None, cases),
        "chain": [],
        "building": number,
        "links": [*_responsible(moment, number), *_case_links(moment, cases)],
    }


def _informed(moment: Moment, notice: Notice, first: int, last: int) -> str:
    """How many know a notice, and by which way most of them heard."""
    meant = notice.meant_for(first, last).tolist()
    heard = [one for one in map(notice.heard, meant) if one is not None]
    if not meant:
        return moment.say("building_not_meant", n=notice.number + 1)
    text = moment.say("building_informed", n=notice.number + 1, known=len(heard), audience=len(meant))
    ways = channel_counts(heard)
    if not ways:
        return text
    way, count = next(iter(ways.items()))
    return moment.say(
        "two_sentences", one=text, other=moment.say("building_way", n=count, way=moment.say(f"way_{way}"))
    )


def _share(moment: Moment, notice: Notice, first: int, last: int) -> str:
    meant = notice.meant_for(first, last)
    if not len(meant):
        return moment.say("not_meant_short")
    known_by = notice.knows(meant)
    return moment.say(
        "share", share=round(100.0 * float(known_by.mean())), known=int(known_by.sum()), audience=len(meant)
    )


def _satisfaction(moment: Moment, building: int) -> float:
    """Mean satisfaction of the residents on the last evening that has passed."""
    evenings = moment.days_over
    day = evenings[-1] if evenings else moment.film.day(0)
    return float(json.loads(decompress(day.reel))["satisfaction"][1 if evenings else 0][building])


def _unmet(moment: Moment, first: int, last: int) -> int:
    """Needs of vulnerable residents that wait now."""
    needs = moment.model.ledger.needs
    fades = moment.rules().ledger.needs.fades
    waiting = (needs.arose < moment.hour) & (needs.arose + fades > moment.hour)
    waiting &= (needs.resident >= first) & (needs.resident < last) & (needs.met >= moment.hour)
    return int(np.count_nonzero(waiting))


def _homes(moment: Moment, building: int, notice: Notice | None, cases: list[Standing]) -> dict[str, Any]:
    """The homes in order, and how many of them to draw side by side; informed is None where nobody counts."""
    people = moment.model.state.population
    first, last = people.households_from[building : building + 2].tolist()
    troubled = {one.case.household for one in cases if not one.case.common}
    homes = []
    for home in range(first, last):
        start, end = people.residents_from[home : home + 2].tolist()
        meant = notice.meant_for(start, end) if notice is not None else np.zeros(0, dtype=np.int64)
        informed = float(notice.knows(meant).mean()) if notice is not None and len(meant) else None
        homes.append(
            {
                "number": home,
                "informed": None if informed is None else round(informed, 3),
                "open": home in troubled,
                "vulnerable": bool(people.vulnerable[start:end].any()),
            }
        )
    floors = max(1, int(people.floors[building]))
    return {"across": max(1, -(-len(homes) // floors)), "homes": homes}


def _responsible(moment: Moment, building: int) -> list[dict[str, Any]]:
    """Those with a role for a building, as links."""
    state = moment.model.state
    organisation, roster, switches = state.organisation, state.roster, moment.rules().mechanisms
    actors: list[int] = []
    if switches.tiers:
        group = int(organisation.building_group[building])
        if organisation.group_leader[group] >= 0:
            actors.append(roster.leaders + group)
        centres = organisation.centres_from[building : building + 2].tolist()
        actors += [roster.centres + centre for centre in range(*centres)]
    if switches.patrol:
        homes = slice(*state.population.households_from[building : building + 2].tolist())
        grids = np.unique(organisation.household_grid[homes])
        actors += (roster.workers + np.flatnonzero(np.isin(organisation.worker_grid, grids))).tolist()
    return [{"what": "actor", "number": actor, "text": moment.actor(actor)} for actor in actors]


def _case_links(moment: Moment, cases: list[Standing]) -> list[dict[str, Any]]:
    links = []
    for one in cases[::-1][:MOST_CASES]:
        state = say(f"view_state_{one.state}", moment.language)
        tip = say(
            "view_case_tip", moment.language, n=one.case.number, kind=moment.kind(one.case), state=state
        )
        links.append({"what": "case", "number": one.case.number, "text": tip})
    return links
