"""What `make refresh` says at its end: the verdict of the latest run, its message, and what readers see."""

import json
import sys

from dags.parts.defaults import open_store


def main() -> int:
    """Print the last words; 1 where no run has left a message."""
    from analysis.message.problem import order_of

    files = open_store().files
    told = [name for name in files.names("messages/weekly_refresh", ".json") if "/" not in name]
    if not told:
        print("no message was written: see the log", file=sys.stderr)
        return 1
    latest = max(told, key=lambda name: order_of(name.rpartition("/")[2].removesuffix(".json")))
    message = json.loads(files.read(latest))
    print(f"{message['run']}: {message['verdict']}")
    print(f"message: {files.path(latest.removesuffix('.json') + '.md')}")
    if files.exists("published/current.json"):
        print(f"published: {files.path('published/current' if files.is_local else 'published/current.json')}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
