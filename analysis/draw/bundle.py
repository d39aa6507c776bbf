"""Bundle: writes a figure with everything a reader needs beside it: pictures, numbers, metadata, caption."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pyarrow as pa

from analysis.draw.caption import Provenance, markdown, record, to_json
from analysis.draw.figure import choose, render
from analysis.draw.options import Options
from analysis.draw.spec import FigureData, FigureSpec
from analysis.draw.style import DrawError
from analysis.pool import map_in_order
from scrapers.escapes import escape_cell

NOTHING: Final = "there is no posting of these years and sources to draw"


def draw_figures(
    facts: pa.Table,
    out: Path,
    *,
    only: Iterable[str] | None = None,
    options: Options | None = None,
    provenance: Provenance | None = None,
    workers: int = 1,
    on_figure: Callable[[int, int], None] = lambda done, total: None,
) -> list[Path]:
    """Draw the figures named in `only` (ids; None: all) into the folder `out`; return every path of the bundles.

    facts has the columns of FACT_SCHEMA. A file whose content stays the same is left alone; one that changes is
    replaced whole. Raises DrawError on unknown names or options, and before anything of that figure is written.
    `workers` processes draw; the bytes are the same for any number. `on_figure` is told how many of all are written.
    """
    chosen = choose(only)
    asked, known = options or Options(), provenance or Provenance()
    if only is not None:
        for spec in chosen:
            asked.refuse_untaken(spec.id, spec.takes)
    written: list[Path] = []
    drawing = Drawing(facts, asked, known)
    for done, files in enumerate(map_in_order(drawing, (s.id for s in chosen), min(workers, len(chosen))), start=1):
        written += write(files, out)
        on_figure(done, len(chosen))
    return written


@dataclass(frozen=True, slots=True)
class Drawing:
    """Draws a figure by its id, in whatever process."""

    facts: pa.Table
    options: Options
    provenance: Provenance

    def __call__(self, id: str) -> dict[str, bytes]:
        """Return the files of the figure by name."""
        (spec,) = choose([id])
        own = self.options.keep(spec.takes)
        return bundle(spec, complete(spec, spec.data(self.facts, own), self.provenance), own, self.provenance)


def complete(spec: FigureSpec, counted: FigureData, provenance: Provenance) -> FigureData:
    """Return what was counted with what the caller knows of the data; raises DrawError where nothing was."""
    if not counted.meta["n_postings"]:
        raise DrawError(f"{spec.id}: {NOTHING}")
    return replace(counted, meta={**counted.meta, "vintage": provenance.vintage, "sites": provenance.sites})


def bundle(spec: FigureSpec, data: FigureData, options: Options, provenance: Provenance) -> dict[str, bytes]:
    """Return the files of a figure by name."""
    stem = options.stem(spec.id)
    files: dict[str, bytes] = {}
    warnings: list[str] = []
    for lang in options.langs:
        pictures, words, problems = render(spec, data, lang, options)
        files |= {f"{stem}.{lang}.{kind}": content for kind, content in pictures.items()}
        files[f"{stem}.{lang}.md"] = markdown(spec, data, lang, words, options, provenance).encode()
        warnings += [f"layout ({lang}): {problem}" for problem in problems]
    # What others wrote may be a formula to a spreadsheet.
    cells = data.frame.map(lambda value: escape_cell(value) if isinstance(value, str) else value)
    files[f"{stem}.csv"] = cells.to_csv(index=False, float_format="%.6g", lineterminator="\n").encode()
    files[f"{stem}.meta.json"] = to_json(record(spec, data, replace(options, lang="both"), provenance, warnings))
    return files


def write(files: Mapping[str, bytes], out: Path) -> list[Path]:
    """Write files into the folder, each whole or not at all; raises DrawError when the folder cannot be written."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            _replace(out / name, content)
    except OSError as error:
        raise DrawError(f"cannot write figures to {out}: {error.strerror or error}") from error
    return [out / name for name in files]


def _replace(path: Path, content: bytes) -> None:
    if path.is_file() and path.read_bytes() == content:
        return
    fresh = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        fresh.write_bytes(content)
        os.replace(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
