"""Writing files so that a reader never sees half of one, and that they are there after a power failure."""

import contextlib
import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.errors import OutputError

if TYPE_CHECKING:
    import pandas as pd


def write(path: Path, data: bytes | str) -> None:
    """Write a file as a whole: to a temporary file beside it, to the disk, and then into its place.

    Raises:
        OutputError: the file cannot be written, for want of space or of permission.
    """
    write_all(path.parent, {path.name: data})


def write_all(folder: Path, files: Mapping[str, bytes | str]) -> None:
    """Write files as a whole: all to temporary files, to the disk, and only then each into its place.

    When this returns, the files and their names are on the disk.

    Raises:
        OutputError: one cannot be written, for want of space or of permission; then none is changed.
    """
    ready: dict[Path, Path] = {}
    try:
        for name, data in files.items():
            with refusing(folder / name):
                _make(folder)
                handle, temporary = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
                ready[Path(temporary)] = folder / name
                with os.fdopen(handle, "wb") as file:
                    file.write(data.encode() if isinstance(data, str) else data)
                    file.flush()
                    os.fsync(file.fileno())
                Path(temporary).chmod(0o644)
        for temporary_file, path in ready.items():
            with refusing(path):
                temporary_file.replace(path)
        if ready:
            with refusing(folder):
                _sync(folder)
    finally:
        for temporary_file in ready:
            temporary_file.unlink(missing_ok=True)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file beside ``path`` to write to, which takes its place once all of it is on the disk.

    Raises:
        OutputError: it cannot be written, for want of space or of permission; then nothing is changed.
    """
    with refusing(path):
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
            temporary.chmod(0o644)
            temporary.replace(path)
            _sync(path.parent)
        finally:
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Turn what the system says about a file that cannot be written into one clear message."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from error


def make_folder(folder: Path) -> None:
    """Make a result folder, or find that nothing can be written there before any work is done.

    Raises:
        OutputError: it cannot be made, or is no folder, or cannot be written to.
    """
    with refusing(folder):
        _make(folder)
        with tempfile.TemporaryFile(dir=folder):
            pass


def _make(folder: Path) -> None:
    """Make a folder and those above it, all on the disk."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for place in missing:
        _sync(place.parent)


def _sync(folder: Path) -> None:
    """Have the names in a folder written to the disk, which flushing the files themselves does not do."""
    if os.name != "posix":  # nothing else opens folders
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # of file systems that cannot be asked to
            raise
    finally:
        os.close(handle)


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with refusing(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def parquet(table: "pd.DataFrame") -> bytes:
    """A table as a Parquet file; the same table gives the same bytes."""
    buffer = BytesIO()
    table.to_parquet(buffer, index=False, compression="zstd")
    return buffer.getvalue()
