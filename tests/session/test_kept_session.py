"""What was open is kept, bounded, without names, and gone on with as far as it is there."""

from __future__ import annotations

import json
import stat
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from composed import RING, cine, project_of_rows, row, volume
from hypothesis import given
from hypothesis import strategies as st

from viewer.media.volume import PatientFacts, Window
from viewer.model.annotation import AnnotationId
from viewer.model.task import TaskKey
from viewer.render.window import CT_PRESETS
from viewer.review.label_keys import all_labels, keys_of
from viewer.review.matching import match
from viewer.review.sampling import SampleRule
from viewer.review.worklist import Rule, Worklist
from viewer.session.comparing import Comparison, Side
from viewer.session.kept_session import (
    MOST_KEPT,
    SIZE_LIMIT,
    KeptSession,
    Place,
    Recent,
    forget_kept,
    go_on,
    kept_file,
    read_recent,
    session_now,
    without_paths,
    write_kept,
)
from viewer.session.kept_worklist import (
    KeptWorklist,
    is_of_same_files,
    listed_again,
    worklist_now,
)
from viewer.session.laying import Laid
from viewer.session.session import Session

PANELS = (250, 260, 150)


def opened(tmp_path, *, media=None) -> Session:
    tmp_path.mkdir(exist_ok=True)
    project = project_of_rows(tmp_path, [row("L_ring", RING, 2)])
    found = media or (volume(), cine({"a": 0}, 6))
    session = Session()
    session.open(project, found, (), match(project, found))
    return session


def kept(session: Session, *paths: str) -> KeptSession:
    now = session_now(session, paths, "", PANELS)
    assert now is not None
    return now


def test_one_goes_on_at_the_same_slice_with_the_same_window_and_layout(tmp_path) -> None:
    first = opened(tmp_path)
    first.select([AnnotationId("1", 0)])
    first.viewing.set_crosshair((1, 2, 6))
    first.viewing.set_window(CT_PRESETS["bone"])
    first.viewing.set_color_map("viridis")
    first.viewing.invert()
    first.viewing.show(1)
    first.viewing.set_crosshair((3, 4, 5))
    first.viewing.set_window(Window(12.25, 99.5))
    first.viewing.set_look(layout="four")
    write_kept(kept_file(), kept(first, str(tmp_path)))
    (read,) = read_recent(kept_file()).sessions
    second = opened(tmp_path)
    go_on(second, read)
    assert second.viewing.media_index == 1
    assert second.viewing.crosshair == (3, 4, 5)
    assert second.viewing.window == Window(12.25, 99.5)
    assert second.viewing.layout == "four"
    assert second.viewing.crosshair_of(0) == (1, 2, 6)
    assert second.viewing.window_of(0) == CT_PRESETS["bone"]
    assert second.viewing.color_map_of(0) == "viridis"
    assert second.viewing.is_inverted_of(0)
    assert not second.viewing.is_inverted_of(1)
    assert second.selection == first.selection != frozenset()
    assert second.mode == "view"
    assert (read.labels, read.formats, read.panels) == (1, ("mdai",), PANELS)
    assert read.place is not None
    assert read.place.words == "frame 6"


def test_what_was_compared_stands_beside_each_other_again_where_both_are_there(tmp_path) -> None:
    first = opened(tmp_path, media=(volume(), volume("7.7")))
    first.linking.start(Comparison(Side(0), Side(1)))
    first.linking.move_alone(1, (5.0, 4.0, 6.0))
    before = first.viewing.compared
    assert before is not None
    assert before.offset
    read = kept(first, "x")
    second = opened(tmp_path, media=(volume(), volume("7.7")))
    go_on(second, read)
    assert second.viewing.compared == before
    assert [second.viewing.crosshair_of(n) for n in (0, 1)] == [
        first.viewing.crosshair_of(n) for n in (0, 1)
    ]
    lone = opened(tmp_path, media=(volume(),))
    go_on(lone, read)
    assert lone.viewing.compared is None
    by_export = opened(tmp_path)
    by_export.linking.start(Comparison(Side(0, export="1"), Side(0, export="9")))
    again = opened(tmp_path)
    go_on(again, kept(by_export, "x"))
    assert again.viewing.compared is None  # there is no such export


def test_a_worklist_of_some_labels_is_kept_as_it_was_and_known_by_the_files(tmp_path) -> None:
    ids = [AnnotationId("1", number) for number in (2, 0)]
    project = project_of_rows(tmp_path, [row("L_ring", RING, at) for at in range(3)])
    first, second, other = Session(), Session(), opened(tmp_path / "other")
    for session in (first, second):
        session.open(project, (volume(),), (), match(project, (volume(),)))
    first.work.take(Worklist(Rule("fitting", "ring"), keys_of(project, ids)), ids[0])
    write_kept(kept_file(), kept(first, "x"))
    (read,) = read_recent(kept_file()).sessions
    assert read.worklist is not None
    assert read.worklist.at == ids[0]
    again = listed_again(second, read.worklist)
    assert again is not None
    assert ([again[0], again[1]], len(again), again.rule) == (ids, 2, first.work.worklist.rule)
    assert listed_again(other, read.worklist) is None
    of_all = Worklist(Rule(order="task"), all_labels(project))
    first.work.take(of_all)
    assert worklist_now(first) == KeptWorklist(of_all.rule, AnnotationId("1", 0))
    first.work.take(Worklist(Rule("tasks"), tasks=(TaskKey("1", "one"), TaskKey("1", "two"))))
    first.work.next()
    assert worklist_now(first) == KeptWorklist(Rule("tasks"), at_task=TaskKey("1", "two"))
    drawn = Rule(sample=SampleRule(2, 7))
    first.work.take(Worklist(drawn, all_labels(project)))
    sampled = worklist_now(first)
    assert sampled is not None
    assert (sampled.rule, sampled.labels) == (drawn, ())
    assert is_of_same_files(second, sampled)
    assert not is_of_same_files(other, sampled)  # of which the seed draws others


def test_a_label_with_another_id_in_its_place_is_not_selected(tmp_path) -> None:
    session = opened(tmp_path)
    session.select([AnnotationId("1", 0)])
    read = kept(session, "x")
    assert read.selected is not None
    other = msgspec.structs.replace(read.selected, native_id="another")
    again = opened(tmp_path)
    go_on(again, msgspec.structs.replace(read, selected=other))
    assert again.selection == frozenset()


def test_a_window_with_a_name_has_it_again(tmp_path) -> None:
    first = opened(tmp_path)
    first.viewing.set_window(CT_PRESETS["lung"])
    second = opened(tmp_path)
    go_on(second, kept(first, "x"))
    assert second.viewing.window == CT_PRESETS["lung"]


def test_colours_and_what_was_laid_over_are_there_again_where_they_can_be(tmp_path) -> None:
    first = opened(tmp_path, media=(volume(), volume("7.7")))
    first.viewing.set_color_map("viridis")
    first.viewing.set_color_map("pet", 1)
    first.viewing.set_window(Window(3.5, 7.0), 1)
    first.viewing.lay(Laid(1, "place", 0.25))
    write_kept(kept_file(), kept(first, "x"))
    (read,) = read_recent(kept_file()).sessions
    second = opened(tmp_path, media=first.media)
    go_on(second, read)
    assert second.viewing.laid_over(0) == Laid(1, "place", 0.25)
    assert [second.viewing.color_map_of(number) for number in (0, 1)] == ["viridis", "pet"]
    assert second.viewing.window_of(1) == Window(3.5, 7.0)
    alone = opened(tmp_path, media=(volume(),))
    go_on(alone, read)
    assert alone.viewing.laid_over(0) is None
    assert read.laid is not None
    for laid in ({"how": "voxel"}, {"how": "?"}, {"opacity": 7.0}, {"opacity": float("nan")}):
        other = opened(tmp_path, media=first.media)
        go_on(other, replace_in(read, laid))
        assert other.viewing.laid_over(0) is None


def replace_in(read: KeptSession, laid: dict[str, object]) -> KeptSession:
    structs = msgspec.structs
    return structs.replace(read, laid=structs.replace(read.laid, **laid))


def test_a_series_that_moved_is_found_by_its_uid_and_one_that_is_gone_is_not_guessed(
    tmp_path,
) -> None:
    first = opened(tmp_path)
    first.viewing.show(1)
    first.viewing.set_crosshair((0, 0, 4))
    read = kept(first, "x")
    turned = opened(tmp_path, media=(first.media[1], first.media[0]))
    go_on(turned, read)
    assert (turned.viewing.media_index, turned.slice) == (0, 4)
    other = opened(tmp_path, media=(volume("7.7"),))
    before = other.viewing.crosshair
    go_on(other, read)
    assert other.viewing.crosshair == before


def test_no_name_of_a_patient_is_kept_and_nobody_else_can_read_the_file(tmp_path) -> None:
    phantom = volume()
    patient = PatientFacts(name="Doe^Jane", id="4711")
    named = replace(phantom, facts=replace(phantom.facts, patient=patient))
    session = opened(tmp_path, media=(named,))
    write_kept(kept_file(), kept(session, "/data/a"))
    text = kept_file().read_text()
    assert "Doe" not in text
    assert "4711" not in text
    assert stat.S_IMODE(kept_file().stat().st_mode) == 0o600


def test_the_newest_stands_first_each_is_kept_once_and_there_are_few(tmp_path) -> None:
    session = opened(tmp_path)
    for number in [*range(2 * MOST_KEPT), 0, 3, 0]:
        write_kept(kept_file(), kept(session, f"/data/{number}"))
    paths = [one.paths[0] for one in read_recent(kept_file()).sessions]
    assert paths[:2] == ["/data/0", "/data/3"]
    assert len(paths) == len(set(paths)) == MOST_KEPT


def test_what_is_gone_is_told_path_by_path(tmp_path) -> None:
    session, here = opened(tmp_path), str(tmp_path)
    write_kept(kept_file(), kept(session, here))
    write_kept(kept_file(), kept(session, here, "/no/such/file.json"))
    assert read_recent(kept_file()).gone == {0: ("/no/such/file.json",)}
    read = kept(session, here, "/no/such/file.json")
    left = without_paths(read, ["/no/such/file.json"])
    assert left.paths == (here,)
    assert (left.place, len(left.looks)) == (read.place, len(read.looks))
    unnamed = msgspec.structs.replace(read, place=Place(media=1, voxel=(1, 2, 3)))
    assert without_paths(unnamed, [here]).place is None  # number 1 is another one now


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"version":99,"sessions":[]}',
        b'{"version":1,"sessions":[{"paths":7}]}',
        b"[" * 100_000,
        b" " * (SIZE_LIMIT + 1),
    ],
)
def test_a_damaged_file_is_said_and_written_anew(tmp_path, text) -> None:
    kept_file().parent.mkdir(parents=True)
    kept_file().write_bytes(text)
    recent = read_recent(kept_file())
    assert recent.sessions == ()
    assert recent.said.startswith("What was open last is forgotten, because its file cannot be")
    write_kept(kept_file(), kept(opened(tmp_path), "a"))
    assert len(read_recent(kept_file()).sessions) == 1


@given(
    st.fixed_dictionaries(
        {
            "voxel": st.tuples(*[st.floats(-1e300, 1e300)] * 3),
            "media": st.integers(-(2**40), 2**40),
            "width": st.floats(-1e300, 1e300),
            "layout": st.text(max_size=8),
        }
    )
)
def test_whatever_numbers_the_file_holds_the_views_stay_sound(tmp_path_factory, numbers) -> None:
    text = {
        "place": {"series": "1.2.3", "voxel": numbers["voxel"], "media": numbers["media"]},
        "looks": [
            {
                "of": {"media": media},
                "voxel": numbers["voxel"],
                "window": {"center": 0.0, "width": numbers["width"], "function": "LINEAR"},
                "map": numbers["layout"],
            }
            for media in (0, numbers["media"])
        ],
        "compared": {"left": {"of": {}}, "right": {"of": {"media": numbers["media"]}}},
        "layout": numbers["layout"],
        "paths": ["a"],
    }
    path = tmp_path_factory.mktemp("kept") / "session.json"
    path.write_text(json.dumps({"version": 1, "sessions": [text]}))
    (read,) = read_recent(path).sessions
    session = Session()
    session.open(session.project, (volume(),), (), match(session.project, (volume(),)))
    go_on(session, read)
    assert np.isfinite(session.viewing.crosshair).all()
    assert 0 <= session.slice < 8
    window = session.viewing.window
    assert window is None or window.width > 0


def test_nothing_open_and_paths_that_are_no_text_are_not_kept(tmp_path) -> None:
    assert session_now(Session(), (), "", PANELS) is None
    assert session_now(opened(tmp_path), ("/data/\udcff",), "", PANELS) is None


def test_forgetting_leaves_nothing(tmp_path) -> None:
    write_kept(kept_file(), kept(opened(tmp_path), "a"))
    forget_kept(kept_file())
    forget_kept(kept_file())
    assert read_recent(kept_file()) == Recent()


@pytest.mark.parametrize(
    ("paths", "demo", "name"),
    [
        (("/data/head_ct/",), "", "head_ct"),
        (("/d/head_ct", "/d/labels.json"), "", "head_ct + labels.json"),
        (("/a", "/b", "/c", "/d"), "", "a + b + 2 more"),
        ((), "study", "Demo study"),
    ],
)
def test_it_is_called_by_its_files(paths, demo, name) -> None:
    assert KeptSession(paths, demo).name == name
