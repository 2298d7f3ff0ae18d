"""``python -m experiments`` is ``gongzhi``."""

from experiments.entry import main

main()
