"""What a finished sweep shows: figures and a report in its folder, a table in the terminal."""

import shlex
from pathlib import Path

from experiments import provenance
from experiments.crate import write_crate
from experiments.files import refusing, write, write_all
from experiments.findings import MAIN
from experiments.folders import REPORT, clear
from experiments.messages import LANGUAGES, Language
from experiments.sweeps.plan import Plan
from experiments.sweeps.report import drawn_of, print_sweep, render
from experiments.sweeps.responses import read_points
from experiments.sweeps.results import ASKED, POINTS, scenario_files

DRAWN = tuple(
    f"{name}_*.{language}.{kind}"
    for name in ("response", "heat")
    for language in LANGUAGES
    for kind in ("png", "svg")
)
"""Patterns of the figures' names."""


def show(folder: Path, plan: Plan, language: Language) -> None:
    """Write figures, report and metadata of a sweep whose tables are written, and print its main numbers.

    Args:
        folder: of the sweep.
        plan: what was asked.
        language: of what is printed, and in which the report opens.

    Raises:
        OutputError: a file cannot be written.
    """
    from experiments.figures import MAPPED, draw_narrow, draw_sweep
    from experiments.sensitivity.report import section

    stop = [plan.sweep.stop.metric] if plan.sweep.stop is not None else []
    points = read_points(folder, [*MAIN, *MAPPED, *stop])
    figures, about = draw_sweep(points)
    with refusing(folder):
        stale = {file.name for pattern in DRAWN for file in folder.glob(pattern)} - figures.keys()
    write_all(folder, figures)
    clear(folder, stale)
    description = provenance.described(folder / provenance.FILE)
    command = f"gongzhi sweep {shlex.quote(str(folder / ASKED))}"
    drawn = drawn_of(about, figures, draw_narrow(points, about))
    sensitivity, further = section(folder)
    page = render(plan, folder, points, drawn, sensitivity, description["versions"], command, language)
    write(folder / REPORT, page)
    inputs = [ASKED, *scenario_files(plan.scenarios)]
    if plan.sweep.design.file is not None:
        inputs.append(POINTS)
    names = [*description["results"], provenance.FILE, *inputs, *figures, *further, REPORT]
    write_crate(folder, names, description, inputs, plan.sweep.keep)
    print_sweep(points, language)
