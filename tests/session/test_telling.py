"""Labels are read by the pictures that are shown, whatever others are matched meanwhile."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from bound import film, pictures, scan

from viewer.errors import CannotWrite
from viewer.formats import read_export, write_export
from viewer.geometry.shapes import Box
from viewer.media.volume import Media
from viewer.model.annotation import AnnotationId
from viewer.model.track import Track
from viewer.review.binding import Choice, Choices
from viewer.review.matching import Matches, match
from viewer.session.commands import Reshape
from viewer.session.session import Session

Json = Any
ID = AnnotationId("1", 0)
CORNER = {"xNorm": 0.5, "yNorm": 0.5}
BOX = {"pointTopLeft": CORNER, "wNorm": 0.25, "hNorm": 0.5, "category": "c"}
SMALL, LARGE = pictures(["a.png"], size=(8, 4)), pictures(["a.png"], size=(80, 40))


def tasks(folder: Path, items: list[str], *boxes: Json) -> Path:
    path = folder / "tasks.json"
    series = {"items": items, "boundingBoxes": list(boxes)}
    path.write_text(json.dumps([{"taskId": "t", "name": "n", "series": [series]}]))
    return path


@pytest.fixture(name="session")
def a_session(tmp_path: Path) -> Session:
    """A label that counts in parts of a picture, over a small picture."""
    session, project = Session(), read_export(tasks(tmp_path, ["a.png"], BOX))
    session.open(project, [SMALL], (), match(project, [SMALL]))
    return session


def shape(session: Session) -> object:
    return session.project.annotations[ID].placements[0].shape


def test_matches_that_nobody_shows_leave_labels_where_they_are(session: Session) -> None:
    given_up = match(session.project, [LARGE])
    assert shape(session) == Box(4, 2, 2, 2)
    session.open(session.project, [LARGE], (), given_up)
    assert shape(session) == Box(40, 20, 20, 20)


def test_a_job_reads_labels_by_its_own_pictures_while_others_are_shown(session: Session) -> None:
    ahead, found = match(session.project, [LARGE]), list[object]()

    def work() -> None:
        with ahead.tellings.in_effect():
            found.append(shape(session))
        found.append(shape(session))

    thread = Thread(target=work)
    with session.matches.tellings.in_effect():
        thread.start()
        thread.join()
        found.append(shape(session))
    assert found == [Box(40, 20, 20, 20), Box(4, 2, 2, 2), Box(4, 2, 2, 2)]


def test_a_choice_that_is_given_up_changes_nothing_either(tmp_path: Path) -> None:
    ellipse = {"pointCenter": CORNER, "xRadiusNorm": 0.25, "yRadiusNorm": 0.125,
               "rotationRad": 0.3, "category": "e", "video": {"frameIndex": 3}}  # fmt: skip
    series = {"name": "1.2.3.4", "items": [f"{k}.dcm" for k in range(8)], "ellipses": [ellipse]}
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps([{"taskId": "t", "name": "n", "series": [series]}]))
    session, project, media = Session(), read_export(path), scan()
    session.open(project, [media], (), match(project, [media]))
    before = shape(session)
    chosen = {"1": Choices(Choice(readings={"radius-by-width": True}))}
    ahead = match(project, [media], chosen)
    assert before is not None
    assert shape(session) == before
    session.rebind(ahead)
    assert shape(session) != before


def test_what_is_left_of_an_edited_track_follows_the_pictures_shown(tmp_path: Path) -> None:
    def key(frame: int) -> Json:
        video = {"frameIndex": frame, "trackId": "x", "keyFrame": True, "endTrack": frame == 4}
        return {**BOX, "video": video}

    path = tasks(tmp_path, ["v.mp4"], key(0), key(4))
    small, large = film("v.mp4", 6, size=(8, 4)), film("v.mp4", 6, size=(80, 40))
    session, project = Session(), read_export(path)
    session.open(project, [small], (), match(project, [small]))
    session.do(Reshape(ID, 0, Box(1, 1, 2, 2), session.stamp()))

    def shapes() -> list[object]:
        placements = session.project.annotations[ID].placements
        assert isinstance(placements, Track)
        return [placements[number].flat for number in (0, len(placements) - 1)]

    assert shapes() == [Box(1, 1, 2, 2), Box(4, 2, 2, 2)]
    ahead = match(session.project, [large])
    assert shapes() == [Box(1, 1, 2, 2), Box(4, 2, 2, 2)]
    session.open(session.project, [large], (), ahead, kept=("1",))
    assert shapes() == [Box(1, 1, 2, 2), Box(40, 20, 20, 20)]


def saved(session: Session, path: Path) -> Json:
    write_export(session.history.opened, session.project, "1", path)
    return json.loads(path.read_bytes())[0]["series"][0]["boundingBoxes"][0]


@pytest.mark.parametrize("shown_since", [False, True])
def test_what_was_edited_is_written_by_the_picture_that_it_was_edited_on(
    shown_since: bool, session: Session, tmp_path: Path
) -> None:
    session.do(Reshape(ID, 0, Box(2, 1, 4, 2), session.stamp()))
    ahead: Matches = match(session.project, [LARGE])
    writing = session.matches.tellings.bound(saved)
    if shown_since:
        session.open(session.project, [LARGE], (), ahead, kept=("1",))
    found = writing(session, tmp_path / "out.json")
    assert (found["pointTopLeft"]["xNorm"], found["pointTopLeft"]["yNorm"]) == (0.25, 0.25)
    assert (found["wNorm"], found["hNorm"]) == (0.5, 0.5)


def test_a_size_once_known_is_kept_when_the_picture_is_closed(session: Session) -> None:
    media: list[Media] = []
    session.open(session.project, media, (), match(session.project, media), kept=("1",))
    assert shape(session) == Box(4, 2, 2, 2)


QUARTER = {**BOX, "pointTopLeft": {"xNorm": 0.25, "yNorm": 0.25}, "wNorm": 0.25, "hNorm": 0.25}
ONCE, TWICE = pictures(["a.png"], size=(100, 100)), pictures(["a.png"], size=(200, 200))


def test_an_edit_is_not_taken_for_the_record_read_by_a_picture_of_twice_the_size(
    tmp_path: Path,
) -> None:
    session, project = Session(), read_export(tasks(tmp_path, ["a.png"], QUARTER))
    session.open(project, [ONCE], (), match(project, [ONCE]))
    session.do(Reshape(ID, 0, Box(50, 50, 50, 50), session.stamp()))
    session.open(session.project, [TWICE], (), match(session.project, [TWICE]), kept=("1",))
    assert session.project.annotations.opened(ID).placements[0].shape == Box(50, 50, 50, 50)
    found = saved(session, tmp_path / "out.json")
    assert (found["pointTopLeft"], found["wNorm"], found["hNorm"]) == (CORNER, 0.5, 0.5)
    session.undo()
    assert saved(session, tmp_path / "undone.json") == QUARTER


def film_of_track(tmp_path: Path) -> Session:
    """An object on five frames of a small video, all of them stored, the first and last drawn."""

    def record(frame: int) -> Json:
        video = {"frameIndex": frame, "trackId": "x", "keyFrame": frame in (0, 4)}
        return {**QUARTER, "video": {**video, "endTrack": frame == 4}}

    path = tasks(tmp_path, ["v.mp4"], *map(record, range(5)))
    session, project, small = Session(), read_export(path), film("v.mp4", 6, size=(100, 100))
    session.open(project, [small], (), match(project, [small]))
    session.do(Reshape(ID, 0, Box(50, 50, 50, 50), session.stamp()))
    return session


def test_between_pictures_of_two_sizes_no_shape_is_worked_out_and_none_is_lost(
    tmp_path: Path,
) -> None:
    session, large = film_of_track(tmp_path), film("v.mp4", 6, size=(200, 200))
    write_export(session.history.opened, session.project, "1", tmp_path / "before.json")
    session.open(session.project, [large], (), match(session.project, [large]), kept=("1",))
    placements = session.project.annotations[ID].placements
    assert [one.shape is not None for one in placements] == [True, False, False, False, True]
    assert session.matches.of(ID)[0].reason == "size differs"
    write_export(session.history.opened, session.project, "1", tmp_path / "after.json")
    assert (tmp_path / "after.json").read_bytes() == (tmp_path / "before.json").read_bytes()


def test_a_track_edited_on_pictures_of_two_sizes_is_refused_by_name(tmp_path: Path) -> None:
    session, large = film_of_track(tmp_path), film("v.mp4", 6, size=(200, 200))
    session.open(session.project, [large], (), match(session.project, [large]), kept=("1",))
    session.do(Reshape(ID, 4, Box(10, 10, 20, 20), session.stamp()))
    with pytest.raises(CannotWrite, match="edited on pictures of several sizes"):
        write_export(session.history.opened, session.project, "1", tmp_path / "out.json")
    session.undo()
    write_export(session.history.opened, session.project, "1", tmp_path / "out.json")
