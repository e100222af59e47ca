"""`overread info` tells what lies under some paths, each file once."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from command_lines import TRUNCATED, Run


def test_info_counts_media_labels_and_reasons(run: Run, demo: tuple[Path, Path]) -> None:
    done = run("info", *demo)
    assert done.code == 1
    assert "256 × 256 px, 128 slices, 1.4 × 1.4 × 2.5 mm" in done.out
    assert "87 of 90 found their pixels" in done.out
    for reason in ("series not loaded", "instance missing", "exam not in list"):
        assert f"1  {reason}" in done.out


def test_info_ends_with_0_when_every_label_found_its_pixels(
    run: Run, demo: tuple[Path, Path], placed: Path
) -> None:
    assert run("info", demo[0], placed).code == 0


def test_info_ends_with_0_without_an_export(run: Run, demo: tuple[Path, Path]) -> None:
    assert run("info", demo[0]).code == 0


def test_info_ends_with_1_for_a_damaged_export(
    run: Run, demo: tuple[Path, Path], tmp_path: Path
) -> None:
    cut = tmp_path / "cut.json"
    cut.write_bytes(TRUNCATED)
    done = run("info", demo[0], cut)
    assert done.code == 1
    assert "Traceback" not in done.err


def test_info_as_json_gives_each_label_the_slices_through_its_centre(
    run: Run, demo: tuple[Path, Path]
) -> None:
    done = run("info", *demo, "--json")
    tree: dict[str, Any] = json.loads(done.out)
    assert done.code == 1
    assert tree["matches"] == {
        "matched": 87,
        "unmatched": {"series not loaded": 1, "instance missing": 1, "exam not in list": 1},
    }
    (media,) = tree["media"]
    assert media["spacing_mm"] == [1.4, 1.4]
    assert media["planes"]["axial"] == {"slices": 128, "acquired": True}
    assert len(tree["labels"]) == 90
    box = next(label for label in tree["labels"] if label["label"] == "Nodule box")
    (place,) = box["places"]
    assert place["planes"] == {"axial": place["slice"], "sagittal": 76, "coronal": 109}
    exam = next(label for label in tree["labels"] if label["label"] == "Emphysema")
    assert exam["places"][0]["planes"] == {}


def test_an_export_inside_a_folder_is_opened_and_other_json_is_not(
    run: Run, demo: tuple[Path, Path], placed: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "all"
    folder.mkdir()
    shutil.copy(min(demo[0].iterdir()), folder)
    shutil.copy(placed, folder)
    (folder / "settings.json").write_text("{}")
    tree = json.loads(run("info", folder, "--json").out)
    assert [export["title"] for export in tree["exports"]] == [placed.name]


def test_files_and_zips_are_opened_as_folders_are(
    run: Run, demo: tuple[Path, Path], tmp_path: Path
) -> None:
    files = sorted(demo[0].iterdir())[:4]
    archive = tmp_path / "four.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for file in files:
            target.write(file, file.name)
    assert "4 slices" in run("info", *files).out
    assert "4 slices" in run("info", archive).out


def test_an_export_inside_a_zip_is_an_export(
    run: Run, demo: tuple[Path, Path], placed: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "all!.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        target.write(min(demo[0].iterdir()), "study/1.dcm")
        target.write(placed, "study/labels.json")
        target.writestr("study/settings.json", "{}")
    tree = json.loads(run("info", archive, "--json").out)
    assert [export["path"] for export in tree["exports"]] == [f"{archive}!study/labels.json"]
    assert [problem["code"] for problem in tree["problems"]] == ["json-unknown"]
    assert run("save", archive, "--out", archive).code == 2
    assert run("save", archive, "--out", tmp_path).code == 0
    assert (tmp_path / "labels.json").read_bytes() == placed.read_bytes()
    assert run("save", f"{archive}!study/settings.json", "--out", tmp_path / "x.json").code == 2


@pytest.mark.parametrize("inside", ["labels.json", "a/b/c/labels.json"])
@pytest.mark.parametrize("holds_images", [True, False])
def test_a_zip_may_hold_images_and_export_or_the_export_alone_at_any_depth(
    holds_images: bool,
    inside: str,
    run: Run,
    demo: tuple[Path, Path],
    placed: Path,
    tmp_path: Path,
) -> None:
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as target:
        target.write(placed, inside)
        for file in demo[0].iterdir() if holds_images else ():
            target.write(file, f"d/e/{file.name}")
    paths = [archive] if holds_images else [archive, demo[0]]
    done = run("info", *paths, "--json")
    tree = json.loads(done.out)
    assert [media["slices"] for media in tree["media"]] == [128]
    assert [export["title"] for export in tree["exports"]] == ["labels.json"]
    assert (done.code, tree["matches"]) == (0, {"matched": 87, "unmatched": {}})


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_exports_of_one_name_in_a_zip_are_refused_and_neither_stands_for_the_other(
    run: Run, placed: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "twice.zip"
    with zipfile.ZipFile(archive, "w") as target:
        target.write(placed, "labels.json")
        target.writestr("labels.json", placed.read_bytes() + b" ")
    done = run("info", archive)
    assert done.code == 1
    assert done.out.count("twice.zip holds 2 files that are all named labels.json") == 1
    assert run("save", archive, "--out", tmp_path / "out.json").code == 2


def test_a_file_is_opened_once_however_often_it_is_named(
    run: Run, demo: tuple[Path, Path], placed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("linked.json").symlink_to(placed)
    file = min(demo[0].iterdir())
    done = run("info", placed, placed.name, "linked.json", demo[0], file, demo[0], "--json")
    tree = json.loads(done.out)
    assert (done.code, len(tree["exports"]), tree["problems"]) == (0, 1, [])


def test_a_folder_whose_export_cannot_be_read_ends_with_1(run: Run, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "torn.zip", "w") as target:
        target.writestr("labels.json", TRUNCATED)
    archive = (tmp_path / "torn.zip").read_bytes()
    (tmp_path / "torn.zip").write_bytes(archive.replace(b'"A_1"', b'"A_2"'))  # checksum is wrong
    done = run("info", tmp_path)
    assert done.code == 1
    assert "!! torn.zip!labels.json: cannot be read" in done.out


def test_info_says_what_pictures_are_that_no_header_names(run: Run, tmp_path: Path) -> None:
    from PIL import Image

    Image.new("L", (6, 4)).save(tmp_path / "one.png")
    Image.new("L", (8, 4)).save(tmp_path / "left.png")
    Image.new("L", (8, 4)).save(tmp_path / "right.png")
    lines = run("info", tmp_path).out.splitlines()
    assert "     image, 6 × 4 px, 1 frame, not calibrated" in lines
    assert "     images, 8 × 4 px, 2 frames, not calibrated" in lines
