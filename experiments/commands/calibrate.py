"""``gongzhi calibrate``: fits a scenario to a log of real cases."""

from datetime import date, datetime
from pathlib import Path
from typing import Literal

import click

from experiments.commands.options import language_option
from experiments.messages import Language

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@click.argument("cases", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="The YAML to write.  [default: the log's name]")
@click.option("--from", "base", default="coordinated", show_default=True, metavar="SCENARIO",
              help="The scenario that the written one extends.")  # fmt: skip
@click.option("--opened", metavar="COLUMN", help="Column of the time a case was opened.")
@click.option("--closed", metavar="COLUMN", help="Column of the time it was closed; empty while it is open.")
@click.option("--target", metavar="COLUMN", help="Column of the time it was due; - for none.")
@click.option("--category", metavar="COLUMN", help="Column of its kind; - for none.")
@click.option("--since", type=DAY, help="Leave out what was opened before this day.")
@click.option("--until", type=DAY, help="Look at the log as it stood when this day began.")
@click.option("--day-order", type=click.Choice(["day-first", "month-first"]),
              help="How dates such as 3/4/2015 are meant.")  # fmt: skip
@click.option("--households", type=click.IntRange(1), help="Households whose cases these are.")
@click.option("--curve", default="auto", show_default=True, help="Kind of closing times to write.")
@click.option("--check/--no-check", default=True, help="Run the result and hold it against the log.")
@language_option
def calibrate(
    cases: Path,
    out: Path | None,
    base: str,
    opened: str | None,
    closed: str | None,
    target: str | None,
    category: str | None,
    since: datetime | None,
    until: datetime | None,
    day_order: Literal["day-first", "month-first"] | None,
    households: int | None,
    curve: str,
    check: bool,
    language: Language,
) -> None:
    """Fit arrivals, mix and closing times to CASES.csv, a log of real cases.

    Writes a scenario that extends another, a table of how well each kind of case is fitted, and a figure.
    """
    from experiments.calibration.calibrating import calibrate as fit
    from experiments.calibration.calibrating import report
    from experiments.calibration.calibration_files import save_calibration
    from experiments.calibration.case_log import Columns
    from experiments.calibration.fit_check import check as hold_against
    from experiments.engines.kernels import load_kernels

    calibration = fit(
        cases,
        Columns(opened, closed, target, category),
        out,
        base,
        households=households,
        curve=curve,
        since=_day(since),
        until=_day(until),
        day_order=day_order,
    )
    click.echo(report(calibration, language))
    checked = None
    if check:
        load_kernels()
        checked = hold_against(calibration.scenario, calibration.log, calibration.kinds)
        click.echo(checked.text(language))
    for file in save_calibration(calibration, checked):
        click.echo(str(file))


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()
