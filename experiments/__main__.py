"""``python -m experiments`` is ``gongzhi``."""

from experiments.command_line import main

main()
