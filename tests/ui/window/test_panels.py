"""Media, history, status, mode, welcome, deleting and saving: what each does under a hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QStyleOptionViewItem, QTabWidget, QWidget
from pytestqt.qtbot import QtBot
from studies import MADE, ids_of, shown

from viewer.errors import Issue
from viewer.formats import FORMATS
from viewer.formats.outputs import plan_of
from viewer.model.project import Project
from viewer.session.commands import ChangeNote
from viewer.session.jobs import Jobs
from viewer.session.session import Session
from viewer.ui.actions.hints import hint_of
from viewer.ui.inspector.history_model import HistoryModel
from viewer.ui.inspector.history_panel import HistoryPanel
from viewer.ui.labels.delete_strip import DeleteStrip
from viewer.ui.media.delegate import MEDIA_ROLE
from viewer.ui.media.issues_panel import SOURCE_PX, SOURCE_ROLE, IssuesPanel
from viewer.ui.media.panel import MediaPanel
from viewer.ui.media.thumbnails import thumbnail
from viewer.ui.saving.ahead import span_of
from viewer.ui.saving.page import SaveAsked, SavePage
from viewer.ui.widgets.jobs_bridge import MainThreadQueue
from viewer.ui.window.modes import ModeSwitch
from viewer.ui.window.status import StatusLine
from viewer.ui.window.welcome import DROPPED, DropArea, WelcomePage

NONE = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


def test_the_media_list_says_what_there_is_and_marks_what_is_shown(
    session: Session, qtbot: QtBot
) -> None:
    panel = MediaPanel(session)
    qtbot.addWidget(panel)
    shown(panel, 304, 300)
    item = panel.list.item(0).data(MEDIA_ROLE)
    assert item.below == f"CT · {session.media[0].count} images"
    assert item.labels == session.matches.labels_on_media(0)
    assert panel.list.currentRow() == session.viewing.media_index
    unplaced = sum(session.matches.counts().values()) - session.matches.counts()[""]
    (row,) = panel._export_rows.values()
    assert row.chip.text() == f"{unplaced:,}"
    assert row.chip.isVisible() == (unplaced > 0)


def test_a_thumbnail_waits_for_a_slice(session: Session) -> None:
    media = session.media[0]
    ready = media.ready.copy()
    try:
        media.ready[:] = False
        assert thumbnail(media) is None
        media.ready[3] = True
        found = thumbnail(media)
        assert found is not None
        assert not found.isNull()
    finally:
        media.ready[:] = ready


def test_problems_are_counted_and_their_sentences_can_be_read(
    session: Session, qtbot: QtBot
) -> None:
    panel, issues = MediaPanel(session), IssuesPanel(session)
    qtbot.addWidget(panel)
    qtbot.addWidget(issues)
    session.issues = (Issue("error", "x", "One slice is broken."), Issue("note", "y", "Fine."))
    session.media_changed.emit()
    assert panel.problems.fold.head.text() == "1 problem"
    assert panel.problems.sentences.text() == "One slice is broken."
    assert issues.list.item(0).text() == "One slice is broken."
    assert issues.list.count() >= 2


def test_every_row_of_the_issues_is_as_high_as_its_sentence_also_beside_a_scroll_bar(
    session: Session, qtbot: QtBot
) -> None:
    tabs = QTabWidget()  # filled while another tab is in front, at another width
    qtbot.addWidget(tabs)
    panel = IssuesPanel(session)
    tabs.addTab(QWidget(), "Inspector")
    tabs.addTab(panel, "Issues")
    tabs.resize(262, 300)
    tabs.show()
    sentence = "JPEG2000-embedded-sequence-delimiter.dcm: the compressed picture is 256 × 1024, "
    session.issues = tuple(
        Issue("error", "x", sentence + "the header says more; " * n) for n in range(12)
    )
    session.media_changed.emit()
    tabs.setCurrentIndex(1)
    rows = panel.list
    qtbot.waitUntil(rows.verticalScrollBar().isVisible)

    def fits() -> bool:
        items = [rows.item(n) for n in range(rows.count())]
        delegate, option = rows.itemDelegate(), QStyleOptionViewItem()
        wanted = [delegate.sizeHint(option, rows.indexFromItem(item)).height() for item in items]
        return wanted == [rows.visualItemRect(item).height() for item in items]

    qtbot.waitUntil(fits)
    tabs.resize(400, 300)
    qtbot.waitUntil(fits)
    tabs.resize(200, 300)
    qtbot.waitUntil(fits)


def test_the_history_goes_back_and_forth(session: Session, qtbot: QtBot) -> None:
    panel = HistoryPanel(session)
    qtbot.addWidget(panel)
    wanted = ids_of(session, "Liver")[0]
    opened = session.project
    for text in ("a", "b", "c"):
        session.do(ChangeNote(wanted, text, MADE))
    assert panel.model().rowCount() == 4
    panel.go_to_row(2)
    assert session.project.annotations[wanted].note == "a"
    panel.go_to_row(3)
    assert session.project is opened
    panel.go_to_row(0)
    assert session.project.annotations[wanted].note == "c"


def test_the_history_touches_only_the_rows_that_come_and_go(session: Session, qtbot: QtBot) -> None:
    model = HistoryModel(session)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    session.project_changed.connect(model.refresh)
    came: list[int] = []
    model.rowsInserted.connect(lambda _parent, first, last: came.append(last - first + 1))
    wanted = ids_of(session, "Liver")[0]
    for letter in "dddudduurudrruuddrduuuud":
        match letter:
            case "d":
                session.do(ChangeNote(wanted, str(len(came)), MADE))
            case "u":
                session.undo()
            case _:
                session.redo()
        history = session.history
        assert model.rowCount() == len(history.steps) + len(history.undone) + 1
        assert model.current == len(history.undone)
        seen = [model.item(row).is_undone for row in range(model.rowCount())]
        assert seen == [row < model.current for row in range(len(seen))]
    assert set(came) == {1}


def test_the_status_line_counts_and_tells_what_is_unsaved(session: Session, qtbot: QtBot) -> None:
    line = StatusLine()
    line.follow(session, hint_of)
    qtbot.addWidget(line)
    shown(line, 900, 26)
    counts = session.matches.counts()
    assert line.placed.text() == f"{counts['']:,} placed"
    assert line.unsaved.text() == "No changes"
    session.do(ChangeNote(ids_of(session, "Liver")[0], "x", MADE))
    assert line.unsaved.text() == "1 label changed, not saved"
    session.say("Labels are locked in View. F3 edits.")
    assert line.hint.text() == "Labels are locked in View. F3 edits."
    line.show_job("Loading slices", 19, 28)
    with qtbot.waitSignal(line.cancel_asked):
        QTest.mouseClick(line.job.cancel, LEFT)


def test_the_switch_shows_and_sets_the_mode(session: Session, qtbot: QtBot) -> None:
    switch = ModeSwitch()
    switch.follow(session)
    qtbot.addWidget(switch)
    shown(switch, 200, 40)
    QTest.mouseClick(switch._segments["edit"], LEFT)
    assert session.mode == "edit"
    session.set_mode("view")
    assert switch._segments["view"].isChecked()
    switch.set_off("edit", "This export is read-only.")
    assert not switch._segments["edit"].isEnabled()
    assert switch._segments["edit"].toolTip() == "Edit (F3): This export is read-only."


def test_each_door_asks_for_what_it_says(session: Session, qtbot: QtBot) -> None:
    page = WelcomePage()
    qtbot.addWidget(page)
    shown(page, 1280, 720)
    asked = {"demo": page.demo_asked, "folder": page.folder_asked, "export": page.export_asked}
    for name, signal in asked.items():
        with qtbot.waitSignal(signal):
            QTest.mouseClick(page.doors[name], LEFT)


def test_dropped_files_are_handed_on(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    area = DropArea()
    qtbot.addWidget(area)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    copy = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(5, 5), copy, data, LEFT, NONE)
    QApplication.sendEvent(area, enter)
    assert enter.isAccepted()
    with qtbot.waitSignal(area.dropped) as signal:
        QApplication.sendEvent(area, QDropEvent(QPointF(5, 5), copy, data, LEFT, NONE))
    assert signal.args == [[str(tmp_path)]]


def a_parent(session: Session) -> tuple[object, object]:
    table = session.project.annotations
    child = next(i for i in table if table[i].parent is not None)
    parent = table[child].parent
    assert parent is not None
    return parent, child


@pytest.mark.parametrize("choice", ["all", "only", "cancel"])
def test_deleting_a_parent_asks_about_its_children(
    session: Session, qtbot: QtBot, choice: str
) -> None:
    strip = DeleteStrip(session)
    qtbot.addWidget(strip)
    shown(strip, 500, 80)
    parent, child = a_parent(session)
    session.set_mode("edit")
    strip.ask((parent,))  # type: ignore[arg-type]
    assert strip.isVisible()
    assert "child label" in strip.words.text()
    QTest.mouseClick(getattr(strip, choice), LEFT)
    table = session.project.annotations
    assert (parent in table) == (choice == "cancel")
    assert (child in table) == (choice != "all")
    if choice == "only":
        assert table[child].parent is None
    assert not strip.isVisible()


def test_deleting_what_has_no_children_asks_nothing(session: Session, qtbot: QtBot) -> None:
    strip = DeleteStrip(session)
    qtbot.addWidget(strip)
    wanted = ids_of(session, "Liver")[0]
    strip.ask((wanted,))
    assert wanted not in session.project.annotations
    assert not strip.isVisible()


def saving(session: Session, qtbot: QtBot, destination: str) -> SavePage:
    queue = MainThreadQueue()
    page = SavePage(session, Jobs(queue.post))
    queue.setParent(page)
    qtbot.addWidget(page)
    shown(page, 1000, 600)
    page.show_export(next(iter(session.project.exports)), destination)
    qtbot.waitUntil(page.save.isEnabled)
    return page


def test_the_save_page_lists_what_changes_and_saves_the_copy(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    wanted = ids_of(session, "Liver")[0]
    session.do(ChangeNote(wanted, "x", MADE))
    target = str(tmp_path / "copy.json")
    page = saving(session, qtbot, target)
    assert page.list.topLevelItemCount() == 1
    row = page.list.topLevelItem(0)
    assert row is not None
    assert row.text(1) == session.project.annotations[wanted].native_id
    with qtbot.waitSignal(page.save_asked) as signal:
        QTest.mouseClick(page.save, LEFT)
    assert signal.args == [SaveAsked(wanted.export, target, replaces=False)]


def test_without_changes_the_page_says_that_the_copy_is_equal(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    page = saving(session, qtbot, str(tmp_path / "copy.json"))
    assert "byte for byte" in page.bytes.text()


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_replacing_the_opened_file_names_it_and_must_be_confirmed(
    session: Session, qtbot: QtBot, is_confirmed: bool
) -> None:
    export = next(iter(session.project.exports.values()))
    opened = export.sources[0].path
    page = saving(session, qtbot, opened)
    asked: list[SaveAsked] = []
    page.save_asked.connect(asked.append)
    seen: list[str] = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        seen.append(box.text())
        assert box.defaultButton().text() == "Cancel"
        name = "Replace" if is_confirmed else "Cancel"
        QTest.mouseClick(next(b for b in box.buttons() if b.text().startswith(name)), LEFT)

    QTimer.singleShot(0, answer)
    QTest.mouseClick(page.save, LEFT)
    assert Path(opened).name in seen[0]
    wanted = [SaveAsked(export.id, opened, replaces=True)] if is_confirmed else []
    assert asked == wanted


def test_the_strip_shows_every_place_that_changes(session: Session) -> None:
    export = next(iter(session.project.exports))
    session.do(ChangeNote(ids_of(session, "Liver")[0], "x", MADE))
    plan = plan_of(session.history.opened, session.project, export)
    spans = [span_of(edit) for edits in plan.edits.values() for edit in edits]
    assert spans
    assert all(span.token in ("caution", "ok", "bad") for span in spans)


def test_where_several_exports_are_open_each_issue_says_which_it_is_of(
    session: Session, qtbot: QtBot
) -> None:
    (export,) = session.project.exports.values()
    told = Issue("warning", "odd", "Some labels are odd.", "record 3")
    own = replace(export, issues=(told,))
    named = replace(export, id="2", title="b.json", issues=(Issue("note", "x", "b.json is old."),))
    both = Project(MappingProxyType({"1": own, "2": named}), session.project.annotations)
    session.open(both, session.media, (), session.matches)
    panel = IssuesPanel(session)
    qtbot.addWidget(panel)
    shown(panel, 260, 400)
    rows = {panel.list.item(row).text(): row for row in range(panel.list.count())}
    odd, old = rows["Some labels are odd."], rows["b.json is old."]
    assert panel.list.item(odd).data(SOURCE_ROLE) == export.title
    assert panel.list.item(old).data(SOURCE_ROLE) == ""
    assert export.title in panel.list.item(odd).toolTip()
    height = panel.list.visualItemRect(panel.list.item(odd)).height()
    assert height >= panel.list.visualItemRect(panel.list.item(old)).height() + SOURCE_PX


def test_the_welcome_page_names_every_vendor_whose_exports_are_read() -> None:
    assert all(known.title in DROPPED for known in FORMATS)
