"""Who knows a notice by the hour: the same for whoever asks, however far the run has been lived."""

from typing import Any

from experiments.view.errors import GoneError
from scenarios.phrases import phrase
from simulation.model import CommunityModel
from simulation.notices.reached import look_up


def curve(model: CommunityModel, number: int, until: float) -> dict[str, Any]:
    """Share of a notice's audience who know 0, 1, 2 ... hours after its issue.

    Args:
        model: lived to hour ``until`` or beyond.
        number: of the notice.
        until: hour up to which the curve goes.

    Raises:
        GoneError: no such notice had been issued by then.
    """
    notices = model.notices
    for news in notices.live:
        if news.number == number and news.hour <= until:
            seen = look_up(model.state.population, news, notices.keys[news.slot], until, trace=False)
            return _plain(number, news.hour, seen.share.tolist(), until)
    for past in notices.past:
        if past.number == number and past.row["issued_h"] <= until:
            return _plain(number, past.row["issued_h"], past.share.tolist(), until)
    raise GoneError(phrase("no such notice has been issued yet"))


def _plain(number: int, issued: float, share: list[float], until: float) -> dict[str, Any]:
    known = share[: int(until - issued) + 1]
    return {"id": number, "issued": round(issued, 3), "share": [round(each, 5) for each in known]}
