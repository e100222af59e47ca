"""What a person names is found: slices, times, objects, series, labels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from composed import RING, cine, project_of_rows, row, volume

from viewer.errors import Cancelled
from viewer.model.annotation import AnnotationId
from viewer.review.matching import match
from viewer.session.commands import ChangeClass, DeleteAnnotations
from viewer.session.searching import MOST_HITS, Hits, asked_of, go_to_hit, search
from viewer.session.session import Session

BOX = {"x": 1, "y": 2, "width": 4, "height": 6}


@pytest.fixture
def session(tmp_path):
    rows = [row("L_ring", RING, 2), row("L_box", BOX, 5), row("L_ring", RING, 6), row(k=77)]
    project = project_of_rows(tmp_path, rows)
    film = replace(cine({"9.8.7": 0}, 6), times_s=np.array([0, 0.5, 1, 1.5, 2, 3.5]))
    media = (volume(), film)
    session = Session()
    session.open(project, media, (), match(project, media))
    return session


def found(session: Session, text: str) -> Hits:
    return search(asked_of(session, text))


@pytest.mark.parametrize("text", ["3", "=3", "#3", " # 3 ", "slice 3", "#Slice 3"])
def test_a_number_is_a_slice_counted_from_one(session, text) -> None:
    hit = found(session, text).hits[0]
    assert (hit.kind, hit.media, hit.slice) == ("slice", 0, 2)
    assert hit.title == "Slice 3 of 8"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("0", "0"), ("9", "9"), ("=9", "9"), ("999999999", "999,999,999"), ("-3", "-3")),
        *(("1,234", "1,234"), ("1 234", "1,234"), ("12\u202f345", "12,345")),
        ("#123456789012", "123,456,789,012"),
    ],
)
def test_a_slice_that_is_not_there_is_refused_with_the_number_there_are(
    session, text, number
) -> None:
    answer = found(session, text)
    assert answer.hits == ()
    assert answer.refused.startswith(f"There is no slice {number}: ")
    assert answer.refused.endswith(" has 8 slices.")


def test_thousands_are_named_as_the_screen_has_them(tmp_path) -> None:
    film = cine({}, 2000)
    session, project = Session(), project_of_rows(tmp_path, [])
    session.open(project, (film,), (), match(project, (film,)))
    for text in ("1,234", "1 234", "1234", "#1,234", "frame 1,234"):
        assert [(hit.slice, hit.title) for hit in found(session, text).hits] == [
            (1233, "Frame 1,234 of 2,000")
        ]


@pytest.mark.parametrize(
    ("text", "frame"),
    [("0:00", 0), ("0:00.49", 0), ("0:00.5", 1), ("0:01.9", 3), ("0:03.5", 5), ("2 s", 4)],
)
def test_a_time_is_the_frame_on_the_screen_then(session, text, frame) -> None:
    session.viewing.show(1)
    hit = found(session, text).hits[0]
    assert (hit.media, hit.slice) == (1, frame)


def test_times_beyond_the_end_and_where_there_are_none_are_refused(session) -> None:
    assert "has no times; name a slice" in found(session, "0:01").refused
    session.viewing.show(1)
    assert found(session, "1:00").refused.startswith("cine ends at ")


def test_a_slice_too_far_is_refused_although_some_uid_holds_its_digits(tmp_path) -> None:
    film = cine({"1.4711.7": 0}, 6)
    project = project_of_rows(tmp_path, [])
    session = Session()
    session.open(project, (film,), (), match(project, (film,)))
    assert found(session, "4711").refused.startswith("There is no frame 4,711: ")
    assert [hit.title for hit in found(session, "4711.").hits] == ["1.4711.7"]


def test_a_part_of_a_uid_finds_every_object_that_has_it_and_the_whole_comes_first(session) -> None:
    objects = [hit for hit in found(session, "1.2.3.").hits if hit.kind == "object"]
    assert [hit.title for hit in objects] == [f"1.2.3.{k}" for k in range(8)]
    assert [hit.slice for hit in objects] == list(range(8))
    first = found(session, "1.2.3.6").hits[0]
    assert (first.kind, first.media, first.slice) == ("object", 0, 6)
    assert [(hit.media, hit.slice) for hit in found(session, "9.8.7").hits] == [(1, 0)]


def test_a_series_is_found_by_its_name_and_its_uid(session) -> None:
    assert ("series", 1) in [(hit.kind, hit.media) for hit in found(session, "CINE").hits]
    first = found(session, "1.2.3").hits[0]
    assert (first.kind, first.media) == ("series", 0)


def test_labels_are_found_by_the_vendor_s_id_and_by_name_the_nearest_first(session) -> None:
    assert found(session, "A_1").hits[0].id == AnnotationId("1", 1)
    session.viewing.set_crosshair((0, 0, 7))
    assert [hit.id.ordinal for hit in found(session, "RING").hits] == [2, 0]
    session.viewing.set_crosshair((0, 0, 1))
    hits = found(session, "@ring").hits
    assert [hit.id.ordinal for hit in hits] == [0, 2]
    assert hits[0].where == "slice 3 · Reader · A_0"


def test_a_label_that_is_not_placed_is_found_and_says_so(session) -> None:
    (hit,) = found(session, "A_3").hits
    assert hit.where.startswith("not placed")
    said: list[str] = []
    session.said.connect(said.append)
    go_to_hit(session, hit)
    assert session.selection == {AnnotationId("1", 3)}
    assert said == ["This label is not placed, so that there is no picture to go to."]


def test_edited_labels_are_found_as_they_are_now_and_deleted_ones_are_not(session) -> None:
    first = AnnotationId("1", 0)
    session.do(ChangeClass(first, "L_box", session.stamp()))
    assert {hit.id.ordinal for hit in found(session, "@box").hits} == {0, 1, 3}
    assert found(session, "@ring").total == 1
    session.do(DeleteAnnotations((first,), (), session.stamp()))
    assert {hit.id.ordinal for hit in found(session, "@box").hits} == {1, 3}


def test_of_many_labels_the_best_are_shown_and_all_are_counted(tmp_path) -> None:
    rows = [row("L_ring", RING, n % 8) for n in range(3 * MOST_HITS)]
    project = project_of_rows(tmp_path, rows)
    session = Session()
    session.open(project, (volume(),), (), match(project, (volume(),)))
    answer = found(session, "@ring")
    assert (len(answer.hits), answer.total) == (MOST_HITS, 3 * MOST_HITS)
    assert {hit.slice for hit in answer.hits[:5]} == {session.slice}


def test_what_is_nothing_is_said_in_words(session) -> None:
    assert (
        found(session, "no such").refused == "No slice, image, series or label is called no such."
    )
    assert found(session, "@zz").refused.endswith("Of an id, type 3 letters or more.")
    assert found(session, "  ") == Hits()
    assert found(session, "#x").refused == "Type the number of a slice."
    assert found(Session(), "3").refused == "No images are open."


def test_going_there_keeps_the_place_left(session) -> None:
    before = session.viewing.crosshair
    go_to_hit(session, found(session, "9.8.7").hits[0])
    assert session.viewing.media_index == 1
    session.go_back()
    assert (session.viewing.media_index, session.viewing.crosshair) == (0, before)


def test_a_search_that_is_not_wanted_any_more_stops(session) -> None:
    def stop() -> None:
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        search(asked_of(session, "ring"), stop)
