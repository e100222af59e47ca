"""A generated study and video with labels, made in the cache folder on first use.

Nobody was scanned.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import platformdirs

from viewer.errors import CannotRead

VERSION = 4  # of what is generated; another number makes another folder
SERIES_FOLDER = "thorax"
EXPORT_NAME = "thorax_phantom_labels.json"
VIDEO_NAME = "cine/cine.avi"
LABELBOX_FOLDER, REDBRICK_FOLDER = "labelbox", "redbrick"
DATAGYM_TASK = "7c0a31de-94b5-4f0c-8d5e-6f3b2a91c047"  # the video's; its file is called after it
STUDY = "study"  # the demo that opens where none is named: the series and MD.ai's labels of it
# The other demos: the series, the video, and the files of labels as each vendor exports them.
VENDORS: Mapping[str, tuple[str, ...]] = {
    "mdai": (EXPORT_NAME, "mdai/cine_phantom_labels.json", "mdai/cine_phantom_metadata.json"),
    "labelbox": ("labelbox/thorax_export_v2.ndjson", "labelbox/cine_export_v2.ndjson"),
    "redbrick": ("redbrick/tasks.json",),
    "encord": ("encord/labels.json", "encord/ontology.json"),
    "datagym": (
        "datagym/thorax/datagym_export_1714998600000_Thorax+phantom.json",
        f"datagym/cine/datagym_export_1714998600000_{DATAGYM_TASK}.json",
    ),
}
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


def demo_of(
    name: str, cache: Path | None = None, progress: Progress | None = None
) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Return (images, exports) of a demo.

    Args:
        name: STUDY or a key of VENDORS.
        cache, progress: as in `demo_folder`.

    Raises:
        CannotRead: the cache folder cannot be written.
    """
    series, export = demo_folder(cache, progress)
    if name == STUDY:
        return (series,), (export,)
    folder = export.parent
    return (series, folder / VIDEO_NAME), tuple(folder / file for file in VENDORS[name])


def _is_whole(folder: Path) -> bool:
    """Whether every file is there in the size in which it was written."""
    import msgspec

    try:
        sizes = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=dict[str, int])
    except (OSError, UnicodeDecodeError, msgspec.MsgspecError):
        return False
    paths = {folder / name: size for name, size in sizes.items()}
    return all(path.is_file() and path.stat().st_size == size for path, size in paths.items())


def _make(folder: Path, progress: Progress | None) -> None:
    """Write the study beside its place, then move it there in one step."""
    from viewer.demo.cine import write_cine
    from viewer.demo.labels import labels_export
    from viewer.demo.phantom import phantom
    from viewer.demo.study import write_series

    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="demo-") as made:
        new = Path(made) / "demo"
        volume = phantom()
        write_series(new / SERIES_FOLDER, volume, progress)
        export = labels_export(volume)
        (new / EXPORT_NAME).write_bytes(export)
        (new / VIDEO_NAME).parent.mkdir()
        write_cine(new / VIDEO_NAME)
        _write_exports(new, export)
        files = sorted(path for path in new.rglob("*") if path.is_file())
        sizes = {path.relative_to(new).as_posix(): path.stat().st_size for path in files}
        (new / MANIFEST).write_text(json.dumps(sizes), encoding="utf-8")
        _put_in_place(new, folder)


def _write_exports(folder: Path, export: bytes) -> None:
    """Write the labels of an MD.ai export, and those of the video, as each vendor exports them."""
    from viewer.demo.datagym import write_datagym, write_datagym_video
    from viewer.demo.encord import write_encord
    from viewer.demo.labelbox import write_labelbox
    from viewer.demo.mdai import write_mdai
    from viewer.demo.phantom import GRID
    from viewer.demo.redbrick import write_redbrick
    from viewer.demo.study import file_name
    from viewer.demo.vendors import marks_of

    marks, video = list(marks_of(export, GRID)), Path(VIDEO_NAME).name
    items = [file_name(k, GRID.slices) for k in range(GRID.slices)]
    paths = [f"{SERIES_FOLDER}/{name}" for name in items]
    _, cine, metadata = (folder / name for name in VENDORS["mdai"])
    write_mdai(cine, metadata, video)
    write_labelbox(folder / LABELBOX_FOLDER, marks, GRID, video)
    write_redbrick(folder / REDBRICK_FOLDER, marks, GRID, paths, VIDEO_NAME)
    labels, ontology = (folder / name for name in VENDORS["encord"])
    write_encord(labels, ontology, marks, GRID, video)
    images, task = (folder / name for name in VENDORS["datagym"])
    write_datagym(images, marks, GRID, items)
    write_datagym_video(task, video)


def _put_in_place(new: Path, folder: Path) -> None:
    """Move `new` to `folder`; where another process was faster, its whole study stays."""
    if folder.exists() and not _is_whole(folder):
        old = Path(tempfile.mkdtemp(dir=folder.parent, prefix="demo-old-"))
        os.replace(folder, old / "demo")  # noqa: PTH105 (raises where a folder is there)
        shutil.rmtree(old)
    if not folder.exists():
        new.rename(folder)
