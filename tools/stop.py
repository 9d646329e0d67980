"""`./run stop`: stop embedded servers that were left running."""

from tools import servers
from tools.console import say
from tools.place import data_place


def main(_arguments: list[str]) -> int:
    """Stops the embedded servers of the data folder in an orderly way."""
    stopped = servers.stop_all(data_place())
    say(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")
    return 0
