"""The list of tracks, under a hand."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from studies import click_cell, rows_of_csv, shown

from viewer.demo import LABELBOX_FOLDER, VIDEO_NAME, demo_folder
from viewer.formats import read_export
from viewer.media import open_media
from viewer.model.project import Project
from viewer.review.matching import match
from viewer.session.session import Session
from viewer.ui.labels.cells import Column
from viewer.ui.labels.panel import LabelPanel

LEFT = Qt.MouseButton.LeftButton


def panel_of(session: Session, qtbot: QtBot) -> LabelPanel:
    panel = LabelPanel(session)
    qtbot.addWidget(panel)
    shown(panel, 620, 700)
    return panel


def video_project() -> Project:
    return read_export(str(demo_folder()[1].parent / LABELBOX_FOLDER / "cine_export_v2.ndjson"))


def test_without_tracks_a_sentence_says_so_and_leads_back(session: Session, qtbot: QtBot) -> None:
    panel = panel_of(session, qtbot)
    lines = panel.model.rowCount()
    qtbot.mouseClick(panel.listed.segments["tracks"], LEFT)
    assert not panel.tree.isVisible()
    assert "No tracks" in panel._empty.words
    assert all(session.display.is_listed(id) for id in session.project.annotations)
    qtbot.mouseClick(panel._empty.labels, LEFT)
    assert panel.tree.isVisible()
    assert panel.listed.key == "labels"
    assert panel.model.rowCount() == lines


def test_tracks_are_listed_with_their_counts_and_gone_to_where_they_are_nearest(
    session: Session, qtbot: QtBot
) -> None:
    project = video_project()
    media = open_media(str(demo_folder()[1].parent / VIDEO_NAME)).media
    session.open(project, media, (), match(project, media))
    panel = panel_of(session, qtbot)
    panel.turn_to_tracks()
    (line,) = range(panel.model.rowCount())
    valve = panel.model.id_at(panel.model.index(line, 0))
    assert valve is not None
    words = [panel.model.index(line, column).data() for column in Column]
    assert words[Column.SLICE : Column.REVIEW] == ["1–120", "7", "93", "1", "0"]
    session.go_to_step(63)  # in the gap
    click_cell(panel.tree, panel.model.index(line, 0), Column.LABEL)
    assert session.selection == {valve}
    assert session.step == 59, "the nearest frame that it is on"
    (row,) = rows_of_csv(panel.csv_text())
    assert (row["first"], row["last"], row["key frames"], row["gaps"]) == ("1", "120", "7", "1")
    session.open(project, (), (), match(project, ()))  # and without its pictures
    (row,) = rows_of_csv(panel.csv_text())
    assert (row["first"], row["key frames"], row["gaps"], row["problems"]) == ("", "7", "", "100")
    panel.tree.expandAll()  # what is not placed stands below its reason
    tip = panel.model.index(1, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "7 key frames · 93 between them" in tip
