"""Broken exports as tables, and the law that holds for each of them.

A clear sentence where something is wrong; the rest loads; an unchanged save is the same file; all
of it in bounded memory, and so in bounded time.
"""

from __future__ import annotations

import io
import re
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from sampled import some_of_each

from viewer.errors import CannotRead
from viewer.formats import read_export, write_export
from viewer.geometry.solids import MaskVolume
from viewer.media import open_media
from viewer.model.annotation import Annotation
from viewer.model.project import Project
from viewer.session.own_pictures import own_pictures

MOST_BYTES = 48 << 20  # of memory, whatever a file claims to hold
ALIKE = 2  # variants of one kind that are tried in a short run
FEWEST = 30  # broken variants of each vendor
KINDS = (
    "truncated", "wrong type", "missing key", "cycle", "duplicate id", "not a number",
    "count of 10^9", "deep nesting", "lone surrogate", "byte order mark", "CRLF", "path",
    "zip bomb", "PNG bomb",
)  # fmt: skip
LOOKED_AT = 20  # placements of one label
Build = Callable[[Path], Path]
Content = bytes | Callable[[], bytes]  # made when it is written: bombs are large


@dataclass(frozen=True)
class Broken:
    """One broken export.

    Args:
        kind: what is wrong with it, among KINDS or a vendor's own.
        build: writes it into a folder and returns what is opened: a file, a folder or a zip.
        says: what a sentence says of it as a pattern; None where nothing is wrong.
        good: how many labels with ids that begin with "good", or classes where the vendor has no
            ids, load and have their shape.
        refused: it holds nothing that can be read.
    """

    kind: str
    name: str
    build: Build
    says: str | None = None
    good: int = 1
    refused: bool = False


def named(cases: tuple[Broken, ...]) -> dict[str, Broken]:
    """Return the cases by what tests are called."""
    found = {f"{case.kind}: {case.name}": case for case in cases}
    assert len(found) == len(cases)
    return found


def tried(cases: tuple[Broken, ...]) -> dict[str, Broken]:
    """Return some cases of every kind by what tests are called; all in a long run."""
    return named(tuple(some_of_each(cases, lambda case: case.kind, ALIKE)))


def of_bytes(name: str, data: bytes) -> Build:
    """Return what writes one file."""

    def build(folder: Path) -> Path:
        (folder / name).write_bytes(data)
        return folder / name

    return build


def of_files(main: str, files: Mapping[str, Content]) -> Build:
    """Return what writes several files; `main` is opened, or the folder itself for ""."""

    def build(folder: Path) -> Path:
        for name, data in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data if isinstance(data, bytes) else data())
        return folder / main

    return build


def of_zip(files: Mapping[str, Content], change: Callable[[bytes], bytes] = bytes) -> Build:
    """Return what writes a zip, whose bytes may be changed afterwards."""

    def build(folder: Path) -> Path:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, data in files.items():
                archive.writestr(name, data if isinstance(data, bytes) else data())
        (folder / "all.zip").write_bytes(change(target.getvalue()))
        return folder / "all.zip"

    return build


def overlapping(data: bytes) -> bytes:
    """Return a zip whose second member lies where the first one does, as in a bomb."""
    changed = bytearray(data)
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    struct.pack_into("<L", changed, second + 42, 0)
    return bytes(changed)


def claiming(size: int) -> Callable[[bytes], bytes]:
    """Return what makes the last member of a zip claim to have so many bytes."""

    def change(data: bytes) -> bytes:
        changed = bytearray(data)
        struct.pack_into("<L", changed, data.rindex(b"PK\x01\x02") + 24, size)
        return bytes(changed)

    return change


def png_of(columns: int, rows: int, data: bytes = b"") -> bytes:
    """Return a PNG that claims a size."""

    def chunk(kind: bytes, inner: bytes) -> bytes:
        return struct.pack(">I", len(inner)) + kind + inner + struct.pack(
            ">I", zlib.crc32(kind + inner))  # fmt: skip

    head = struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 0)
    packed = zlib.compress(data or b"\0" * (columns + 1) * min(rows, 16), 9)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", head), chunk(b"IDAT", packed), chunk(b"IEND", b""))
    )


def check(case: Broken, folder: Path) -> None:
    """Check the law."""
    home = folder / "home"
    home.mkdir()
    path = case.build(home)
    tracemalloc.start()
    try:
        said = _check_refused(path) if case.refused else _check_read(case, path, folder)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MOST_BYTES, peak
    for sentence in said:
        assert "\n" not in sentence
    if case.says is not None:
        assert any(re.search(case.says, sentence) for sentence in said), said
    own_pictures(open_media(home), Project(), [home])  # whatever lies there


def _check_refused(path: Path) -> list[str]:
    with pytest.raises(CannotRead) as caught:
        read_export(path)
    assert str(caught.value).endswith(".")
    return [str(caught.value)]


def _check_read(case: Broken, path: Path, folder: Path) -> list[str]:
    project = read_export(path)
    (export,) = project.exports.values()
    said = [issue.sentence for issue in export.issues]
    assert all(sentence.endswith(".") for sentence in said), said
    good = 0
    for id in project.annotations:
        label = project.annotations[id]
        problems = list(_problems(label))
        said += problems
        if (label.native_id or label.class_id).startswith("good"):
            assert not problems, problems
            assert label.locked_reason is None, label.locked_reason
            good += label.placements[0].shape is not None
    assert good == case.good, said
    own_pictures(open_media(path), project, [path])
    target = folder / f"out{path.suffix if path.is_file() else '.json'}"
    write_export(project, project, export.id, target)
    opened = path.read_bytes() if path.is_file() else export.sources[0].base
    assert target.read_bytes() == opened
    return said


def _problems(label: Annotation) -> Iterator[str]:
    """Yield why a label is not shown or not edited."""
    if label.locked_reason:
        yield label.locked_reason
    for placement in label.placements[:LOOKED_AT]:
        yield from (a.value for a in placement.attributes if a.name == "damaged")
        if isinstance(placement.shape, MaskVolume):
            try:
                placement.shape.masks.slices()
            except CannotRead as error:
                yield str(error)


def check_coverage(
    cases: tuple[Broken, ...], own: tuple[str, ...], without: tuple[str, ...]
) -> None:
    """Check that a vendor's table is long enough and holds each kind that applies to it.

    Args:
        own: kinds of its own.
        without: kinds that cannot be in its files.
    """
    wanted = {*KINDS, *own} - set(without)
    assert {case.kind for case in cases} == wanted
    assert len(named(cases)) >= FEWEST
