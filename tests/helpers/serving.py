"""Servers of the view, as processes of their own."""

import signal
import subprocess
import sys
from pathlib import Path


def start(*arguments: str, folder: Path | None = None) -> tuple["subprocess.Popen[str]", str]:
    """A server on a free port, and its address."""
    command = [sys.executable, "-m", "experiments", "view", *arguments, "--port", "0"]
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder
    )
    assert server.stdout is not None
    line = server.stdout.readline()
    assert line.startswith("http://"), line + server.stdout.read()
    return server, line.split()[0]


def stop(server: "subprocess.Popen[str]") -> str:
    """End a server as Ctrl-C does; what it printed after its address."""
    server.send_signal(signal.SIGINT)
    said, _ = server.communicate(timeout=20)
    return said
