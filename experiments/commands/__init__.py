"""The subcommands of ``gongzhi``; each imports what it needs when it runs, so that ``--help`` is quick."""
