"""The community and its rules.

Here stand the frame (the model and the phases of its day, a run, the state, time, chance, fate) and what a
case is; each part of the rules has a room of its own, which imports the frame and other rooms in no circle:
``community``, ``notices``, ``cases``, ``rounds``, ``care``, ``resources``, ``council``, ``incentives``,
``satisfaction``, and ``results`` on top of them all.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation.model import CommunityModel

__all__ = ["CommunityModel"]


def __getattr__(name: str) -> Any:
    """Import the model when it is first asked for: Mesa and Numba take seconds."""
    if name == "CommunityModel":
        from simulation.model import CommunityModel

        return CommunityModel
    raise AttributeError(f"module 'simulation' has no attribute '{name}'")
