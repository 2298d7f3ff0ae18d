"""One search, done to its end, that many tests look at."""

from pathlib import Path

import pandas as pd
import pytest
from searching import searched

from experiments.search.plan import SearchPlan


@pytest.fixture(scope="session")
def whole(tmp_path_factory) -> tuple[Path, SearchPlan, pd.DataFrame, pd.DataFrame]:
    folder = tmp_path_factory.mktemp("whole")
    return folder, *searched(folder)
