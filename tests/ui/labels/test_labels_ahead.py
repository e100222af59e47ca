"""Labels that are too many for one frame are worked out beside the window, and then drawn."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from windows import Person, opened_window

from viewer.paint.stage import stage_of
from viewer.render.overlay import FEW_SHAPES, Mark, prepare_marks
from viewer.review.filtering import Filter
from viewer.session.commands import DeleteAnnotations
from viewer.session.panes import pane_of
from viewer.ui.labels import listing
from viewer.ui.labels.labels_ahead import LabelsAhead
from viewer.ui.labels.model import LabelModel

COUNT = FEW_SHAPES + 40
CLASS = {"id": "L_1", "name": "Box", "color": "#d32f2f", "type": "LOCAL"}
CLASS |= {"parentId": None, "scope": "INSTANCE", "annotationMode": "bbox"}


@pytest.fixture
def crowded(qtbot: QtBot, tmp_path: Path) -> Iterator[Person]:
    """The demo study under an export with more boxes on one slice than one frame decodes."""
    with opened_window(qtbot) as person:
        media = person.session.media[0]
        place = {
            "StudyInstanceUID": media.facts.study_uid,
            "SeriesInstanceUID": media.facts.series_uid,
            "SOPInstanceUID": media.instances[5].sop_uid,
            "width": media.columns,
            "height": media.rows,
        }
        boxes = [
            {"x": 5 + at % 20 * 10, "y": 5 + at // 20 * 10, "width": 6, "height": 6}
            for at in range(COUNT)
        ]
        records = [
            {"id": f"A_{at}", "labelId": "L_1", "data": box, "note": None, **place}
            for at, box in enumerate(boxes)
        ]
        dataset = {"id": "D_1", "name": "ds", "studies": [], "annotations": records}
        groups = [{"id": "G_1", "name": "Default", "labels": [CLASS]}]
        path = tmp_path / "crowded.json"
        path.write_text(
            json.dumps({"id": "b", "name": "b", "labelGroups": groups, "datasets": [dataset]})
        )
        person.window.opening.open([str(path)])
        qtbot.waitUntil(lambda: len(person.session.project.annotations) >= COUNT, timeout=20_000)
        yield person


def marks_of(person: Person) -> tuple[Mark, ...]:
    picture = person.view().picture
    return () if picture is None else picture.marks


def go_to_the_crowd(person: Person) -> None:
    person.session.viewing.set_crosshair((100.0, 100.0, 5.0))
    person.bot.waitUntil(lambda: len(marks_of(person)) >= COUNT, timeout=20_000)


def test_a_crowd_of_labels_is_drawn_once_it_is_worked_out(crowded: Person) -> None:
    go_to_the_crowd(crowded)
    assert crowded.view().mark_count >= COUNT


def test_undo_brings_back_the_very_marks_that_were_worked_out(crowded: Person) -> None:
    go_to_the_crowd(crowded)
    before = marks_of(crowded)
    gone = next(id for id in crowded.session.project.annotations if id.export == last(crowded))
    session = crowded.session
    session.do(DeleteAnnotations((gone,), (), session.stamp()))
    crowded.bot.waitUntil(lambda: len(marks_of(crowded)) == len(before) - 1, timeout=20_000)
    session.undo()
    crowded.bot.waitUntil(lambda: len(marks_of(crowded)) == len(before), timeout=20_000)
    assert all(now is then for now, then in zip(marks_of(crowded), before, strict=True))


def test_all_who_show_the_same_plane_are_told_when_its_labels_are_known(crowded: Person) -> None:
    session, told, axial = crowded.session, list[str](), pane_of("axial")
    askers = [
        LabelsAhead(session, crowded.window.jobs, lambda _pane, name=name: told.append(name), name)
        for name in ("a view", "a preview")
    ]
    session.viewing.set_crosshair((100.0, 100.0, 5.0))
    waiting = [asker for asker in askers if not asker.are_ready(axial)]
    assert waiting  # the second one as a rule, too, unless the job was done meanwhile
    stage = stage_of(session, axial)
    assert stage is not None
    prepare_marks(session.project, session.matches, stage.section)
    assert not any(asker.are_ready(axial) for asker in waiting)  # drawing needs more than that
    crowded.bot.waitUntil(lambda: len(told) == len(waiting), timeout=20_000)
    assert all(asker.are_ready(axial) for asker in askers)


def last(person: Person) -> str:
    return list(person.session.project.exports)[-1]


def test_handles_wait_for_the_labels_of_the_slice(crowded: Person) -> None:
    session, view = crowded.session, crowded.view()
    session.set_mode("edit")
    session.select([next(id for id in session.project.annotations if id.export == last(crowded))])
    session.viewing.set_crosshair((100.0, 100.0, 5.0))
    view.repaint()
    assert view.picture is not None
    assert not view.picture.marks
    assert view.picture.handles is None
    go_to_the_crowd(crowded)
    assert view.picture.handles is not None


def test_a_filter_in_a_job_lists_and_draws_what_it_would_at_once(
    crowded: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "AT_ONCE", 0)
    go_to_the_crowd(crowded)
    panel, wanted, everything = crowded.window.label_panel, Filter("7"), marks_of(crowded)
    before, width = (
        [widget.text() for widget in panel.findChildren(QLabel)],
        panel.minimumSizeHint(),
    )
    panel.bar.ask(wanted)
    assert panel.model.shown_filter.is_empty
    assert [widget.text() for widget in panel.findChildren(QLabel)] == before, "until it is known"
    crowded.bot.waitUntil(lambda: panel.model.shown_filter == wanted, timeout=20_000)
    at_once = LabelModel(crowded.session)
    at_once.set_filter(wanted)
    assert panel.model.groups.order.tolist() == at_once.groups.order.tolist()
    fitting = tuple(mark for mark in everything if at_once.fits(mark.id))
    assert 0 < len(fitting) < len(everything)
    crowded.bot.waitUntil(lambda: marks_of(crowded) == fitting, timeout=20_000)
    assert panel.minimumSizeHint() == width, "longer counts move no view"
