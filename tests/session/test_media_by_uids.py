"""Where an export lists some of its media as entries and names the others by UIDs."""

from __future__ import annotations

import json
from pathlib import Path

from bound import film
from composed import volume
from format_cases import DATA

from viewer.formats import read_export, write_export
from viewer.geometry.shapes import Box
from viewer.model.project import Project
from viewer.model.subject import MediaKey
from viewer.review.matching import match
from viewer.session.classifying import addable, classification_made
from viewer.session.commands import AddAnnotation
from viewer.session.editing import classes_for, kinds_here, target_of
from viewer.session.making import annotation_made
from viewer.session.session import Session

VIDEO = "1.2.3.2.7"


def session_of(project: Project, shown: int) -> Session:
    media = (volume("1.2.3.1.1", "1.2.3.1"), film(f"{VIDEO}.mp4", 20))
    session = Session()
    session.open(project, media, (), match(project, media))
    session.viewing.show(shown)
    return session


def test_what_is_drawn_on_a_video_and_beside_it_is_named_by_what_the_export_has(tmp_path: Path):
    project = read_export(DATA / "mdai" / "videos.json")
    current = project
    for shown in (0, 1):
        session = session_of(current, shown)
        target = target_of(session, ("1", "L_box"))
        assert target is not None
        if shown == 0:
            assert target.media == MediaKey("1.2.3.1", "1.2.3.1.1", f"1.2.3.1.1.{session.slice}")
        else:
            assert target.media == MediaKey(entry=VIDEO, frame=session.slice)
        command = annotation_made(current, target, Box(1, 2, 3, 4), session.stamp())
        current = current.with_annotation(command.annotation)
        said = classification_made(session, ("1", "L_series"))
        assert isinstance(said, AddAnnotation)
    write_export(project, current, "1", tmp_path / "out.json")
    rows = json.loads((tmp_path / "out.json").read_bytes())["datasets"][0]["annotations"][-2:]
    assert [row["SeriesInstanceUID"] for row in rows] == ["1.2.3.1.1", VIDEO]
    assert ["SOPInstanceUID" in row for row in rows] == [True, False]


def test_nothing_is_drawn_or_said_in_an_export_without_annotations():
    for name, label in (("model_outputs", "L_exam"), ("model", "L_box")):
        session = session_of(read_export(DATA / "mdai" / f"{name}.json"), 0)
        assert target_of(session, ("1", "L_box")) is None
        assert isinstance(classification_made(session, ("1", label)), str)
        assert addable(session) == ()


def test_an_export_of_videos_is_drawn_on_beside_them_too():
    project = read_export(DATA / "mdai" / "videos.json")
    for shown in (0, 1):
        assert kinds_here(session_of(project, shown)) == {"1": None}


def test_classes_of_exports_that_take_nothing_new_are_not_drawn_with():
    names = ("model_outputs", "model", "videos")
    project = read_export(*(DATA / "mdai" / f"{name}.json" for name in names))
    found = classes_for(project, {"box", "mask"})
    assert [key for key, _ in found] == [("3", "L_box"), ("3", "L_mask")]
