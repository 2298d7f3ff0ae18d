"""The result tables of a run as data frames; their columns are described in the README."""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agents.working_time import ACTIVITIES, PATROL, ROLES
from scenarios.cases import Title
from simulation.cases.case_table import off_list_h, open_cases, tabulate_cases
from simulation.cases.cases import Cases
from simulation.council.council import Council
from simulation.satisfaction.evening import CAUSES, GROUPS
from simulation.incentives.honours import Honours
from simulation.care.ledger import Ledger
from simulation.notices.notices import Notices
from simulation.notices.reached import Reached
from simulation.resources.resource_tables import resource_tables
from simulation.resources.resources import Resources
from simulation.rounds.rounds import Rounds
from simulation.notices.spread import CHANNELS, unpack
from simulation.state import State
from simulation.results.timeline import Timeline

NOTICE_FLOATS = ("reach_24h", "reach_72h", "reach_72h_vulnerable", "t50_h", "t90_h", "t99_h")
NOTICE_COLUMNS = (
    "notice_id",
    "street",
    "issued_h",
    "audience",
    "audience_size",
    *NOTICE_FLOATS,
    *(f"by_{channel}" for channel in CHANNELS),
    "missed",
)


def make_tables(
    state: State,
    notices: Notices,
    cases: Cases,
    rounds: Rounds,
    ledger: Ledger,
    resources: Resources,
    council: Council,
    honours: Honours,
    timeline: Timeline,
) -> dict[str, pd.DataFrame]:
    """All tables by name, as known at the present hour."""
    case_table = tabulate_cases(cases.all, state.agenda.now, 24.0 * state.scenario.days)
    reached = notices.reached()
    tables = {
        "notices": _notices(reached),
        "reach": _reach(reached),
        "cases": case_table,
        "timeline": _timeline(state, timeline, case_table),
        "work": _work(state, cases),
        "visits": _visits(rounds),
        "ledger": ledger.table(),
        "needs": ledger.needs.table(),
        "projects": council.projects.table(),
        "council": council.table(),
        **resource_tables(resources),
        "satisfaction": _satisfaction(state),
        "appraisals": _appraisals(cases),
        "board": _board(cases),
        **honours.tables(),
        "buildings": _buildings(state, reached, case_table),
        "grids": _grids(state, case_table),
        "categories": _categories(state),
        "warnings": _warnings(state),
    }
    if notices.trace:
        tables["spread"] = _spread(reached)
    return tables


def _notices(reached: list[Reached]) -> pd.DataFrame:
    table = pd.DataFrame([notice.row for notice in reached], columns=list(NOTICE_COLUMNS))
    types = dict.fromkeys(NOTICE_FLOATS, "Float64") | {"missed": "Int64", "audience": "string"}
    return table.astype(types)


def _reach(reached: list[Reached]) -> pd.DataFrame:
    lengths = [len(notice.share) for notice in reached]
    return pd.DataFrame(
        {
            "notice_id": np.repeat(np.array([notice.number for notice in reached], dtype=np.int64), lengths),
            "after_h": _joined([np.arange(length) for length in lengths], np.int64),
            "share": _joined([notice.share for notice in reached], np.float64),
        }
    )


def _timeline(state: State, timeline: Timeline, cases: pd.DataFrame) -> pd.DataFrame:
    days = len(timeline.mean)
    table = pd.DataFrame(
        {
            "day": np.arange(days),
            "date": pd.to_datetime([state.scenario.start + timedelta(days=day) for day in range(days)]),
            "informed_share": pd.array(timeline.informed, dtype="Float64"),
            "satisfaction_mean": timeline.mean,
            "satisfaction_p10": timeline.worst,
            "satisfaction_vulnerable": pd.array(timeline.vulnerable, dtype="Float64"),
        }
    )
    for name in ("arose", "found", "resolved"):
        table[name] = _per_day(cases[f"{name}_h"], days)
    listed = cases[cases["uploaded_h"].notna()]
    come, gone = listed["uploaded_h"], off_list_h(listed)
    table["open"] = np.cumsum(_per_day(come, days) - _per_day(gone, days))
    return table


def _per_day(hours: "pd.Series[float]", days: int) -> NDArray[np.int64]:
    day = hours.dropna().to_numpy(dtype=np.float64) // 24.0
    return np.bincount(day.astype(np.int64), minlength=days)[:days].astype(np.int64)


def _work(state: State, cases: Cases) -> pd.DataFrame:
    working, roster = state.working, state.roster
    hours = working.hours()
    idle = (hours == 0.0).all(axis=1) & (working.days_on > 0)
    entries = hours > 0.0
    entries[idle, 0] = True
    actor, activity = np.nonzero(entries)
    role = np.array(ROLES, dtype=object)[roster.role]
    within = pd.Series(roster.role).groupby(roster.role).cumcount()
    names = [f"{name} {number}" for name, number in zip(role, within, strict=True)]
    people = pd.DataFrame(
        {
            "actor": np.array(names, dtype=object)[actor],
            "role": role[actor],
            "community": roster.community[actor],
            "activity": np.array(ACTIVITIES, dtype=object)[activity],
            "hours": hours[actor, activity],
            "days_on": working.days_on[actor],
            "overdrawn_days": working.overdrawn_days[actor],
        }
    )
    bodies = pd.DataFrame(_bodies(state, cases), columns=list(people.columns))
    table = pd.concat([people, bodies], ignore_index=True) if len(bodies) else people
    texts = ("actor", "role", "activity")
    return table.astype(dict.fromkeys(texts, "string") | {"days_on": "Int64", "overdrawn_days": "Int64"})


def _bodies(state: State, cases: Cases) -> list[dict[str, Any]]:
    """Hours of desks and handlers, which count by team."""
    dispatching, handling = cases.dispatching, cases.handling
    rows = []
    streets = state.population.community_street
    first = [int(np.flatnonzero(streets == street)[0]) for street in range(int(streets[-1]) + 1)]
    groups = {}
    for name, of_street, desks in (
        ("command_centre", True, dispatching.command),
        ("clerk", False, dispatching.clerks),
    ):
        worked = [teams.hours_worked for teams in desks]
        if desks is dispatching.desks or any(worked):
            groups[name] = (of_street, worked)
    sorting = set(groups)
    for name, bodies in handling.teams.items():
        if not state.scenario.handlers[name].counted:
            continue
        of_street = state.scenario.handlers[name].serves == "street"
        groups[name] = (of_street, [teams.hours_worked for teams in bodies])
    for name, (of_street, hours) in groups.items():
        for number, spent in enumerate(hours):
            row = {"actor": f"{name} {number}", "role": name, "hours": spent}
            row["community"] = first[number] if of_street else number
            row["activity"] = "sort" if name in sorting else "solve"
            rows.append({**row, "days_on": None, "overdrawn_days": None})
    return rows


def _visits(rounds: Rounds) -> pd.DataFrame:
    columns = ["day", "community", "by", "knocks", "opened", "told"]
    table = pd.DataFrame(rounds.visits, columns=columns)
    return table.astype(dict.fromkeys(columns, "int64") | {"by": "string"})


def _appraisals(cases: Cases) -> pd.DataFrame:
    shares = ("on_time_reported", "satisfaction_sampled", "score")
    types = {"month": "int64", "who": "string", "role": "string", "community": "int64", "cases": "int64"}
    types |= dict.fromkeys(shares, "Float64") | {"effort": "float64", "gaming": "float64"}
    return pd.DataFrame(cases.appraisal.rows, columns=list(types)).astype(types)


def _board(cases: Cases) -> pd.DataFrame:
    types = {"month": "int64", "community": "int64", "by": "string", "looks": "int64"}
    types |= {"staleness_h": "Float64"} | dict.fromkeys(
        ("flagged", "mediated", "refused", "in_vain"), "int64"
    )
    return pd.DataFrame(cases.watch.rows(), columns=list(types)).astype(types)


def _satisfaction(state: State) -> pd.DataFrame:
    """Changes by month and cause, per resident of each group."""
    sizes = np.array([state.population.residents, max(1, int(state.population.vulnerable.sum()))])
    ledger = state.satisfaction.ledger / sizes
    used = int(state.calendar.month[min(state.scenario.days, max(1, round(state.agenda.now / 24.0))) - 1]) + 1
    month, cause, group = (grid.ravel() for grid in np.indices(ledger[:used].shape))
    return pd.DataFrame(
        {
            "month": month,
            "cause": pd.array(np.array(CAUSES)[cause].tolist(), dtype="string"),
            "group": pd.array(np.array(GROUPS)[group].tolist(), dtype="string"),
            "change": ledger[:used].ravel(),
        }
    )


def _buildings(state: State, notices: list[Reached], cases: pd.DataFrame) -> pd.DataFrame:
    people, organisation = state.population, state.organisation
    first = people.residents_from[people.households_from]
    counts = np.diff(first)
    reached = sum((notice.by_building for notice in notices), np.zeros((people.buildings, 2)))
    open_now = open_cases(cases)
    share = np.divide(
        reached[:, 0], reached[:, 1], out=np.full(len(reached), np.nan), where=reached[:, 1] > 0
    )
    return pd.DataFrame(
        {
            "building": np.arange(people.buildings),
            "community": people.building_community,
            "x_m": people.x_m,
            "y_m": people.y_m,
            "footprint_m2": people.footprint_m2,
            "floors": people.floors,
            "households": np.diff(people.households_from),
            "residents": counts,
            "condition": people.condition,
            "condition_end": state.condition.copy(),
            "party_group": organisation.building_group,
            "grid": organisation.household_grid[people.households_from[:-1]],
            "centres": np.diff(organisation.centres_from),
            "centres_wanted": organisation.centres_wanted,
            "satisfaction_start": np.add.reduceat(people.satisfaction, first[:-1]) / counts,
            "satisfaction_end": np.add.reduceat(state.satisfaction.level, first[:-1]) / counts,
            "reach_72h": pd.array(share, dtype="Float64"),
            "cases": np.bincount(cases["building"], minlength=people.buildings),
            "cases_open": np.bincount(cases["building"][open_now], minlength=people.buildings),
        }
    )


def _grids(state: State, cases: pd.DataFrame) -> pd.DataFrame:
    organisation = state.organisation
    grids = len(organisation.grid_community)
    grid_of_home = organisation.household_grid
    worker = state.roster.workers + np.arange(len(organisation.worker_grid))
    patrol = np.bincount(
        organisation.worker_grid, weights=state.working.spent[worker, PATROL] / 60.0, minlength=grids
    )
    on_patrol = cases["found_by"].isin(("patrol", "patrol_talk")).to_numpy(dtype=bool)
    found = grid_of_home[cases["household"].to_numpy()[on_patrol]]
    return pd.DataFrame(
        {
            "grid": np.arange(grids),
            "community": organisation.grid_community,
            "households": np.bincount(grid_of_home, minlength=grids),
            "area_km2": organisation.grid_area_km2,
            "buildings": np.diff(organisation.grid_buildings_from),
            "workers": np.bincount(organisation.worker_grid, minlength=grids),
            "patrol_h": patrol,
            "cases_found": np.bincount(found, minlength=grids),
        }
    )


def _categories(state: State) -> pd.DataFrame:
    rows = []
    for name, category in state.scenario.cases.categories.items():
        title = category.title
        both = (title.en, title.zh) if isinstance(title, Title) else (title, title)
        rows.append((name, *both))
    return pd.DataFrame(rows, columns=["category", "en", "zh"], dtype="string")


def _warnings(state: State) -> pd.DataFrame:
    sentences = state.organisation.warnings
    return pd.DataFrame(
        {"en": [each.en for each in sentences], "zh": [each.zh for each in sentences]}, dtype="string"
    )


def _spread(reached: list[Reached]) -> pd.DataFrame:
    """Who knows which notice from when, through which channel, told by whom."""
    minute, channel, teller = unpack(_joined([notice.keys for notice in reached], np.int64))
    numbers = np.array([notice.number for notice in reached], dtype=np.int64)
    return pd.DataFrame(
        {
            "notice": np.repeat(numbers, [len(notice.keys) for notice in reached]),
            "resident": _joined([notice.residents for notice in reached], np.int64),
            "informed_h": minute / 60.0,
            "channel": pd.Categorical(np.array(CHANNELS)[channel], categories=list(CHANNELS)),
            "told_by": pd.array(teller, dtype="Int64"),
        }
    ).assign(told_by=lambda table: table["told_by"].mask(table["told_by"] < 0))


def _joined(parts: list[NDArray[Any]], kind: type) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=kind)
