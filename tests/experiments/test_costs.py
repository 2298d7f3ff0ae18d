"""What a run costs where a real layout decides its size: the file is read once, and again when it changes."""

import pytest

from experiments.costs import check_costs, cost_of
from scenarios import load
from scenarios.errors import LayoutError
from simulation.community import layout

HEADER = "x_m,y_m,floors,footprint_m2,households\n"


def test_a_layout_is_read_once_for_several_questions_and_anew_when_it_changes(tmp_path, monkeypatch):
    read = []
    households = layout.layout_households

    def counted(community):
        read.append(community.layout)
        return households(community)

    monkeypatch.setattr(layout, "layout_households", counted)
    file = tmp_path / "houses.csv"
    file.write_text(f"{HEADER}0,0,6,400,40\n")
    scenario = load("coordinated", {"community.layout": str(file)})
    small = cost_of(scenario)
    check_costs([scenario])
    assert cost_of(scenario) == small
    assert len(read) == 1
    file.write_text(f"{HEADER}0,0,6,400,40\n50,0,6,400,80\n")
    assert cost_of(scenario).residents == pytest.approx(3 * small.residents)
    file.unlink()
    with pytest.raises(LayoutError, match="there is no such file"):
        cost_of(scenario)
