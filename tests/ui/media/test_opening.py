"""Opening: everything ends in a window with a picture or a sentence, and the window stays live."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest
from played import open_in, timed
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from windows import LEFT, Person

from viewer.demo import VENDORS, demo_folder
from viewer.media.volume import Video
from viewer.render.window import initial_window
from viewer.ui.window.drop import drop_sentence


def some_slices(folder: Path, count: int) -> Path:
    series, _export = demo_folder()
    folder.mkdir()
    for path in sorted(series.iterdir())[:count]:
        shutil.copy(path, folder)
    return folder


def test_with_nothing_open_the_welcome_page_is_there_and_the_notice_in_the_title(
    empty: Person,
) -> None:
    assert empty.window.centre.currentWidget() is empty.window.welcome
    assert empty.window.windowTitle() == "Overread - not for diagnosis"
    assert not empty.window.docks.is_shown


def test_the_demo_opens_with_its_labels_in_view_mode(empty: Person) -> None:
    demo_folder()
    empty.window.opening.open_demo()
    empty.wait()
    session = empty.session
    assert session.current is not None
    assert session.current.ready.all()
    assert len(session.project.annotations) > 50
    assert session.mode == "view"
    assert empty.window.centre.currentWidget() is empty.window.views
    assert "thorax_phantom_labels.json - Overread" in empty.window.windowTitle()


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.some(2)
def test_the_demo_of_a_vendor_opens_both_phantoms_with_all_their_labels(
    empty: Person, vendor: str
) -> None:
    empty.window.actions_[f"demo.{vendor}"].trigger()
    empty.wait()
    session = empty.session
    assert {export.format for export in session.project.exports.values()} == {vendor}
    assert [isinstance(media, Video) for media in session.media] == [False, True]
    assert session.viewing.media_index == 0
    strays = 3 if vendor == "mdai" else 0  # labels of an exam, a series and a slice elsewhere
    assert sum(n for reason, n in session.matches.counts().items() if reason) == strays
    assert not [issue for issue in session.issues if issue.severity != "note"]


def test_a_folder_alone_then_an_export_alone_are_laid_together(
    empty: Person, tmp_path: Path
) -> None:
    folder = some_slices(tmp_path / "series", 12)
    _series, export = demo_folder()
    empty.window.open([str(folder)])
    empty.wait()
    assert empty.session.current is not None
    assert empty.session.current.count == 12
    assert not empty.session.project.exports
    media = empty.session.media
    empty.window.open([str(export)])
    empty.wait()
    assert empty.session.media == media
    assert len(empty.session.project.exports) == 1
    empty.window.open([str(export)])
    empty.wait()
    assert len(empty.session.project.exports) == 1


def test_an_export_alone_then_its_folder_keeps_the_labels(empty: Person, tmp_path: Path) -> None:
    _series, export = demo_folder()
    empty.window.open([str(export)])
    empty.wait()
    assert empty.session.current is None
    assert empty.window.centre.currentWidget() is empty.window.views
    count = len(empty.session.project.annotations)
    empty.window.open([str(some_slices(tmp_path / "series", 12))])
    empty.wait()
    assert empty.session.current is not None
    assert len(empty.session.project.annotations) == count


def test_a_folder_without_pictures_says_so_and_leaves_a_window(
    empty: Person, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("nothing to see")
    empty.window.open([str(tmp_path)])
    empty.wait()
    assert any("No picture was found" in issue.sentence for issue in empty.session.issues)
    assert empty.window.centre.currentWidget() is empty.window.views


def test_an_export_that_is_none_says_so_and_keeps_what_was_open(
    empty: Person, tmp_path: Path
) -> None:
    empty.window.open([str(some_slices(tmp_path / "series", 4))])
    empty.wait()
    said: list[str] = []
    empty.session.said.connect(said.append)
    (tmp_path / "other.json").write_text('{"neither": "nor"}')
    empty.window.open([str(tmp_path / "other.json")])
    empty.wait()
    assert empty.session.current is not None
    assert "other.json" in said[-1]


def test_dropped_files_are_opened_and_the_frame_says_what_will_be(
    empty: Person, tmp_path: Path
) -> None:
    folder = some_slices(tmp_path / "series", 4)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(folder))])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(600, 400), copy, mime, left, none)
    QApplication.sendEvent(empty.window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(empty.window, QDropEvent(QPointF(600, 400), copy, mime, left, none))
    empty.bot.waitUntil(lambda: empty.session.current is not None)
    empty.wait()
    assert drop_sentence([str(folder)]) == "Open the folder series"
    assert drop_sentence(["gait.MP4"]) == "Open the video gait.MP4"
    assert drop_sentence(["head.nii"]) == "Open the volume head.nii"
    assert drop_sentence(["a.json", "b.dcm"]) == "Open 2 items, 1 of them exports"


def test_cancel_while_opening_keeps_the_window_as_it_was(empty: Person) -> None:
    empty.window.opening.open_demo()
    empty.window.opening.cancel()
    empty.wait()
    assert empty.session.current is None
    assert empty.window.centre.currentWidget() is empty.window.welcome


def test_pixels_that_were_loaded_before_get_their_window_in_a_job(empty: Person) -> None:
    media = timed(4)
    open_in(empty.session, media)
    empty.bot.waitUntil(lambda: empty.session.viewing.window == initial_window(media))


def test_work_that_says_nothing_of_how_far_it_is_is_shown_and_can_be_cancelled(
    empty: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = threading.Event()
    monkeypatch.setattr("viewer.ui.media.opening.read_request", lambda *_asked: let_go.wait(60))
    folder = some_slices(tmp_path / "series", 2)
    empty.window.open([str(folder)])
    job = empty.window.status.job
    empty.bot.waitUntil(job.isVisible)
    assert "Reading headers" in [label.text() for label in job.findChildren(QLabel)]
    QTest.mouseClick(job.cancel, LEFT)
    empty.bot.waitUntil(lambda: not job.isVisible())
    let_go.set()
    empty.wait()
    assert empty.window.centre.currentWidget() is empty.window.welcome
