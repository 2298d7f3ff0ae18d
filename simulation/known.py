"""Columns of hours in tables: what has not happened is null there and infinite while the run goes on."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def known(hours: NDArray[np.float64]) -> pd.arrays.FloatingArray:
    """Hours, null where infinite."""
    return pd.arrays.FloatingArray(hours.copy(), hours == np.inf)
