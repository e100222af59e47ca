"""What stands side by side stays there while one goes through frames and points."""

from __future__ import annotations

from dataclasses import replace

from bound import drawn, project_of, scan

from viewer.media.volume import Point
from viewer.model.project import Entry, MediaGroup, Project
from viewer.review.matching import match
from viewer.session.session import Session


def test_a_part_of_several_points_shows_the_one_seen_last() -> None:
    points = [replace(scan(f"1.{n}"), point=Point("s", "time", f"{n} s", n, 2)) for n in range(2)]
    media = (*points, scan("1.9"))
    entries = [Entry("a", "a", series="1.0"), Entry("b", "b", series="1.9")]
    project = project_of(entries, [drawn("a", frame=0)])
    (export,), (base,) = project.exports.values(), project.annotations.bases.values()
    group = MediaGroup("group", (("left", "a"), ("right", "b")))
    project = Project().with_export(replace(export, media_groups=(group,)), base)
    session = Session()
    session.open(project, media, (), match(project, media))
    session.viewing.show(0)
    parts = session.media_group
    assert [pane.title for pane in session.panes] == ["left", "right"]
    session.go_to_step(1)
    assert session.viewing.media_index == 1
    assert [pane.spot for pane in session.panes] == [(1, None), (2, None)]
    assert session.beside == (1, 2)
    session.viewing.show(2)
    assert session.beside == (1, 2)
    session.viewing.set_look(side_by_side=False)
    assert (session.beside, session.media_group) == ((), parts)
