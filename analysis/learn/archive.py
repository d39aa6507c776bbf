"""Archive: a trained estimator as the bytes of a skops file that are the same whenever the estimator is."""

import io
import json
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from analysis.classify.models import open_skops

_SCHEMA: Final = "schema.json"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def to_bytes(estimator: Any) -> bytes:
    """Return the skops file of an estimator, compressed.

    skops names arrays and objects by their memory addresses and stamps its files with the time, so that no two
    files of one estimator are alike: here they are numbered in the order in which the schema names them.
    Raises TypeError for an object that skops cannot keep.
    """
    with ZipFile(io.BytesIO(open_skops().dumps(estimator))) as source:
        numbering = _Numbering()
        schema = numbering.apply(json.loads(source.read(_SCHEMA)))
        members = {new: source.read(old) for old, new in numbering.files.items()}
    members[_SCHEMA] = json.dumps(schema).encode()
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as target:
        for name, content in members.items():
            target.writestr(ZipInfo(name, _EPOCH), content, ZIP_DEFLATED, 9)
    return buffer.getvalue()


class _Numbering:
    """Gives ids and file names of a schema numbers, the same one wherever the same one stood."""

    def __init__(self) -> None:
        self.ids: dict[int, int] = {}
        self.files: dict[str, str] = {}

    def apply(self, value: Any) -> Any:
        """Return the schema with numbers for addresses."""
        if isinstance(value, list):
            return [self.apply(item) for item in value]
        if not isinstance(value, dict):
            return value
        # scikit-learn notes the address of the stop words that it has checked; without the note it checks again.
        is_vectorizer = "_stop_words_id" in value and "stop_words" in value
        return {k: self._field(k, v) for k, v in value.items() if not (is_vectorizer and k == "_stop_words_id")}

    def _field(self, key: str, value: Any) -> Any:
        # By type as well as by name: "file" is also a word of a vocabulary, whose value is then an object.
        if key == "__id__" and isinstance(value, int):
            # From 1 on: skops takes an id of 0 for none.
            return self.ids.setdefault(value, len(self.ids) + 1)
        if key == "file" and isinstance(value, str):
            return self.files.setdefault(value, f"{len(self.files) + 1}.{value.rpartition('.')[2]}")
        return self.apply(value)
