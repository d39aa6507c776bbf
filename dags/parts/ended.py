"""What `make refresh` says at its end: the verdict of its own run, the message, and what readers see."""

import sys
from datetime import datetime
from typing import Any, Final

from airflow.models import DagRun
from airflow.models.xcom import XComModel
from airflow.utils.session import create_session
from sqlalchemy import select

from dags.parts.defaults import open_store

_DAG: Final = "weekly_refresh"
_SEEN: Final = {"ok": "published", "held": "readers see the last good figures, stamped"}
"""What readers are led to who see what the run made, by how it ended."""


def handed_on(at: datetime, task_id: str, key: str = "return_value") -> Any:
    """Return what a task of the run with this logical date handed on, None where there is no such run or word."""
    with create_session() as session:
        run_id = session.scalar(select(DagRun.run_id).where(DagRun.dag_id == _DAG, DagRun.logical_date == at))
        if run_id is None:
            return None
        asked = XComModel.get_many(run_id=run_id, key=key, task_ids=task_id, dag_ids=_DAG, limit=1)
        found = session.scalar(asked)
        return None if found is None else XComModel.deserialize_value(found)


def main() -> int:
    """Print the last words of the run whose logical date is the first argument; 1 where it has left no message."""
    at = datetime.fromisoformat(sys.argv[1])
    ahead = handed_on(at, "prepare", "ahead")
    if ahead is not None:
        print("\n".join(["a dry run: nothing was asked or written; a run would ask", *ahead]))
        return 0
    told = handed_on(at, "summary")
    if told is None:
        why = handed_on(at, "prepare", "error")
        print(f"prepare: {why}" if why else "this run has left no message: see the log", file=sys.stderr)
        return 1
    from analysis.publishing import current

    store = open_store()
    files, shown = store.files, current(store)
    print(f"{told['run']}: {told['verdict']}")
    print("message:", files.path(f"messages/{_DAG}/{told['run']}.md"))
    if shown:
        path = files.path("published/current" if files.is_local else "published/current.json")
        seen = _SEEN.get(told["outcome"]) if shown.run == told["run"] else None
        print(f"{seen or 'readers still see'}: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
