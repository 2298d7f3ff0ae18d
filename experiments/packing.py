"""The curves of a run as bytes, and back again bit for bit: as JSON, from which nothing can be executed."""

import json
import zlib
from base64 import b64decode, b64encode
from dataclasses import asdict, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from experiments.curves import Curves


def packed(curves: Curves) -> bytes:
    """Curves as compressed JSON, arrays of numbers by their bytes."""
    return zlib.compress(json.dumps(asdict(curves), default=_text, ensure_ascii=False).encode())


def unpacked(data: bytes) -> Curves:
    """What :func:`packed` was given."""
    curves: Curves = _made(Curves, json.loads(zlib.decompress(data)))
    return curves


def _text(numbers: NDArray[Any]) -> str:
    return f"{numbers.dtype.str} {b64encode(numbers.tobytes()).decode()}"


def _made(kind: Any, value: Any) -> Any:
    """A value of a type, from plain data."""
    if is_dataclass(kind):
        parts = get_type_hints(kind)
        return kind(**{name: _made(parts[name], part) for name, part in value.items()})  # type: ignore[operator]
    if get_origin(kind) is dict:
        return {name: _made(get_args(kind)[1], part) for name, part in value.items()}
    if isinstance(value, str) and kind is not str:
        number, _, content = value.partition(" ")
        return np.frombuffer(b64decode(content), dtype=number).copy()
    return value
