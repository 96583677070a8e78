"""What a self-hoster does with a store by hand: check, repair, backup, restore, copy.

``bot.py`` reads the settings and gives the rest of the command line to :func:`run_store_command`. Results go
to standard output; progress, questions and errors to standard error.
"""

from console.commands import add_store_arguments, run_store_command

__all__ = ["add_store_arguments", "run_store_command"]
