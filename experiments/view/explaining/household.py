"""A home: who lives there, and for each notice who told them when, or why nobody has."""

from itertools import zip_longest
from typing import Any

import numpy as np

from experiments.view.explaining.hearing import (
    Heard,
    Notice,
    buildings_of,
    notices_at,
    source,
    teller_as,
)
from experiments.view.explaining.moment import Moment, capital, known
from experiments.view.explaining.standing import cases_at
from simulation.notices.spread import CHANNELS, NOBODY
from simulation.trails import AWAY, CLOSED

MOST_CASES = 12


def explain_household(moment: Moment, number: int) -> dict[str, Any]:
    """Who lives in a home and what they knew.

    Raises:
        GoneError: there is no such home.
    """
    people = moment.model.state.population
    known(number, people.households, "home")
    building = int(people.household_building[number])
    tellings = [_telling(moment, number, notice) for notice in notices_at(moment, building)]
    cases = [
        one for one in cases_at(moment, building) if one.case.household == number and one.found is not None
    ]
    here = [one for one in cases if one.open]
    sentences = [moment.say("household_people", people=moment.joined(_residents(moment, number)))]
    sentences.append(moment.count("household_cases", len(here)) if here else moment.say("household_no_cases"))
    links = [{"what": "building", "number": building, "text": capital(moment.building(building))}]
    links += [
        {"what": "case", "number": one.case.number, "text": moment.case(one.case)}
        for one in cases[::-1][:MOST_CASES]
    ]
    return {
        "title": capital(moment.home(number)),
        "sentences": sentences,
        "rows": [],
        "tellings": tellings,
        "chain": tellings[0]["chain"] if tellings else [],
        "building": building,
        "links": links,
    }


def _residents(moment: Moment, household: int) -> list[str]:
    first, last = moment.model.state.population.residents_from[household : household + 2].tolist()
    return [resident_words(moment, resident) for resident in range(first, last)]


def resident_words(moment: Moment, resident: int) -> str:
    """A resident by age and what makes them vulnerable."""
    people = moment.model.state.population
    marks = [moment.say("alone")] if people.alone[resident] else []
    if people.disabled[resident]:
        marks.append(moment.say("disabled"))
    age = int(people.age[resident])
    if marks:
        return moment.say("resident_marked", age=age, marks=moment.joined(marks))
    return moment.say("resident", age=age)


def _telling(moment: Moment, household: int, notice: Notice) -> dict[str, Any]:
    """How a notice came to a home, or did not."""
    first, last = moment.model.state.population.residents_from[household : household + 2].tolist()
    meant = notice.meant_for(first, last)
    heard = [one for one in map(notice.heard, range(first, last)) if one is not None]
    heard.sort(key=lambda one: (one.minute, one.channel))
    lines = [_told(moment, notice, one) for one in heard]
    missing = [resident for resident in meant.tolist() if notice.heard(resident) is None]
    if not len(meant):
        lines.append(moment.say("not_meant"))
    elif missing and heard:
        key = "others_missed" if notice.over else "others_wait"
        lines.append(moment.say(key, people=moment.joined([resident_words(moment, one) for one in missing])))
    elif missing:
        lines += _why_not(moment, household, notice, meant)
    chain = notice.chain(heard[0].resident) if heard else []
    return {
        "title": notice.title,
        "lines": lines,
        "steps": [_link(moment, notice, *pair) for pair in zip_longest(chain, chain[1:])],
        "chain": buildings_of(moment, chain),
        "people": _tellers(moment, chain),
    }


def _told(moment: Moment, notice: Notice, heard: Heard) -> str:
    after = moment.lasting(heard.minute / 60.0 - notice.issued)
    who = resident_words(moment, heard.resident)
    return moment.say("told", who=who, time=after, source=source(moment, heard))


def _link(moment: Moment, notice: Notice, heard: Heard, told: Heard | None) -> dict[str, Any]:
    """One link of a chain: who heard, from whom, how long after the issue; ``told`` is whom they told."""
    people = moment.model.state.population
    who = moment.home(int(people.household[heard.resident]))
    actor = None if told is None else teller_as(moment, told)
    if actor is not None:
        who = moment.say("of_home", who=moment.actor(actor), home=who)
    after = moment.lasting(heard.minute / 60.0 - notice.issued)
    return {
        "text": moment.say("link", who=capital(who), time=after, source=source(moment, heard)),
        "building": moment.building_of(heard.resident),
        "hour": round(heard.minute / 60.0, 3),
    }


def _tellers(moment: Moment, chain: list[Heard]) -> list[dict[str, Any]]:
    """Those with a role who told in a chain, as links."""
    actors = [teller_as(moment, heard) for heard in chain if heard.teller != NOBODY]
    return [
        {"what": "actor", "number": actor, "text": moment.actor(actor)}
        for actor in dict.fromkeys(actors)
        if actor is not None
    ]


def _why_not(moment: Moment, household: int, notice: Notice, meant: np.ndarray[Any, Any]) -> list[str]:
    """What is known of why nobody in a home knows a notice."""
    lines = [moment.say("nobody_missed" if notice.over else "nobody_yet")]
    knocked = _failed_knocks(moment, household, notice)
    if knocked:
        lines.append(moment.count("knocked", knocked))
    elif not _is_on_a_round(moment, household):
        lines.append(moment.say("no_round"))
    else:
        lines.append(moment.say("not_knocked"))
        if not _centres_know(moment, household, notice):
            lines.append(moment.say("centre_unaware"))
    model = moment.model
    chat, first, last = moment.rules().notices.group_chat, int(meant[0]), int(meant[-1]) + 1
    if chat.on and not model.notices.chat_members(first, last, chat.member)[meant - first].any():
        lines.append(moment.say("not_in_chat"))
    return lines


def _failed_knocks(moment: Moment, household: int, notice: Notice) -> int:
    """Times since the issue that somebody stood before a closed door."""
    until = min(moment.minute, 60.0 * notice.ends)
    people = moment.model.state.population
    first, last = people.residents_from[household : household + 2].tolist()
    count = 0
    for day in moment.film.days[int(notice.issued // 24.0) : moment.day + 1]:
        minute, kind, place = day.steps[:, 1], day.steps[:, 2], day.steps[:, 3]
        closed = (kind == CLOSED) & (place == household)
        away = (kind == AWAY) & (place >= first) & (place < last)
        count += int(np.count_nonzero((closed | away) & (minute >= 60.0 * notice.issued) & (minute < until)))
    return count


def _is_on_a_round(moment: Moment, household: int) -> bool:
    """Whether anybody goes from door to door with notices here."""
    model = moment.model
    asked = moment.rules()
    switches = asked.mechanisms
    if switches.patrol and asked.patrol.knocks:
        return True
    building = int(model.state.population.household_building[household])
    return switches.tiers and asked.notices.doors.on and bool(_centres(moment, building))


def _centres(moment: Moment, building: int) -> range:
    """Centre households of a building, as places in the organisation."""
    organisation = moment.model.state.organisation
    return range(*organisation.centres_from[building : building + 2].tolist())


def _centres_know(moment: Moment, household: int, notice: Notice) -> bool:
    """Whether somebody of the building's centre households knows a notice; true where there is none."""
    building = int(moment.model.state.population.household_building[household])
    residents = moment.model.state.organisation.centre_resident
    centres = _centres(moment, building)
    return not centres or any(notice.heard(int(residents[one])) is not None for one in centres)


def channel_counts(heard: list[Heard]) -> dict[str, int]:
    """How many heard by each channel, the most frequent first."""
    counts = {name: sum(one.channel == place for one in heard) for place, name in enumerate(CHANNELS)}
    return dict(sorted(((name, n) for name, n in counts.items() if n), key=lambda item: -item[1]))
