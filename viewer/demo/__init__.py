"""A generated study with labels, made in the cache folder on first use; nobody was scanned."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import platformdirs

from viewer.errors import CannotRead

VERSION = 3  # of what is generated; another number makes another folder
SERIES_FOLDER = "thorax"
EXPORT_NAME = "thorax_phantom_labels.json"
VIDEO_NAME = "cine/cine.avi"
LABELBOX_FOLDER, REDBRICK_FOLDER = "labelbox", "redbrick"  # the same labels, as these export them
MANIFEST = ".manifest"

Progress = Callable[[int, int], None]


def demo_folder(cache: Path | None = None, progress: Progress | None = None) -> tuple[Path, Path]:
    """Return (series folder, export) of the demo study, made if it is not there whole.

    Args:
        cache: folder to keep it in; the user's cache folder by default.
        progress: told (files written, files in all).

    Raises:
        CannotRead: the cache folder cannot be written.
    """
    cache = platformdirs.user_cache_path("overread") if cache is None else cache
    folder = cache / f"demo-{VERSION}"
    try:
        if not _is_whole(folder):
            _make(folder, progress)
    except OSError as error:
        raise CannotRead(f"The demo study cannot be written to {folder}: {error}.") from error
    return folder / SERIES_FOLDER, folder / EXPORT_NAME


def _is_whole(folder: Path) -> bool:
    """Whether every file is there in the size in which it was written."""
    try:
        sizes = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=dict[str, int])
    except (OSError, UnicodeDecodeError, msgspec.MsgspecError):
        return False
    paths = {folder / name: size for name, size in sizes.items()}
    return all(path.is_file() and path.stat().st_size == size for path, size in paths.items())


def _make(folder: Path, progress: Progress | None) -> None:
    """Write the study beside its place, then move it there in one step."""
    from viewer.demo.cine import write_cine
    from viewer.demo.labelbox import write_labelbox
    from viewer.demo.labels import labels_export
    from viewer.demo.phantom import GRID, phantom
    from viewer.demo.redbrick import write_redbrick
    from viewer.demo.study import file_name, write_series
    from viewer.demo.vendors import marks_of

    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="demo-") as made:
        new = Path(made) / "demo"
        volume = phantom()
        write_series(new / SERIES_FOLDER, volume, progress)
        export = labels_export(volume)
        (new / EXPORT_NAME).write_bytes(export)
        (new / VIDEO_NAME).parent.mkdir()
        write_cine(new / VIDEO_NAME)
        marks = list(marks_of(export, GRID))
        items = [f"{SERIES_FOLDER}/{file_name(k, GRID.slices)}" for k in range(GRID.slices)]
        write_labelbox(new / LABELBOX_FOLDER, marks, GRID, Path(VIDEO_NAME).name)
        write_redbrick(new / REDBRICK_FOLDER, marks, GRID, items, VIDEO_NAME)
        files = sorted(path for path in new.rglob("*") if path.is_file())
        sizes = {path.relative_to(new).as_posix(): path.stat().st_size for path in files}
        (new / MANIFEST).write_text(json.dumps(sizes), encoding="utf-8")
        _put_in_place(new, folder)


def _put_in_place(new: Path, folder: Path) -> None:
    """Move `new` to `folder`; where another process was faster, its whole study stays."""
    if folder.exists() and not _is_whole(folder):
        old = Path(tempfile.mkdtemp(dir=folder.parent, prefix="demo-old-"))
        os.replace(folder, old / "demo")  # noqa: PTH105 (raises where a folder is there)
        shutil.rmtree(old)
    if not folder.exists():
        new.rename(folder)
