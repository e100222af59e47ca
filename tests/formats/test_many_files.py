"""An export of several files is found, read and written as one."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import msgspec
import pytest
from twofold import FIXTURE, NEXT, twofold, twofold_known

from viewer.errors import CannotRead, CannotWrite
from viewer.formats import finding, read_export, write_export
from viewer.formats.finding import PASSED_OVER, UNKNOWN, UNREAD, exports_met
from viewer.model.project import Project

__all__ = ["twofold_known"]
pytestmark = pytest.mark.usefixtures("twofold_known")

PARTS = [["frames/a.ndjson", "a.ndjson"], ["none.ndjson"], ["./b%201.ndjson"]]
MASKS = ["masks/1.png", "masks/2.png"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with an export, two of its three parts, its masks and a taxonomy."""
    home = tmp_path / "home"
    (home / "masks").mkdir(parents=True)
    (home / "tasks.json").write_bytes(twofold(PARTS, MASKS))
    (home / "a.ndjson").write_bytes(b'{"frame": 1}\n')
    (home / "b 1.ndjson").write_bytes(b'{"frame": 2}\n')
    (home / "taxonomy.json").write_bytes(b'{"taxonomy": 1}')
    for name in MASKS:
        (home / name).write_bytes(b"as opened")
    return home


def edited(project: Project) -> Project:
    id = next(iter(project.annotations))
    return project.with_annotation(msgspec.structs.replace(project.annotations[id], note="edited"))


def zipped(folder: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return target


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_parts_are_sources_in_the_order_of_the_call(home: Path) -> None:
    (export,) = read_export(home / "tasks.json").exports.values()
    assert [(source.id, source.role, Path(source.path).name) for source in export.sources] == [
        (0, "annotations", "tasks.json"),
        (1, "frames", "a.ndjson"),
        (2, "frames", ""),
        (3, "frames", "b 1.ndjson"),
    ]
    assert export.sources[2].base == b""


@pytest.mark.parametrize("is_zip", [False, True])
def test_a_folder_or_zip_gives_its_exports_in_natural_order_with_what_goes_with_them(
    home: Path, tmp_path: Path, is_zip: bool
) -> None:
    for name in ("x10.json", "x9.json"):
        (home / name).write_bytes(FIXTURE.read_bytes())
    (home / "sub").mkdir()
    (home / "sub" / "tasks.jsonl").write_bytes(twofold())
    target = home
    if is_zip:
        target = zipped(home, tmp_path / "all.zip")
    exports = read_export(target).exports.values()
    assert [export.title for export in exports] == [
        "tasks.jsonl", "tasks.json", "x9.json", "x10.json"
    ]  # fmt: skip
    roles = [[source.role for source in export.sources] for export in exports]
    assert roles[0] == ["annotations", "ontology"]
    assert roles[1] == ["annotations", "frames", "frames", "frames", "ontology"]
    assert roles[2] == roles[3] == ["annotations"]


def test_the_nearest_file_of_a_role_goes_with_an_export(home: Path) -> None:
    (home / "sub").mkdir()
    (home / "sub" / "tasks.json").write_bytes(twofold())
    (home / "sub" / "own.json").write_bytes(b'{"taxonomy": 2}')
    exports = read_export(home).exports.values()
    assert [Path(export.sources[-1].path).name for export in exports] == [
        "own.json", "taxonomy.json"
    ]  # fmt: skip


def test_what_goes_with_an_export_is_opened_with_one_or_a_sentence(home: Path) -> None:
    with pytest.raises(CannotRead, match="holds the ontology of Twofold exports and no labels"):
        read_export(home / "taxonomy.json")
    other = home.parent / "elsewhere.json"
    other.write_bytes(b'{"taxonomy": 3}')
    (export,) = read_export(other, home / "tasks.json").exports.values()
    assert export.sources[-1].path == str(other)


def test_a_part_whose_name_leads_out_is_said_and_left_out(home: Path) -> None:
    (home.parent / "out.ndjson").write_bytes(b"{}")
    names = [["../out.ndjson"], ["/etc/passwd"], ["..\\out.ndjson"], ["%2e%2e/out.ndjson"]]
    (home / "tasks.json").write_bytes(twofold(names))
    (export,) = read_export(home / "tasks.json").exports.values()
    assert [source.path for source in export.sources[1:]] == [""] * 4
    assert [issue.code for issue in export.issues if issue.code == "part-refused"] == [
        "part-refused"
    ] * 4


def test_what_the_head_leaves_open_is_decided_by_the_whole_file(tmp_path: Path) -> None:
    for name, last in (("yes", b'"surely"'), ("no", b'"never"')):
        filler = b'{"parts": [], "maybe": "' + b"." * 300_000 + b'", "last": ' + last + b","
        (tmp_path / f"{name}.json").write_bytes(filler + twofold()[1:])
    assert read_export(tmp_path / "yes.json").exports["1"].format == "twofold"
    with pytest.raises(
        CannotRead, match=r"no\.json is JSON of an unknown kind .* Twofold: the key"
    ):
        read_export(tmp_path / "no.json")
    met = exports_met(str(path) for path in tmp_path.iterdir())
    assert [Path(path).name for path in met.known] == ["yes.json"]
    assert [Path(path).name for path in met.strangers] == ["no.json"]


def with_strangers(folder: Path, is_zip: bool) -> Path:
    """The folder, or a zip of it, with JSON that is no export and some that cannot be opened."""
    (folder / "other.json").write_text('{"neither": 1}')
    if not is_zip:
        os.mkfifo(folder / "broken.json")
        return folder
    (folder / "broken.json").write_bytes(FIXTURE.read_bytes())
    target = zipped(folder, folder.with_suffix(".zip"))
    stored = FIXTURE.read_bytes()
    target.write_bytes(target.read_bytes().replace(stored, stored[:-9] + b"damaged!}", 1))
    return target


@pytest.mark.parametrize("is_zip", [False, True])
def test_json_that_could_not_be_read_is_an_issue_of_each_export_of_its_folder(
    home: Path, tmp_path: Path, is_zip: bool
) -> None:
    (home / "second.json").write_bytes(FIXTURE.read_bytes())
    target = with_strangers(home, is_zip)
    lone = tmp_path / "lone.json"
    lone.write_bytes(FIXTURE.read_bytes())
    exports = read_export(lone, target).exports.values()
    told = [[i.code for i in export.issues if i.code in PASSED_OVER] for export in exports]
    assert [export.title for export in exports] == ["lone.json", "second.json", "tasks.json"]
    assert told == [[], [UNREAD, UNKNOWN], [UNREAD, UNKNOWN]]


@pytest.mark.parametrize("is_zip", [False, True])
def test_a_folder_in_which_no_export_can_be_read_says_why_of_each(
    tmp_path: Path, is_zip: bool
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    target = with_strangers(home, is_zip)
    with pytest.raises(CannotRead, match=r"broken\.json.*other\.json is JSON, but no label"):
        read_export(target)


def test_more_files_than_are_looked_into_are_said(home: Path, monkeypatch) -> None:
    monkeypatch.setattr(finding, "MET_LIMIT", 3)
    for number in range(9):
        (home / f"{number}.json").write_text("{}")
    met = exports_met(str(path) for path in home.glob("*.json"))
    assert "11 JSON files were met and the first 3 looked into" in met.issues[-1].sentence


def test_unedited_files_stay_in_their_folder_and_go_along_to_another(
    home: Path, tmp_path: Path
) -> None:
    opened = read_export(home)
    before = contents(home)
    write_export(opened, opened, "1", home / "copy.json")
    assert contents(home) == {**before, "copy.json": before["tasks.json"]}
    (home / "copy.json").unlink()
    report = write_export(opened, opened, "1", tmp_path / "out" / "tasks.json", make_folder=True)
    assert contents(tmp_path / "out") == before
    assert Path(report.files[-1].path).name == "tasks.json"


def test_edited_files_go_under_their_own_names(home: Path, tmp_path: Path) -> None:
    opened = read_export(home)
    before = contents(home)
    (tmp_path / "out").mkdir()
    write_export(opened, edited(opened), "1", tmp_path / "out")
    after = contents(tmp_path / "out")
    assert after.pop("tasks.json") != before["tasks.json"]
    assert after == {
        "a.ndjson": before["a.ndjson"] + NEXT,
        "b 1.ndjson": before["b 1.ndjson"],
        "masks/1.png": b"a new mask",
        "masks/2.png": before["masks/2.png"],
        "taxonomy.json": before["taxonomy.json"],
    }
    assert contents(home) == before


def test_nothing_beside_the_opened_file_is_replaced_unless_asked(home: Path) -> None:
    opened = read_export(home)
    before = contents(home)
    with pytest.raises(CannotWrite, match=r"a\.ndjson is open and stays|lies beside the opened"):
        write_export(opened, edited(opened), "1", home / "copy.json")
    assert contents(home) == before
    write_export(opened, edited(opened), "1", home / "tasks.json", overwrite=True)
    after = contents(home)
    assert after.keys() == before.keys()
    assert {name for name in after if after[name] != before[name]} == {
        "tasks.json", "a.ndjson", "masks/1.png"
    }  # fmt: skip


@pytest.mark.parametrize("broken", range(1, 5))
def test_an_interrupted_save_leaves_everything_as_it_was(
    home: Path, tmp_path: Path, broken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = read_export(home)
    real, count = {"replace": Path.replace, "fsync": os.fsync}, {"replace": 0, "fsync": 0}
    before = contents(tmp_path)

    def failing(name: str):
        def fails(*arguments: object) -> object:
            count[name] += 1
            if count[name] == broken:
                raise OSError(5, "Input/output error")
            return real[name](*arguments)

        return fails

    for name, where in (("replace", Path), ("fsync", os)):
        monkeypatch.setattr(where, name, failing(name))
        count[name] = 0
        for target in (tmp_path / "new" / "tasks.json", home / "tasks.json"):
            count[name] = 0
            if broken > 3 and target.parent == home and name == "replace":
                continue  # three files are replaced there
            with pytest.raises(CannotWrite, match="Input/output error"):
                write_export(opened, edited(opened), "1", target, overwrite=True, make_folder=True)
            assert contents(tmp_path) == before
            assert not (tmp_path / "new").exists()
        monkeypatch.setattr(where, name, real[name])


@pytest.mark.parametrize(
    "name", ["../x.png", "/x.png", "a/../../x.png", "..\\x.png", "", ".", "a\0", "n" * 300, "C:/x"]
)
def test_a_new_file_never_leaves_the_folder(home: Path, tmp_path: Path, name: str) -> None:
    (home / "tasks.json").write_bytes(twofold((), [name]))
    opened = read_export(home / "tasks.json")
    before = contents(tmp_path)
    with pytest.raises(CannotWrite, match=r"outside of its folder|no file can be named"):
        write_export(opened, edited(opened), "1", tmp_path / "out" / "t.json", make_folder=True)
    assert contents(tmp_path) == before


def test_a_link_does_not_lead_a_new_file_out(home: Path, tmp_path: Path) -> None:
    opened = read_export(home)
    (tmp_path / "away").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "masks").symlink_to(tmp_path / "away")
    with pytest.raises(CannotWrite, match="is a link out of"):
        write_export(opened, edited(opened), "1", tmp_path / "out")
    assert contents(tmp_path / "away") == {}


def test_parts_and_masks_in_a_zip_are_changed_in_their_places(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(home.rglob("*")):
            archive.write(file, Path("in") / file.relative_to(home))
    opened = read_export(path)
    write_export(opened, opened, "1", tmp_path / "same.zip")
    assert (tmp_path / "same.zip").read_bytes() == path.read_bytes()
    write_export(opened, edited(opened), "1", tmp_path / "out.zip")
    (tmp_path / "files").mkdir()
    write_export(opened, edited(opened), "1", tmp_path / "files")
    with zipfile.ZipFile(tmp_path / "out.zip") as target, zipfile.ZipFile(path) as source:
        assert target.namelist() == source.namelist()
        inside = {name: target.read(f"in/{name}") for name in contents(home)}
    assert inside == contents(tmp_path / "files")
    assert inside["a.ndjson"].endswith(NEXT)
    assert inside["masks/1.png"] == b"a new mask"
