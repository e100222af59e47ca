"""How edits are spelled in MD.ai files, and what the format refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from viewer.errors import CannotWrite
from viewer.formats import WriteReport, read_export, write_export
from viewer.geometry.mask import Mask
from viewer.geometry.shapes import Box, Ellipse, Point, Polygon, Polyline
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.project import Project
from viewer.model.subject import MediaKey

Json = Any
DATA = Path(__file__).parents[2] / "data" / "mdai"
NOW = "2026-03-04T05:06:07.890Z"
KEY = MediaKey("1.2.3.1", "1.2.3.1.1", "1.2.3.1.1.1")


def at(ordinal: int) -> AnnotationId:
    return AnnotationId("1", ordinal)


def new(class_id: str, shape: Json = None, key: MediaKey = KEY, number: int = 0) -> Annotation:
    id = AnnotationId("1", number, new=True)
    placement = Placement(key, shape=shape, size=(160, 120))
    return Annotation(id, "", class_id, "Ada L.", (placement,), created=NOW)


def with_(project: Project, ordinal: int, **changes: Json) -> Project:
    one = project.annotations[at(ordinal)]
    if "shape" in changes:
        one = one.with_shape(0, changes.pop("shape"))
    return project.with_annotation(msgspec.structs.replace(one, updated=NOW, **changes))


@pytest.fixture
def opened() -> Project:
    return read_export(DATA / "all_modes.json")


def write(opened: Project, current: Project, folder: Path) -> WriteReport:
    return write_export(opened, current, "1", folder / "saved.json")


def records(folder: Path) -> list[Json]:
    tree = json.loads((folder / "saved.json").read_bytes().decode("utf-8-sig"))
    return [row for box in tree["datasets"] for row in box.get("annotations", [])]


def test_only_the_numbers_that_changed_are_respelled(opened: Project, tmp_path: Path):
    write(opened, with_(opened, 0, shape=Box(11, 20.25, 30.5, 40)), tmp_path)
    text = (tmp_path / "saved.json").read_text("utf-8")
    assert '"data":{"x":1.10E1,"y":20.250,"width":30.5,"height":40}' in text


def test_moving_one_vertex_respells_that_vertex_only(opened: Project, tmp_path: Path):
    write(
        opened, with_(opened, 2, shape=Polygon([(100.4, 10.6), (141.5, 12), (130, 60)])), tmp_path
    )
    assert '"vertices":[100.4,10.6,141.5,12,130,60]' in (tmp_path / "saved.json").read_text("utf-8")


def test_a_flat_list_stays_flat_and_pairs_stay_pairs(opened: Project, tmp_path: Path):
    current = with_(opened, 2, shape=Polygon([(100.4, 10.6), (1, 2), (140, 12), (130, 60)]))
    current = with_(current, 3, shape=Polyline([(5, 5), (90, 70)]))
    write(opened, current, tmp_path)
    text = (tmp_path / "saved.json").read_text("utf-8")
    assert '"vertices":[100.4,10.6,1,2,140,12,130,60]' in text
    assert '"vertices":[[5,5],[90,70]]' in text


def test_a_pretty_file_stays_pretty(tmp_path: Path):
    opened = read_export(DATA / "tabs_crlf_bom.json")
    current = with_(opened, 1, shape=Polygon([(50, 50), (80, 52), (75, 90), (1, 2)]))
    current = with_(current, 0, note="\u00e9")
    write(opened, current, tmp_path)
    written = (tmp_path / "saved.json").read_bytes()
    tree = json.loads(written.decode("utf-8-sig"))
    text = json.dumps(tree, indent="\t", ensure_ascii=False).replace("\n", "\r\n")
    assert written == b"\xef\xbb\xbf" + text.encode()


def test_an_edit_stamps_the_record_in_its_own_spelling(opened: Project, tmp_path: Path):
    current = with_(opened, 4, shape=Point(1, 2), updated_by="Ada L.")
    report = write(opened, current, tmp_path)
    row = records(tmp_path)[4]
    assert (row["updatedAt"], row["updatedById"], row["createdAt"]) == (
        NOW,
        "U_1",
        "2024-05-02T10:00:00.123Z",
    )
    assert report.notes == ()


@pytest.mark.parametrize(
    ("old", "new_"),
    [("2024-05-01T09:00:00Z", "2026-03-04T05:06:07Z"), ("", NOW),
     ("2024-05-01T09:00:00.000+00:00", "2026-03-04T05:06:07.890+00:00")],
)  # fmt: skip
def test_a_time_follows_the_spelling_it_replaces(old: str, new_: str, tmp_path: Path):
    text = (DATA / "all_modes.json").read_text("utf-8").replace("2024-05-02T10:00:00.456Z", old)
    path = tmp_path / "x.json"
    path.write_text(text, "utf-8")
    opened = read_export(path)
    write(opened, with_(opened, 4, shape=Point(1, 2)), tmp_path)
    assert records(tmp_path)[4]["updatedAt"] == new_


def test_a_name_that_is_no_user_of_the_export_is_not_written(opened: Project, tmp_path: Path):
    report = write(opened, with_(opened, 4, shape=Point(1, 2), updated_by="Bo"), tmp_path)
    assert records(tmp_path)[4]["updatedById"] == "U_1"
    assert "'Bo' is no user" in report.notes[0]


def test_a_record_without_stamps_gets_none(tmp_path: Path):
    tree = {
        "labelGroups": [{"labels": [{"id": "L", "name": "l", "annotationMode": "location"}]}],
        "datasets": [
            {"annotations": [{"id": "A", "labelId": "L", "data": {"x": 1, "y": 2}, "k": 1.0}]}
        ],
    }
    path = tmp_path / "x.json"
    path.write_text(json.dumps(tree))
    opened = read_export(path)
    current = with_(opened, 0, shape=Point(1, 3), note="n", updated_by="Ada")
    write(opened, current, tmp_path)
    (row,) = records(tmp_path)
    assert row == {"id": "A", "labelId": "L", "data": {"x": 1, "y": 3}, "note": "n", "k": 1.0}
    assert list(row) == ["id", "labelId", "data", "note", "k"]


def test_a_note_can_be_set_changed_and_taken_away(opened: Project, tmp_path: Path):
    current = with_(with_(opened, 11, note=None), 0, note='say "é"\n')
    report = write(opened, current, tmp_path)
    assert records(tmp_path)[11]["note"] is None
    assert records(tmp_path)[0]["note"] == 'say "é"\n'
    assert "é".encode() in (tmp_path / "saved.json").read_bytes()
    assert [(c.native_id, c.verb, c.fields) for c in report.changed] == [
        ("A_01", "changed", ("note",)),
        ("A_12", "changed", ("note",)),
    ]


def test_a_box_may_change_to_another_box_label(opened: Project, tmp_path: Path):
    write(opened, with_(opened, 0, class_id="L_bbox2"), tmp_path)
    assert records(tmp_path)[0]["labelId"] == "L_bbox2"


def test_an_unchanged_mask_stays_and_a_changed_one_reads_back(opened: Project, tmp_path: Path):
    mask = Mask(3, 4, 5, 1, [0, 2, 1, 2])
    write(opened, with_(with_(opened, 5, note="x"), 6, shape=mask), tmp_path)
    rows = records(tmp_path)
    assert rows[5]["data"]["foreground"] == [[[20, 20], [60, 20], [60, 60], [20, 60]]]
    again = read_export(tmp_path / "saved.json").annotations[at(6)].placements[0].shape
    assert isinstance(again, Mask)
    assert (again.x, again.y, again.width, again.runs.tolist()) == (3, 4, 5, [0, 2, 1, 2])
    assert set(rows[6]["data"]) == {"foreground", "background"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"class_id": "L_polygon"}, "its box does not fit its label, which has a polygon"),
        ({"class_id": "L_img"}, "has no shape"),
        ({"class_id": "L_nowhere"}, "not in the export's label groups"),
        ({"placements": ()}, "0 shapes"),
    ],
)
def test_what_the_format_cannot_hold_is_refused_by_name(opened, change, words, tmp_path):
    with pytest.raises(CannotWrite, match=words) as error:
        write(opened, with_(opened, 0, **change), tmp_path)
    assert "A_01" in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_every_refused_label_is_named(opened: Project, tmp_path: Path):
    current = with_(with_(opened, 0, class_id="L_polygon"), 4, class_id="L_bbox")
    current = current.with_annotation(new("L_nowhere"))
    with pytest.raises(CannotWrite, match=r"A_01.*A_05.*L_nowhere"):
        write(opened, current, tmp_path)


def test_scopes_locks_holes_and_turned_ellipses_are_refused(opened: Project, tmp_path: Path):
    hole = Polygon([(0, 0), (9, 0), (9, 9)], ([(1, 1), (2, 1), (2, 2)],))
    for current, words in (
        (with_(opened, 10, class_id="L_exam"), "scope"),
        (with_(opened, 14, note="x"), "cannot be edited"),
        (with_(opened, 1, shape=hole), "holes"),
        (with_(opened, 8, shape=Ellipse(50, 40, 9, 4, 0.5)), r"A_09.*turned by 28\.6"),
        (with_(opened, 9, placements=(Placement(MediaKey("1.2.3.2")),)), "another image"),
    ):
        with pytest.raises(CannotWrite, match=words):
            write(opened, current, tmp_path)


def test_a_locked_record_may_lose_its_parent_and_be_deleted(opened: Project, tmp_path: Path):
    write(opened, opened.without_annotations([at(14)]), tmp_path)
    assert "A_15" not in {row["id"] for row in records(tmp_path)}


def test_new_rows_have_the_uids_of_their_scope_and_never_null(opened: Project, tmp_path: Path):
    current = opened
    for number, label in enumerate(("L_img", "L_ser", "L_exam")):
        current = current.with_annotation(new(label, number=number))
    write(opened, current, tmp_path)
    rows = [row for row in records(tmp_path) if row["createdAt"] == NOW]
    uids = ["StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"]
    assert [[key for key in row if key.endswith("UID")] for row in rows] == [
        uids, uids[:2], uids[:1],
    ]  # fmt: skip
    for row in rows:
        assert (row["height"], row["width"], row["annotationNumber"]) == (None, None, None)
        assert row["id"].startswith("A_")
        assert row["createdById"] == "U_1"


def test_a_new_row_on_a_video_frame_has_no_instance(opened: Project, tmp_path: Path):
    key = MediaKey("1.2.3.1", "1.2.3.1.1", frame=7)
    write(opened, opened.with_annotation(new("L_bbox", Box(1, 2, 3, 4), key)), tmp_path)
    (row,) = [row for row in records(tmp_path) if row["createdAt"] == NOW]
    assert row["frameNumber"] == 7
    assert "SOPInstanceUID" not in row
    assert (row["height"], row["width"]) == (120, 160)


def test_a_new_row_without_its_uids_is_refused(opened: Project, tmp_path: Path):
    with pytest.raises(CannotWrite, match="no SeriesInstanceUID and no SOPInstanceUID"):
        write(opened, opened.with_annotation(new("L_img", key=MediaKey("1.2.3.1"))), tmp_path)


def test_a_file_without_datasets_takes_no_row(tmp_path: Path):
    path = tmp_path / "x.json"
    path.write_text('{"labelGroups":[{"labels":[{"id":"L_img"}]}],"datasets":[]}')
    opened = read_export(path)
    with pytest.raises(CannotWrite, match="no dataset"):
        write(opened, opened.with_annotation(new("L_img")), tmp_path)


def test_a_parent_may_be_new_and_a_deleted_one_is_let_go(opened: Project, tmp_path: Path):
    parent = new("L_bbox", Box(1, 2, 3, 4))
    current = with_(opened.with_annotation(parent), 9, parent=parent.id)
    current = with_(current.without_annotations([at(0)]), 12, parent=at(0))
    write(opened, current, tmp_path)
    rows = {row["id"]: row for row in records(tmp_path)}
    fresh = next(row for row in rows.values() if row["createdAt"] == NOW)
    assert rows["A_10"]["parentId"] == fresh["id"]
    assert rows["A_13"]["parentId"] == "A_01" or rows["A_13"]["parentId"] is None


def test_repeated_keys_are_told_and_the_last_is_changed(tmp_path: Path):
    text = (DATA / "all_modes.json").read_text("utf-8")
    text = text.replace('"labelId":"L_location",', '"note":"first","labelId":"L_location",', 1)
    path = tmp_path / "x.json"
    path.write_text(text, "utf-8")
    opened = read_export(path)
    report = write(opened, with_(opened, 4, note="last"), tmp_path)
    assert "repeats the keys note" in report.notes[0]
    assert records(tmp_path)[4]["note"] == "last"
    assert b'"note":"first"' in (tmp_path / "saved.json").read_bytes()


def test_a_file_that_breaks_off_takes_edits_but_no_rows(tmp_path: Path):
    whole = (DATA / "all_modes.json").read_bytes()
    path = tmp_path / "x.json"
    path.write_bytes(whole[: whole.index(b'"A_05"')])
    opened = read_export(path)
    assert len(opened.annotations) == 4
    write(opened, with_(opened, 0, shape=Box(1, 2, 3, 4)), tmp_path)
    assert read_export(tmp_path / "saved.json").annotations[at(0)].placements[0].shape == Box(
        1, 2, 3, 4
    )
    with pytest.raises(CannotWrite, match="breaks off"):
        write(opened, opened.with_annotation(new("L_img")), tmp_path)


def test_a_verified_negative_gets_a_shape(opened: Project, tmp_path: Path):
    write(opened, with_(opened, 13, shape=Polygon([(1, 2), (3, 4), (5, 6.5)])), tmp_path)
    assert records(tmp_path)[13]["data"] == {"vertices": [[1, 2], [3, 4], [5, 6.5]]}
