"""What a calibration leaves beside its scenario: a table of distances and figures in both languages."""

from pathlib import Path

from experiments.calibration.calibrating import Calibration
from experiments.calibration.fit_check import FitCheck
from experiments.files import write
from experiments.messages import LANGUAGES


def save_calibration(calibration: Calibration, checked: FitCheck | None = None) -> list[Path]:
    """Write ``NAME.fit.csv`` and ``NAME.calibration.LANGUAGE.png`` and ``.svg`` beside ``NAME.yaml``.

    Args:
        calibration: what was fitted.
        checked: a simulated run, to be shown beside what was observed.

    Returns:
        The files written.
    """
    from experiments.figures.calibration import calibration_figure
    from experiments.figures.style import save

    folder, stem = calibration.file.parent, calibration.file.stem
    table = calibration.table
    if checked is not None:
        table = table.join(checked.table[["simulated", "distance", "noise"]].add_prefix("check_"))
    listed = folder / f"{stem}.fit.csv"
    write(listed, table.to_csv(float_format="%.6g", lineterminator="\n"))
    files = [listed]
    for language in LANGUAGES:
        figure = calibration_figure(calibration, language, checked)
        files += save(figure, folder, f"{stem}.calibration.{language}")
    return files
