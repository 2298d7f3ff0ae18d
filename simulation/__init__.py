"""The community and its rules."""

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
