"""The story of a case: what happened when, and how long it waited and was worked at."""

from itertools import pairwise
from typing import Any

from experiments.view.explaining.moment import Moment, capital, known
from experiments.view.explaining.standing import Standing
from simulation.trails import CaseStep

TOLD = {
    "sent": "case_sent",
    "also_sent": "case_also_sent",
    "refused": "case_refused",
    "dropped": "case_dropped",
    "given": "case_given",
    "begun": "case_begun",
    "ended": "case_ended",
    "second_begun": "case_second_begun",
    "second_ended": "case_second_ended",
    "closed": "case_closed",
    "reopened": "case_reopened",
}
"""The text for each step of a case; coming to the desk goes without saying."""
NO_RECORD_AFTER = 1e-9


def explain_case(moment: Moment, number: int) -> dict[str, Any]:
    """What a case has been through.

    Raises:
        GoneError: it has not arisen.
    """
    cases = moment.model.cases.all
    arisen = sum(case.arose < moment.hour for case in cases)
    case = cases[known(number, arisen, "case")]
    standing = Standing(moment, case)
    home = None if case.common else moment.home(case.household)
    place = home or moment.say("common", building=moment.building(case.building))
    bars = _bars(standing)
    arose = moment.say("case_arose", kind=moment.kind(case), place=place, when=moment.when(case.arose))
    return {
        "title": moment.case(case),
        "state": standing.state,
        "since": case.arose,
        "sentences": [arose, *_found(standing), *_course(standing), *_outcome(standing)],
        "rows": _rows(standing),
        "timeline": _timeline(standing),
        "bars": bars,
        "times": _times(moment, bars),
        "chain": [],
        "building": case.building,
        "links": _links(standing),
    }


def _found(standing: Standing) -> list[str]:
    moment, case = standing.moment, standing.case
    if standing.found is None:
        if standing.faded is not None:
            return [moment.say("case_faded_unfound", time=moment.lasting(standing.faded - case.arose))]
        return [moment.say("case_unfound", time=moment.lasting(moment.hour - case.arose))]
    return [moment.say("case_found", time=moment.lasting(standing.found - case.arose), how=_how(standing))]


def _how(standing: Standing) -> str:
    moment, case = standing.moment, standing.case
    who = "" if case.finder is None else moment.within(case.finder)
    return moment.say(f"found_{case.found_by}", who=who)


def _course(standing: Standing) -> list[str]:
    """What went wrong on the way, where something did."""
    moment, told = standing.moment, []
    if standing.found is not None and standing.uploaded is not None:
        told.append(moment.say("case_listed", time=moment.lasting(standing.uploaded - standing.found)))
    elif standing.found is not None and standing.faded is None:
        told.append(moment.say("case_not_listed", time=moment.lasting(moment.hour - standing.found)))
    if standing.refused:
        told.append(moment.count("case_refusals", standing.refused))
    if standing.orphan_hours > 0.0:
        told.append(moment.say("case_orphan", time=moment.lasting(standing.orphan_hours)))
    return told


def _outcome(standing: Standing) -> list[str]:
    """How it stands or ended, and how much of the time was work."""
    moment, uploaded = standing.moment, standing.uploaded
    if uploaded is None:
        return []
    if standing.resolved is not None:
        took = moment.lasting(standing.resolved - uploaded)
        solved = moment.say("case_resolved", when=moment.when(standing.resolved), time=took)
        back = moment.say("case_fed_back" if standing.fed_back is not None else "case_not_fed_back")
        return [solved, _split(standing), back]
    if standing.given_up is not None:
        return [moment.say("case_given_up", when=moment.when(standing.given_up)), _split(standing)]
    if standing.faded is not None:
        return [moment.say("case_faded", when=moment.when(standing.faded)), _split(standing)]
    who = "" if standing.handler is None else moment.handler(standing.handler)
    return [moment.say(f"case_is_{standing.state}", who=who), _split(standing)]


def _split(standing: Standing) -> str:
    """Of the hours on the list, those of work and those of waiting."""
    moment = standing.moment
    listed = (standing.end or moment.hour) - (standing.uploaded or 0.0)
    worked = sum(attempt.worked for attempt in standing.attempts() if not attempt.second)
    times = {"total": listed, "worked": worked, "waited": listed - worked}
    return moment.say("case_split", **{name: moment.lasting(time) for name, time in times.items()})


def _rows(standing: Standing) -> list[list[str]]:
    """[label, value] of each stretch between two steps of the loop, and the deadline."""
    moment, case = standing.moment, standing.case
    begun = next((attempt.begun for attempt in standing.attempts()), None)
    marks = [("arose", case.arose), ("found", standing.found), ("uploaded", standing.uploaded),
             ("dispatched", standing.dispatched), ("started", begun), ("resolved", standing.resolved),
             ("fed_back", standing.fed_back)]  # fmt: skip
    reached = [(name, hour) for name, hour in marks if hour is not None]
    rows = []
    for (name, hour), (later, until) in pairwise(reached):
        between = moment.say("stretch", before=moment.say(f"step_{name}"), after=moment.say(f"step_{later}"))
        rows.append([between, moment.lasting(until - hour)])
    if standing.uploaded is not None and case.deadline is not None:
        rows.append([moment.say("deadline"), _deadline(standing, case.deadline)])
    return rows


def _deadline(standing: Standing, deadline: float) -> str:
    moment, when = standing.moment, standing.moment.when(deadline)
    if standing.resolved is not None:
        return moment.say("deadline_kept" if standing.resolved <= deadline else "deadline_missed", when=when)
    return moment.say("deadline_ahead" if moment.hour <= deadline else "deadline_missed", when=when)


def _timeline(standing: Standing) -> list[dict[str, Any]]:
    """Every step with its hour and a text, in order; those of one hour in the order of the loop."""
    moment, case = standing.moment, standing.case
    events = [(case.arose, capital(moment.say("step_arose")))]
    if standing.found is not None:
        events.append((standing.found, capital(_how(standing))))
    if standing.uploaded is not None:
        events.append((standing.uploaded, capital(moment.say("step_uploaded"))))
    if standing.on_the_spot:
        events.append((standing.attempts()[0].begun, capital(moment.say("case_on_the_spot"))))
    for step in standing.steps:
        solved = step.what == "closed" and step.hour == standing.resolved
        if step.what in TOLD and not solved:
            events.append((step.hour, capital(_step(moment, step))))
    for name in ("resolved", "fed_back", "given_up", "faded"):
        hour = getattr(standing, name)
        if hour is not None:
            events.append((hour, capital(moment.say(f"step_{name}"))))
    return [
        {"hour": round(hour, 3), "when": moment.when(hour), "text": text}
        for hour, text in sorted(events, key=lambda event: event[0])
    ]


def _step(moment: Moment, step: CaseStep) -> str:
    who = moment.handler(step.handler) if step.handler else ""
    return moment.say(TOLD[step.what], who=who, time=moment.lasting(step.worked))


def _bars(standing: Standing) -> list[dict[str, Any]]:
    """Stretches from arising until the end or now: hidden, waiting, at work, waiting for feedback.

    Nights and days off within an attempt are waiting.
    """
    moment, case = standing.moment, standing.case
    end = last = standing.end or moment.hour
    marks = [(case.arose, "hidden")]
    if standing.found is not None and standing.found < end:
        marks.append((standing.found, "waiting"))
    for attempt in standing.attempts():
        for begun, ended in [] if attempt.second else attempt.spans:
            marks += [(begun, "working"), (ended, "waiting")]
    if standing.resolved is not None and standing.fed_back is not None and standing.fed_back > end:
        marks.append((end, "feedback"))
        last = standing.fed_back
    marks = [(hour, what) for hour, what in marks if hour < last]
    ends = [hour for hour, _ in marks[1:]] + [last]
    return [
        {
            "from": round(start, 3),
            "until": round(until, 3),
            "what": what,
            "time": moment.lasting(until - start),
        }
        for (start, what), until in zip(marks, ends, strict=True)
        if until - start > NO_RECORD_AFTER
    ]


def _times(moment: Moment, bars: list[dict[str, Any]]) -> dict[str, str]:
    """How long the stretches of each kind are together."""
    kinds = dict.fromkeys(bar["what"] for bar in bars)
    hours = {kind: sum(bar["until"] - bar["from"] for bar in bars if bar["what"] == kind) for kind in kinds}
    return {kind: moment.lasting(time) for kind, time in hours.items()}


def _links(standing: Standing) -> list[dict[str, Any]]:
    moment, case = standing.moment, standing.case
    links = [
        {"what": "household", "number": case.household, "text": capital(moment.home(case.household))},
        {"what": "building", "number": case.building, "text": capital(moment.building(case.building))},
    ]
    if standing.found is not None and case.finder is not None:
        links.append({"what": "actor", "number": case.finder, "text": moment.actor(case.finder)})
    return links
