"""What belongs to an export goes with it to another place, out of a zip and into a new one."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from labelbox_rows import image, sides, thing
from PIL import Image
from redbrick_masks import SHAPE, shared_file

from viewer.cli import opening
from viewer.formats import read_export, write_export
from viewer.formats.finding import UNKNOWN
from viewer.model.project import Project
from viewer.session.jobs import JobControl
from viewer.session.sidecar import sidecar_of
from viewer.ui.media.reading import Phase, Request, read_request

ADDRESS = "https://api.x.example/api/v1/projects/p/annotations/m/index/7/mask"
TAXONOMY = {"taxId": "t", "name": "T", "isNew": True, "objectTypes": [], "version": 2}
VOXELS = np.ones(SHAPE, np.uint8)


def labelbox(home: Path) -> None:
    """An export with masks under several names, and with files that are none of its own."""
    masks = [thing(id, "ImageSegmentationMask", {"mask": {"url": ADDRESS}}) for id in ("m", "n")]
    row = image(*masks, thing("b", "ImageBoundingBox", sides(1)))
    (home / "labels.ndjson").write_text(json.dumps(row))
    for number, name in enumerate(("masks/m.png", "n_1.png", "annotations/m/index/7/mask.png")):
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((3, 3), number + 1, np.uint8), "L").save(path)
    Image.fromarray(np.zeros((9, 9), np.uint8), "L").save(home / "b.png")
    (home / "other.txt").write_text("no part of it")


def redbrick(home: Path) -> None:
    """An export with a shared mask file, and a taxonomy beside it."""
    shared_file(home, VOXELS, {"1": {"category": "c"}})
    (home / "taxonomy.json").write_text(json.dumps(TAXONOMY))
    (home / "other.txt").write_text("no part of it")


OWN = {
    labelbox: {"labels.ndjson", "masks/m.png", "n_1.png", "annotations/m/index/7/mask.png"},
    redbrick: {"tasks.json", "segmentations/S.nii.gz", "taxonomy.json"},
}


@pytest.fixture(params=[labelbox, redbrick], ids=["labelbox", "redbrick"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, set[str]]:
    folder = tmp_path / "home"
    folder.mkdir()
    request.param(folder)
    return folder, OWN[request.param]


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def zipped(folder: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, f"in/{path.relative_to(folder).as_posix()}")
    return target


def seen(project: Project) -> list[tuple[str, str, str | None, bool]]:
    """What a person sees of the labels."""
    labels = (project.annotations[id] for id in project.annotations)
    return [
        (one.native_id, one.class_id, one.locked_reason, one.placements[0].shape is not None)
        for one in labels
    ]


def edited(project: Project) -> Project:
    """The same without its last label."""
    return project.without_annotations([list(project.annotations)[-1]])


@pytest.mark.parametrize("is_zip", [False, True])
@pytest.mark.parametrize(("colors", "is_own"), [({"c": [1, 2, 3]}, True), ({"c": "red"}, False)])
def test_a_file_of_colours_that_is_read_is_no_stranger(
    tmp_path: Path, colors: object, is_own: bool, is_zip: bool
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    redbrick(home)
    (home / "class_map.json").write_text(json.dumps(colors))
    (home / "other.json").write_text('{"neither": 1}')
    path = str(zipped(home, tmp_path / "all.zip") if is_zip else home)
    unknown = {"other.json"} if is_own else {"class_map.json", "other.json"}
    (export,) = read_export(path).exports.values()
    laid_over = read_request(Request((path,), ()), Phase(""), JobControl())
    for issues in (export.issues, laid_over.issues, opening.opened([path]).issues):
        named = {one.where.rpartition("/")[2] for one in issues if one.code == UNKNOWN}
        assert named == unknown


@pytest.mark.parametrize("by_name", [False, True])
def test_another_folder_gets_all_files_of_the_export_and_no_other(
    home: tuple[Path, set[str]], tmp_path: Path, by_name: bool
) -> None:
    folder, own = home
    before = contents(folder)
    main = "tasks.json" if "tasks.json" in own else "labels.ndjson"
    opened = read_export(folder / main if by_name else folder)
    write_export(opened, opened, "1", tmp_path / "out" / main, make_folder=True)
    assert contents(tmp_path / "out") == {name: before[name] for name in own}
    again = read_export(tmp_path / "out" / main)
    assert seen(again) == seen(opened)


def test_out_of_a_zip_come_all_members_of_the_export_and_no_other(
    home: tuple[Path, set[str]], tmp_path: Path
) -> None:
    folder, own = home
    before = contents(folder)
    opened = read_export(zipped(folder, tmp_path / "all.zip"))
    (tmp_path / "out").mkdir()
    write_export(opened, opened, "1", tmp_path / "out")
    assert contents(tmp_path / "out") == {name: before[name] for name in own}


def test_a_new_zip_holds_everything_and_differs_where_it_was_edited(
    home: tuple[Path, set[str]], tmp_path: Path
) -> None:
    folder, own = home
    target = zipped(folder, tmp_path / "all.zip")
    opened = read_export(target)
    write_export(opened, opened, "1", tmp_path / "same.zip")
    assert (tmp_path / "same.zip").read_bytes() == target.read_bytes()
    write_export(opened, edited(opened), "1", tmp_path / "out.zip")
    with zipfile.ZipFile(target) as before, zipfile.ZipFile(tmp_path / "out.zip") as after:
        old = {name: before.read(name) for name in before.namelist()}
        new = {name: after.read(name) for name in after.namelist() if name in old}
    changed = {name for name in new if new[name] != old[name]}
    assert changed
    assert changed <= {f"in/{name}" for name in own}
    assert "in/other.txt" in new


def test_what_was_written_is_told_by_the_bytes_of_its_sources(
    home: tuple[Path, set[str]], tmp_path: Path
) -> None:
    opened = read_export(zipped(home[0], tmp_path / "all.zip"))
    report = write_export(opened, edited(opened), "1", tmp_path / "out.zip")
    (again,) = read_export(tmp_path / "out.zip").exports.values()
    assert report.exports == {"1": tuple(source.sha256 for source in again.sources)}
    report = write_export(opened, edited(opened), "1", tmp_path / "out.json")
    (alone,) = read_export(tmp_path / "out.json").exports.values()
    assert report.exports["1"][0] == alone.sources[0].sha256


def test_a_mask_that_is_gone_by_then_does_not_stop_the_save(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    labelbox(home)
    opened = read_export(home)
    (home / "n_1.png").unlink()
    write_export(opened, opened, "1", tmp_path / "out" / "labels.ndjson", make_folder=True)
    assert contents(tmp_path / "out").keys() == OWN[labelbox] - {"n_1.png"}


def test_what_was_chosen_is_found_again_for_copies_in_zips_and_out_of_them(
    home: tuple[Path, set[str]], tmp_path: Path
) -> None:
    opened = read_export(zipped(home[0], tmp_path / "all.zip"))
    (export,) = opened.exports.values()
    wanted = sidecar_of(tmp_path, export)
    (tmp_path / "copy of all.zip").write_bytes((tmp_path / "all.zip").read_bytes())
    (tmp_path / "out").mkdir()
    write_export(opened, opened, "1", tmp_path / "out")
    main = tmp_path / "out" / export.title
    for path in (tmp_path / "copy of all.zip", home[0], home[0] / export.title, main):
        (again,) = read_export(path).exports.values()
        assert sidecar_of(tmp_path, again) == wanted
    for name in ("new.zip", "new.json"):
        report = write_export(opened, edited(opened), "1", tmp_path / name)
        (saved,) = read_export(tmp_path / name).exports.values()
        assert sidecar_of(tmp_path, saved) != wanted
        assert sidecar_of(tmp_path, saved) == sidecar_of(tmp_path, export, report.exports["1"])
