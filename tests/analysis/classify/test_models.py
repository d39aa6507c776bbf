"""Loading models: the champion of the data root or the bundled one, and every way in which a file is refused."""

import hashlib
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

import fsspec
import numpy as np
import pytest
from sklearn.preprocessing import FunctionTransformer
from skops.io import dumps

from analysis.classify import models
from analysis.classify.line_model import FORMAT
from analysis.classify.models import ModelError, find_champion, load_models, load_version
from analysis.classify.role_model import RoleModel, Terms

VERSION = "2026-01-aaaaaaaaaa"


def role_bytes() -> bytes:
    terms = Terms({"pipelines": 0, "quota": 1}, np.empty(0, np.int64))
    weights = np.array([[2, -2], [-2, 2]], np.float32)
    model = RoleModel(("data_engineer", "other"), terms, np.ones(2, np.float32), weights, np.zeros(2))
    return bytes(dumps(model.to_content()))


def line_bytes() -> bytes:
    content = {
        "format": FORMAT,
        "levels": ["required", "mentioned"],
        "terms": "you\nwe",
        "weights": np.array([[4, -4], [-4, 4]], np.float32),
        "bias": np.zeros(2),
        "thresholds": {"required": 0.5},
    }
    return bytes(dumps(content))


ROLES, LINES = role_bytes(), line_bytes()


def entry(content: bytes) -> dict[str, object]:
    return {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def write(
    root: Path, version: str = VERSION, roles: bytes = ROLES, lines: bytes = LINES, is_champion: bool = True
) -> Path:
    folder = root / "models" / version
    folder.mkdir(parents=True)
    (folder / "roles.skops").write_bytes(roles)
    (folder / "lines.skops").write_bytes(lines)
    listed = {"roles.skops": entry(roles), "lines.skops": entry(lines)}
    (folder / "model.json").write_text(json.dumps({"version": version, "files": listed}))
    if is_champion:
        (root / "models" / "champion.json").write_text(json.dumps({"version": version, "history": []}))
    return folder


@pytest.fixture(autouse=True)
def no_bundled_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    bundle = tmp_path / "bundle"
    monkeypatch.setattr(models, "bundled", lambda name: bundle / name)
    return bundle


def refusal(root: Path) -> str:
    with pytest.raises(ModelError) as caught:
        load_models(str(root))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_loads_the_champion_of_the_data_root(tmp_path: Path) -> None:
    write(tmp_path)
    loaded = load_models(str(tmp_path))
    assert loaded.version == VERSION
    assert loaded.roles.score(["pipelines and more pipelines"])[0].argmax() == 0
    reading = loaded.lines.read(["you know \x00 well"])[0]
    assert reading is not None
    assert reading.level == "required"


def test_falls_back_to_the_bundled_champion(tmp_path: Path, no_bundled_models: Path) -> None:
    write(no_bundled_models, "2025-12-bbbbbbbbbb")
    assert load_models(str(tmp_path)).version == "2025-12-bbbbbbbbbb"
    write(tmp_path)
    assert load_models(str(tmp_path)).version == VERSION


def test_a_pointer_of_the_data_root_may_name_a_bundled_version(tmp_path: Path, no_bundled_models: Path) -> None:
    write(no_bundled_models, "2025-12-bbbbbbbbbb")
    write(tmp_path)
    (tmp_path / "models" / "champion.json").write_text('{"version": "2025-12-bbbbbbbbbb"}')
    assert load_models(str(tmp_path)).version == "2025-12-bbbbbbbbbb"


def test_loads_from_object_storage(tmp_path: Path) -> None:
    write(tmp_path)
    store = fsspec.filesystem("memory")
    store.put(str(tmp_path / "models"), "/bucket/models", recursive=True)
    try:
        assert load_models("memory://bucket").version == VERSION
    finally:
        store.rm("/bucket", recursive=True)


def test_says_so_when_there_is_no_model_at_all(tmp_path: Path) -> None:
    assert find_champion(str(tmp_path)) is None
    assert "model train" in refusal(tmp_path)


def test_a_flipped_byte_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path) / "roles.skops"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    assert "checksum" in refusal(tmp_path)


def test_a_replaced_file_is_refused(tmp_path: Path) -> None:
    (write(tmp_path) / "lines.skops").write_bytes(ROLES)
    assert "checksum" in refusal(tmp_path)


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path) / "roles.skops"
    path.write_bytes(path.read_bytes()[:-40])
    assert "checksum" in refusal(tmp_path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    (write(tmp_path) / "lines.skops").unlink()
    assert "lines.skops is missing" in refusal(tmp_path)


def test_an_untrusted_type_is_refused_though_its_checksum_is_right(tmp_path: Path) -> None:
    write(tmp_path, roles=dumps(FunctionTransformer(func=os.getcwd)))
    assert "would build" in refusal(tmp_path)


def test_a_pickle_is_refused_though_its_checksum_is_right(tmp_path: Path) -> None:
    write(tmp_path, roles=b"\x80\x04cposix\ngetcwd\n.")
    assert "no model file" in refusal(tmp_path)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        archive.writestr("schema.json", bytes(models.MAX_UNPACKED + 1))
    write(tmp_path, roles=buffer.getvalue())
    assert "unpacks to" in refusal(tmp_path)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with open(write(tmp_path) / "roles.skops", "ab") as stream:
        stream.truncate(models.MAX_BYTES + 1)
    assert "larger than" in refusal(tmp_path)


@pytest.mark.parametrize(
    "schema", ["", "[]", "{}", '{"protocol": 1}', "[" * 100_000, '{"__class__": 1, "protocol": 2}']
)
def test_a_malformed_schema_is_refused(tmp_path: Path, schema: str) -> None:
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as archive:
        archive.writestr("schema.json", schema)
    write(tmp_path, roles=buffer.getvalue())
    assert "no model file" in refusal(tmp_path)


def test_a_trusted_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    write(tmp_path, roles=dumps({"format": 1, "roles": ["other"]}))
    assert "cannot be used" in refusal(tmp_path)
    write(tmp_path / "second", lines=dumps([1, 2]))
    assert "cannot be used" in refusal(tmp_path / "second")


@pytest.mark.parametrize(
    "pointer", ["", "{", "[]", "null", '"x"', "{}", '{"version": 3}', '{"version": "a", "history": [1]}', "\x00\xff"]
)
def test_a_garbled_pointer_is_refused_and_not_passed_over(
    tmp_path: Path, no_bundled_models: Path, pointer: str
) -> None:
    write(no_bundled_models, "2025-12-bbbbbbbbbb")
    write(tmp_path)
    (tmp_path / "models" / "champion.json").write_text(pointer, encoding="latin-1")
    assert "champion.json is damaged" in refusal(tmp_path)


@pytest.mark.parametrize("version", ["gone", "../../models/" + VERSION, "", "A b", "a" * 80])
def test_a_version_that_is_not_there_is_refused(tmp_path: Path, version: str) -> None:
    write(tmp_path)
    (tmp_path / "models" / "champion.json").write_text(json.dumps({"version": version}))
    assert "there is no model" in refusal(tmp_path)


def _without_files(manifest: dict[str, object]) -> None:
    del manifest["files"]


def _renamed(manifest: dict[str, object]) -> None:
    manifest["version"] = "2020-01-cccccccccc"


def _without_sum(manifest: dict[str, object]) -> None:
    manifest["files"] = {"roles.skops": {"size": 3}, "lines.skops": {"size": 3}}


@pytest.mark.parametrize("damage", [_without_files, _renamed, _without_sum])
def test_a_damaged_manifest_is_refused(tmp_path: Path, damage: Callable[[dict[str, object]], None]) -> None:
    path = write(tmp_path) / "model.json"
    manifest = json.loads(path.read_text())
    damage(manifest)
    path.write_text(json.dumps(manifest))
    assert "damaged" in refusal(tmp_path)


def test_a_named_version_is_loaded_beside_the_champion(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, "2026-02-dddddddddd", is_champion=False)
    assert load_version("2026-02-dddddddddd", str(tmp_path)).version == "2026-02-dddddddddd"


def garbled(content: bytes, random: Random) -> bytes:
    """The archive with bytes of it, or of what it holds, changed."""
    if random.random() < 0.5:
        changed = bytearray(content)
        for _ in range(random.randint(1, 3)):
            changed[random.randrange(len(changed))] = random.randrange(256)
        return bytes(changed)
    buffer = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as source, ZipFile(buffer, "w") as target:
        for name in source.namelist():
            inner = bytearray(source.read(name))
            inner[random.randrange(min(len(inner), 128))] = random.randrange(256)
            target.writestr(name, bytes(inner))
    return buffer.getvalue()


def test_garbled_bytes_with_a_right_checksum_are_refused_or_harmless() -> None:
    random = Random(5)
    refusals = []
    for number in range(400):
        files = [ROLES, LINES]
        files[number % 2] = garbled(files[number % 2], random)
        try:
            for content in files:
                models.refuse_untrusted(content, "a file")
            models.build_models(files[0], files[1], VERSION)
        except ModelError as error:
            refusals.append(str(error))
    assert len(refusals) > 300
    assert not any("\n" in refusal for refusal in refusals)
