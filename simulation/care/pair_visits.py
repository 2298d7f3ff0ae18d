"""The round of paired members: each calls where the weekly visit of an own file is due or to be made up.

The resident may be out, or the member out of time. Who is in is told what the member knows, may speak of a
trouble, and shows a need or not; for one that has been found the member gives care as minutes allow, and goes
on at the next visit. What the resident wants that care cannot meet the member writes down for the list of
wants, as minutes allow.
"""

import numpy as np
from numpy.typing import NDArray

from simulation.chance import draw_fast
from simulation.community.presence import at_home
from simulation.compiled import kernel
from simulation.trails import AWAY, HELD, leave

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
Days = NDArray[np.int8]


@kernel
def pair_day(
    start: int,
    until: int,
    today: int,
    actor: Ints,
    person: Longs,
    files: Ints,
    resident: Longs,
    walk: Floats,
    drawn: Days,
    held: Days,
    make_up: int,
    stay: float,
    carried: Longs,
    keys: Longs,
    channel: int,
    listens: NDArray[np.bool_],
    household: Ints,
    presence: NDArray[np.uint8],
    chances: Floats,
    presence_key: np.uint64,
    need_from: Longs,
    needs: Longs,
    arose: Floats,
    found: Floats,
    met: Floats,
    lacks: Floats,
    fades: float,
    finds: float,
    finds_key: np.uint64,
    want_from: Longs,
    wants: Longs,
    want_arose: Floats,
    want_expires: Floats,
    listed: Floats,
    listed_by: Days,
    asked: Floats,
    writing: float,
    finds_want: float,
    want_key: np.uint64,
    this_way: int,
    left: Floats,
    spent: Floats,
    visit_activity: int,
    care_activity: int,
    list_activity: int,
    troubled: Ints,
    wanted_more: NDArray[np.bool_],
    counts: Longs,
    log: Longs,
    trail: Longs,
) -> int:
    """One day's visits of M members to V files.

    Args:
        start: minute of the run at which they set out.
        until: minute after which nobody calls.
        today: day of the week of the run, from 0.
        actor: (M,) row of each in the working time.
        person: (M,) the resident each is, who counts as the teller.
        files: (M, capacity) files of each; below 0 where there are no more.
        resident: (V,) the resident of each file.
        walk: (V,) minutes of the member's way there and back.
        drawn: (V,) day of the week on which the visit falls due; below 0 where none does.
        held: (V,) day of the week on which it was held; below 0 until then. Filled.
        make_up: days after that on which it is tried again.
        stay: minutes of a visit without the way.
        carried: (M,) mask of the notices each knows.
        keys: (slots, N) who knows what, see :mod:`simulation.notices.spread`; lowered.
        channel: channel under which this telling counts.
        listens: (N,) residents who can be told.
        household: (N,) household of each resident.
        presence: (N,) kind of presence.
        chances: (kinds, 4) probability of being at home today.
        presence_key: key of the presence draws.
        need_from: (V+1,) first entry of each file in ``needs``.
        needs: rows of the needs of each file.
        arose: hour at which each need arises.
        found: hour at which each was found, infinite until then; lowered.
        met: hour at which each was met, infinite until then; lowered.
        lacks: minutes of care that each still takes; lowered.
        fades: hours after which a need is over.
        finds: probability that a visit finds a need.
        finds_key: key of these draws.
        want_from: (V+1,) first entry of each file in ``wants``.
        wants: rows of the wants of each file's resident.
        want_arose: hour at which each want arises.
        want_expires: hour at which each is over.
        listed: hour from which each is on the list; filled.
        listed_by: how each came there or was met; 0 where neither. Filled.
        asked: (H,) hour at which each home last spoke for the lists.
        writing: minutes to write down a want.
        finds_want: probability that a visit finds a want.
        want_key: key of these draws.
        this_way: what ``listed_by`` says of wants found here.
        left: (A,) minutes left today; spent.
        spent: (A, activities) minutes spent; added to.
        visit_activity: what way and stay are spent on.
        care_activity: what care is spent on.
        list_activity: what writing is spent on.
        troubled: (H,) troubles of each home that nobody has found.
        wanted_more: (A,) set where time ran out before the visits did.
        counts: (M, 6) knocks, visits held, notices that were news, closed doors, visits without time, wants
            put on the list.
        log: (rows, 3) member, minute and resident of each visit to a home with a trouble; filled.
        trail: the steps of the day, see :mod:`simulation.trails`; added to.

    Returns:
        Rows of ``log`` that were filled.
    """
    rows = 0
    for number in range(len(actor)):
        me = actor[number]
        clock = float(start)
        for file in files[number]:
            if file < 0:
                break
            if not _falls_due(drawn[file], held[file], today, make_up):
                continue
            if left[me] < walk[file] + stay or clock + walk[file] > until:
                wanted_more[me] = True
                counts[number, 4] += 1
                continue
            arrives = clock + walk[file] / 2.0
            visited = resident[file]
            minutes = walk[file]
            counts[number, 0] += 1
            there = at_home(visited, int(arrives), presence, chances, presence_key)
            leave(trail, me, arrives, HELD if there else AWAY, visited)
            if there:
                counts[number, 1] += 1
                minutes += stay
                held[file] = today
                leaves = arrives + stay
                if troubled[household[visited]] > 0:
                    log[rows, 0], log[rows, 1], log[rows, 2] = number, int(leaves), visited
                    rows += 1
                news = int(np.ceil(leaves)) << 36 | channel << 32 | (person[number] + 1)
                counts[number, 2] += _tell_news(keys, visited, listens, carried[number], news)
                cared = _look_after(
                    needs[need_from[file] : need_from[file + 1]], arrives, leaves, left[me] - minutes,
                    arose, found, met, lacks, fades, finds, finds_key,
                )  # fmt: skip
                wrote = _write_down(
                    wants[want_from[file] : want_from[file + 1]], arrives, leaves + cared,
                    left[me] - minutes - cared, want_arose, want_expires, listed, listed_by,
                    asked[household[visited]], writing, finds_want, want_key, this_way,
                )  # fmt: skip
                counts[number, 5] += wrote
                left[me] -= cared + wrote * writing
                spent[me, care_activity] += cared
                spent[me, list_activity] += wrote * writing
                clock += cared + wrote * writing
            else:
                counts[number, 3] += 1
            left[me] -= minutes
            spent[me, visit_activity] += minutes
            clock += minutes
    return rows


@kernel
def _falls_due(drawn: int, held: int, today: int, make_up: int) -> bool:
    """Whether a visit is to be tried on day ``today`` of the week."""
    return held < 0 <= drawn <= today <= drawn + make_up


@kernel
def _look_after(
    needs: Longs,
    arrives: float,
    leaves: float,
    minutes: float,
    arose: Floats,
    found: Floats,
    met: Floats,
    lacks: Floats,
    fades: float,
    finds: float,
    finds_key: np.uint64,
) -> float:
    """Find the needs of one file and give care for at most ``minutes``; returns the minutes it took."""
    cared = 0.0
    for need in needs:
        if met[need] == np.inf and 60.0 * arose[need] <= arrives < 60.0 * (arose[need] + fades):
            if found[need] == np.inf and draw_fast(finds_key, need, int(arrives)) < finds:
                found[need] = leaves / 60.0
            if found[need] < np.inf:
                care = min(lacks[need], minutes - cared)
                lacks[need] -= care
                cared += care
                if lacks[need] < 1e-9:
                    met[need] = (leaves + cared) / 60.0
    return cared


@kernel
def _write_down(
    wants: Longs,
    arrives: float,
    begins: float,
    minutes: float,
    arose: Floats,
    expires: Floats,
    listed: Floats,
    listed_by: Days,
    asked: float,
    writing: float,
    finds: float,
    finds_key: np.uint64,
    this_way: int,
) -> int:
    """Put wants of one file on the list, which takes at most ``minutes``; returns how many.

    What the home said when it was ``asked`` goes there anyway.
    """
    wrote = 0
    for want in wants:
        takes = (wrote + 1) * writing
        if takes > minutes:
            break
        live = 60.0 * arose[want] <= arrives and begins + takes < 60.0 * expires[want]
        said = arose[want] <= asked <= arrives / 60.0
        known = said or listed_by[want] != 0
        if live and not known and draw_fast(finds_key, want, int(arrives)) < finds:
            wrote += 1
            listed[want] = (begins + takes) / 60.0
            listed_by[want] = this_way
    return wrote


@kernel
def _tell_news(keys: Longs, resident: int, listens: NDArray[np.bool_], carried: int, news: int) -> int:
    """Tell a resident every notice of the mask ``carried``; returns how many were news."""
    told = 0
    for slot in range(len(keys) if carried and listens[resident] else 0):
        if carried >> slot & 1 and news < keys[slot, resident]:
            keys[slot, resident] = news
            told += 1
    return told
