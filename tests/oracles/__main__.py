"""Let the vendors' own libraries read our re-exports, edited and unedited; print one table.

`make oracles` builds their environments and runs this. Exports come from the shared data and from
the demo study. Ends with 1 where a library finds an error that the export as opened does not have.
"""

from __future__ import annotations

import atexit
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from tests.oracles.library import ONTOLOGIES, Library, python_of
from tests.oracles.mask_variants import grown, has_masks, painted, variants
from viewer.demo import demo_of
from viewer.errors import OverreadError
from viewer.formats import read_export, write_export
from viewer.formats.products import products_of, write_product
from viewer.geometry.measure import translated
from viewer.geometry.shapes import (
    Box,
    Ellipse,
    Point,
    Polygon,
    Polyline,
    Regions,
    RotatedBox,
    Shape,
    Skeleton,
)
from viewer.geometry.solids import Landmark, Length, Solid
from viewer.model.project import Project

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
_MOVED_PX = 1.0
_READ_IMPORTS = ("labelbox",)  # the libraries of others send files for import and read none
_BESIDE = ("ontology", "cine_phantom_metadata")  # of the demo: they hold no labels


# Options of each vendor's oracle, by the name of its format.
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "encord": (),
    "mdai": ("--limit", "1"),
    "labelbox": ("--lenient", "-q"),
    "redbrick": (),
}


@dataclass(frozen=True)
class Row:
    """One line of the table; an exit code is None where nothing was judged."""

    vendor: str
    export: str
    state: str
    code: int | None
    words: str


def main() -> int:
    """Judge every export and print the table."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for number, path in enumerate(_exports(folder)):
            rows += _judged(path, folder / str(number))
    width = max((len(row.export) for row in rows), default=0)
    for row in rows:
        code = "-" if row.code is None else str(row.code)
        print(f"{row.vendor:9} {row.export:{width}} {row.state:16} {code:>2}  {row.words}")
    opened = {(row.export): row.code for row in rows if row.state == "opened"}
    worse = [row for row in rows if (row.code or 0) > (opened.get(row.export) or 0)]
    print(f"{len(rows)} judged, {len(worse)} worse than as opened")
    return 1 if worse else 0


def _exports(folder: Path) -> Iterator[Path]:
    for vendor in OPTIONS:
        shared = SHARED / "data" / "exports" / vendor
        yield from sorted(p for p in shared.rglob("*") if p.suffix in (".json", ".ndjson"))
    for own in ("encord", "labelbox"):
        yield from sorted((ROOT / "tests" / "data" / own).glob("*son"))
    yield ROOT / "tests" / "data" / "mdai" / "videos.json"
    for vendor in OPTIONS:
        _, paths = demo_of(vendor, folder / "demo")
        yield from (path for path in paths if path.stem not in _BESIDE)
    yield from variants(folder / "masks")


def _judged(path: Path, folder: Path) -> Iterator[Row]:
    name = f"{path.parent.name}/{path.name}"
    beside = _ontology_of(path)
    try:
        opened = read_export(path, *beside)
    except OverreadError as error:
        yield Row("?", name, "opened", None, str(error)[:90])
        return
    vendor = next(iter(opened.exports.values())).format
    yield Row(vendor, name, "opened", *_asked(vendor, path, *beside))
    states = [("unedited", opened), ("reshaped", reshaped(opened)), ("deleted", shortened(opened))]
    if has_masks(opened):
        states += [("painted", painted(opened)), ("new mask", grown(opened))]
    for state, current in states:
        target = folder / state
        target.mkdir(parents=True)
        try:
            report = write_export(opened, current, "1", target / path.name)
        except OverreadError as error:
            yield Row(vendor, name, state, None, str(error)[:90])
            continue
        _copy_beside(path, target)
        code, words = _asked(vendor, target / path.name, *beside)
        yield Row(vendor, name, state, code, f"{len(report.changed)} changed; {words}")
        yield from _imports(vendor, name, state, current, target / f"{path.stem}.import.ndjson")


def _imports(vendor: str, name: str, state: str, project: Project, target: Path) -> Iterator[Row]:
    """Judge the file for import that is made of a project, where a library reads such files."""
    if vendor not in _READ_IMPORTS:
        return
    for export in project.exports.values():
        for product in products_of(export):
            if product.name != "import" or state == "unedited":
                continue
            made = write_product(project, export.id, product, target)
            code, words = _asked(vendor, target) if made.count else (None, "nothing to import")
            yield Row(vendor, name, f"import, {state}", code, f"{made.count} rows; {words}")


def _ontology_of(path: Path) -> tuple[Path, ...]:
    """Return the ontology of an export of Encord, where there is one."""
    if path.parent.name != "encord":
        return ()
    names = ONTOLOGIES.get(path.name), "ontology/ontology.json", "ontology.json"
    found = (path.parent / name for name in names if name)
    return tuple(islice((each for each in found if each.exists()), 1))


def _copy_beside(path: Path, target: Path) -> None:
    """Masks that were not written anew lie beside the export as they did."""
    for other in path.parent.rglob("*"):
        there = target / other.relative_to(path.parent)
        if other.is_file() and other.suffix not in (".json", ".ndjson") and not there.exists():
            there.parent.mkdir(parents=True, exist_ok=True)
            there.write_bytes(other.read_bytes())


def reshaped(project: Project) -> Project:
    """Return the project with the first placement of every annotation that can be edited moved."""
    for id in list(project.annotations):
        annotation = project.annotations[id]
        if annotation.locked_reason is None and len(annotation.placements):
            shape = moved(annotation.placements[0].shape)
            if shape is not None:
                project = project.with_annotation(annotation.with_shape(0, shape))
    return project


def shortened(project: Project) -> Project:
    """Return the project without every third of the annotations that can be edited."""
    free = [id for id in project.annotations if project.annotations[id].locked_reason is None]
    for id in free[::3]:
        project = project.without_annotations([id])
    return project


def moved(shape: object) -> Shape | Solid | None:
    """Return a shape one pixel to the right and down; None of what is no outline."""
    match shape:
        case Landmark((i, j, k)):
            return Landmark((i + _MOVED_PX, j + _MOVED_PX, k))
        case Length((i, j, k), last):
            return Length((i + _MOVED_PX, j + _MOVED_PX, k), last)
        case (
            Point() | Box() | RotatedBox() | Ellipse() | Polygon() | Regions() | Polyline()
            | Skeleton()
        ):  # fmt: skip
            return translated(shape, _MOVED_PX, _MOVED_PX)
        case _:
            return None


def _asked(vendor: str, *paths: Path) -> tuple[int | None, str]:
    """Return the exit code of a vendor's oracle on a file, and its last line.

    Args:
        paths: the file, and the ontology that it is read with.
    """
    if not python_of(vendor).exists():
        return None, f"{vendor}'s library is missing; make sdks"
    code, out, err = _library(vendor).asked(*OPTIONS[vendor], *paths)
    lines = (out or err).strip().splitlines() or [""]
    return code, lines[-1][:110]


@cache
def _library(vendor: str) -> Library:
    library = Library(vendor)
    atexit.register(library.close)
    return library


if __name__ == "__main__":
    sys.exit(main())
