"""What `make refresh` says at its end: the verdict of the latest run, its message, and what readers see."""

import json
import sys
from typing import Final

from dags.parts.defaults import open_store

_FOLDER: Final = "messages/weekly_refresh"


def main() -> int:
    """Print the last words; 1 where no run has left a message."""
    from analysis.message.problem import order_of

    files = open_store().files
    told = (name.removeprefix(f"{_FOLDER}/").removesuffix(".json") for name in files.names(_FOLDER, ".json"))
    run = max((name for name in told if "/" not in name), key=order_of, default=None)
    if run is None:
        print("no message was written: see the log", file=sys.stderr)
        return 1
    message = json.loads(files.read(f"{_FOLDER}/{run}.json"))
    print(f"{run}: {message['verdict']}")
    print(f"message: {files.path(f'{_FOLDER}/{run}.md')}")
    if files.exists("published/current.json"):
        print(f"published: {files.path('published/current' if files.is_local else 'published/current.json')}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
