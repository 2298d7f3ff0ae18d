"""Somebody with a role: what they have done today so far, and the account of the last day that is over."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.working_time import ACTIVITIES, ROLES
from experiments.messages import say
from experiments.view.explaining.moment import Moment, capital, known
from experiments.view.reel import Day
from simulation.community.roster import minutes_of
from simulation.notices.spread import HOUSEHOLD, NEIGHBOUR
from simulation.trails import ASKED, AWAY, CLOSED, HELD, LOOKED, MET, NOT_ASKED, OPENED, PLACES

DONE = (
    ("looked", (LOOKED,)),
    ("met", (MET,)),
    ("knocked", (OPENED, CLOSED)),
    ("closed", (CLOSED,)),
    ("held", (HELD,)),
    ("away", (AWAY,)),
    ("asked", (ASKED,)),
    ("not_asked", (NOT_ASKED,)),
)
"""What can be counted from steps, in the order of telling."""
WALKS = ("centre_household", "full_time", "part_time", "paired_member")
"""Roles that make rounds."""
MOST_CASES = 12


def explain_actor(moment: Moment, number: int) -> dict[str, Any]:
    """What somebody with a role did and left undone.

    Raises:
        GoneError: there is nobody of that number.
    """
    model = moment.model
    known(number, len(model.state.roster.role), "person with a role")
    steps = _steps(moment.film.days[moment.day], number)
    steps = steps[steps[:, 1] < moment.minute]
    ended = len(moment.days_over)
    sentences: list[str] = []
    rows: list[list[str]] = []
    if ended <= moment.day:
        sentences.append(_so_far(moment, number, steps))
    account = _last_on_duty(moment, number, ended)
    if account is not None:
        text, rows = _account(moment, number, account)
        sentences += text
    return {
        "title": moment.actor(number),
        "sentences": sentences,
        "rows": rows,
        "rows_title": moment.say("account_title", day=account + 1) if account is not None else "",
        "chain": _path(moment, steps),
        "building": _home(moment, number),
        "links": _links(moment, number),
    }


def _steps(day: Day, actor: int) -> NDArray[np.int32]:
    """An actor's steps of a day, in order of time."""
    mine: NDArray[np.int32] = day.steps[day.steps[:, 0] == actor]
    return mine


def _budget(moment: Moment, actor: int, day: int) -> float:
    """Minutes that the role gives on a day."""
    state = moment.model.state
    workday, restday = minutes_of(moment.rules(day), state.roster, state.organisation)
    return float((workday if state.calendar.working[day] else restday)[actor])


def _last_on_duty(moment: Moment, actor: int, ended: int) -> int | None:
    """The last of ``ended`` days on which somebody had minutes, if one of the last seven."""
    days = range(ended - 1, max(-1, ended - 8), -1)
    return next((day for day in days if _budget(moment, actor, day) > 0.0), None)


def _so_far(moment: Moment, actor: int, steps: NDArray[np.int32]) -> str:
    """What was done today until now."""
    budget = _budget(moment, actor, moment.day)
    who, day = moment.actor(actor), moment.day + 1
    if budget <= 0.0:
        return moment.say("today_off", who=who, day=day)
    done = [*_counted(moment, steps), *_told_and_found(moment, actor, 1440.0 * moment.day, moment.minute)]
    walks = ROLES[moment.model.state.roster.role[actor]] in WALKS
    key = "today" if done else "today_nothing" if walks else "today_plain"
    return moment.say(key, who=who, day=day, budget=moment.minutes(budget), done=moment.joined(done))


def _counted(moment: Moment, steps: NDArray[np.int32]) -> list[str]:
    """What steps say, a part of a sentence for each kind of which there are any."""
    told = []
    for name, kinds in DONE:
        mine = steps[np.isin(steps[:, 2], kinds)]
        count = len(np.unique(mine[:, 3])) if name == "looked" else len(mine)
        if count:
            told.append(moment.count(f"done_{name}", count))
    return told


def _told_and_found(moment: Moment, actor: int, start: float, until: float) -> list[str]:
    """Residents whom a person told of a notice, and troubles they found, between two minutes."""
    told = _told(moment, actor, start, until)
    found = sum(
        case.finder == actor and case.found is not None and start <= 60.0 * case.found < until
        for case in moment.model.cases.all
    )
    parts = [moment.count("done_told", told)] if told else []
    return [*parts, moment.count("done_found", found)] if found else parts


def _told(moment: Moment, actor: int, start: float, until: float) -> int:
    """How often somebody was the first to tell a resident of a notice, talk as a neighbour left out."""
    model = moment.model
    teller = int(model.state.roster.person[actor]) + 1
    live = [model.notices.keys[one.slot, one.first : one.last] for one in model.notices.live]
    count = 0
    for keys in [*live, *(one.keys for one in model.notices.past)]:
        minute = keys >> 36
        mine = (keys & 0xFFFFFFFF == teller) & ~np.isin((keys >> 32) & 0xF, (HOUSEHOLD, NEIGHBOUR))
        count += int(np.count_nonzero(mine & (minute >= start) & (minute < until)))
    return count


def _account(moment: Moment, actor: int, day: int) -> tuple[list[str], list[list[str]]]:
    """A day that is over: minutes by activity, and what was left undone."""
    lived, budget = moment.film.days[day], _budget(moment, actor, day)
    mine = lived.spent[lived.spent[:, 0] == actor]
    spent, owed = float(mine[:, 2].sum()), float(mine[:, 3].sum())
    who = moment.actor(actor)
    done = [
        *_counted(moment, _steps(lived, actor)),
        *_told_and_found(moment, actor, 1440.0 * day, 1440.0 * (day + 1)),
    ]
    values = {"who": who, "day": day + 1, "budget": moment.minutes(budget), "spent": moment.minutes(spent)}
    text = moment.say("account" if done else "account_plain", **values, done=moment.joined(done))
    rows = [
        [say(f"activity_{ACTIVITIES[int(activity)]}", moment.language), moment.minutes(minutes)]
        for _, activity, minutes, _ in mine[np.argsort(-mine[:, 2], kind="stable")].tolist()
        if minutes >= 0.5
    ]
    rows.append([moment.say("unspent"), moment.minutes(max(0.0, budget - spent))])
    return [text, *_undone(moment, lived, actor, owed)], rows


def _undone(moment: Moment, day: Day, actor: int, owed: float) -> list[str]:
    """What was left for want of time, or still is to do."""
    told = []
    left = day.homes_left[day.homes_left[:, 0] == actor, 1]
    wanting = bool(np.isin(actor, day.wanted_more))
    if wanting:
        told.append(moment.say("round_ended"))
    if len(left):
        told.append(moment.count("homes_left", int(left[0])))
    if owed >= 0.5:
        told.append(moment.say("owed", time=moment.minutes(owed)))
    return told or [moment.say("nothing_undone")]


def _path(moment: Moment, steps: NDArray[np.int32]) -> list[int]:
    """The buildings of today's round, in order."""
    people = moment.model.state.population
    path: list[int] = []
    for _, _, kind, place in steps.tolist():
        what = PLACES[kind]
        home = people.household[place] if what == "resident" else place
        building = int(place if what == "building" else people.household_building[home])
        if path[-1:] != [building]:
            path.append(building)
    return path


def _home(moment: Moment, actor: int) -> int | None:
    """The building in which somebody lives; None for those from outside."""
    person = int(moment.model.state.roster.person[actor])
    return moment.building_of(person) if person < moment.model.state.population.residents else None


def _links(moment: Moment, actor: int) -> list[dict[str, Any]]:
    """Where they live, and the troubles that they found last."""
    model = moment.model
    people, person = model.state.population, int(model.state.roster.person[actor])
    links = []
    if person < people.residents:
        home = int(people.household[person])
        links.append({"what": "household", "number": home, "text": capital(moment.home(home))})
    found = [
        case for case in model.cases.all if case.finder == actor and moment.passed(case.found) is not None
    ]
    found.sort(key=lambda case: case.found or 0.0)
    links += [
        {
            "what": "case",
            "number": case.number,
            "text": moment.case(case),
        }
        for case in found[::-1][:MOST_CASES]
    ]
    return links
