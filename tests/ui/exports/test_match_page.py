"""A person looks at what labels are shown on, and decides by mouse and keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pytest
from bound import drawn, film, pictures, project_of, scan
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from studies import click_row
from windows import LEFT, NONE, Person, dressed, opened_window

from viewer.geometry.plane_frame import PlaneFrame
from viewer.geometry.shapes import Box
from viewer.media.volume import Media
from viewer.model.annotation import AnnotationId
from viewer.model.project import Entry, Project
from viewer.review.binding import NO_CHOICES, NOTHING, Choice
from viewer.review.doubts import doubt_words, label_doubts
from viewer.review.matching import match
from viewer.review.turns import Turn
from viewer.session.commands import Reshape
from viewer.session.jobs import Jobs
from viewer.session.session import Session
from viewer.session.sidecar import bindings_folder, kept_choices, sidecar_of
from viewer.ui.exports.match_model import STRENGTHS
from viewer.ui.exports.match_page import MatchPage
from viewer.ui.exports.rebinding import Rebinding
from viewer.ui.media.issues_panel import issues_of
from viewer.ui.widgets.jobs_bridge import MainThreadQueue
from viewer.ui.widgets.pick_box import PickBox

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

ENTRIES = (
    Entry("ct", "chest", series="1.2.3.4"),
    Entry("film", "clip", ("clip.mp4",), count=9, first_frame=1),
    Entry("lost", "nobody", ("lost.dcm",)),
    Entry("twice", "two", ("IM0001.dcm",)),
    Entry("photo", "B", ("B.PNG",), left_open=("pixel-centres", "counterclockwise")),
)
PLACED = [
    drawn("ct", frame=3),
    drawn("ct", frame=5, plane="sagittal"),
    drawn("film", frame=2),
    drawn("lost", frame=1),
    drawn("twice", frame=1),
    drawn("photo"),
]


@pytest.fixture
def project() -> Project:
    return project_of(ENTRIES, PLACED)


@dataclass
class Hand:
    """Uses the page by mouse and keys only, in a window or alone."""

    session: Session
    jobs: Jobs
    page: MatchPage
    rebinding: Rebinding
    bot: QtBot

    def settle(self) -> None:
        """Let the labels follow what was chosen, and be painted."""
        QApplication.processEvents()
        for work in ("bindings", "keep 1"):
            self.bot.waitUntil(lambda work=work: not self.jobs.is_busy(work), timeout=20_000)
        for _ in range(3):
            QApplication.processEvents()

    def key(self, key: Qt.Key) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.page, key)
        self.settle()

    def open(self, project: Project, media: Sequence[Media]) -> None:
        self.session.open(project, media, (), match(project, media))
        self.settle()


@pytest.fixture
def media() -> list[Media]:
    """Some of what the export lists."""
    return [scan(), film("clip.mp4", 6), pictures(["a.png", "b.png"]), scan("1.9", folder="o")]


@pytest.fixture
def someone(qtbot: QtBot, project: Project, media: list[Media]) -> Iterator[Hand]:
    """A hand at the page alone, over an export that lists five media; some of them are open."""
    dressed()
    session, queue = Session(), MainThreadQueue()
    jobs = Jobs(queue.post, queue.give_way)
    rebinding = Rebinding(session, jobs, queue)
    page = MatchPage(session, rebinding)
    page.resize(1280, 760)
    page.show()
    qtbot.waitExposed(page)
    page.activateWindow()
    hand = Hand(session, jobs, page, rebinding, qtbot)
    hand.open(project, media)
    yield hand
    jobs.close()
    queue.close()
    page.close()
    page.deleteLater()
    QCoreApplication.sendPostedEvents(page, QEvent.Type.DeferredDelete)
    sidecar_of(bindings_folder(), project.exports["1"]).unlink(missing_ok=True)


@pytest.fixture
def person(qtbot: QtBot, project: Project, media: list[Media]) -> Iterator[Person]:
    """A person at a window over the same."""
    with opened_window(qtbot, demo=False) as somebody:
        in_window(somebody).open(project, media)
        yield somebody
        sidecar_of(bindings_folder(), project.exports["1"]).unlink(missing_ok=True)


def in_window(person: Person) -> Hand:
    """Return the hand at the page of a window."""
    rebinding = person.window.findChild(Rebinding)
    assert rebinding is not None
    window = person.window
    return Hand(window.session, window.jobs, window.matching, rebinding, person.bot)


def gone_to(person: Person) -> Hand:
    """Go to the page of a window by its key."""
    person.settle()
    person.key(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert person.window.centre.currentWidget() is person.window.matching
    return in_window(person)


def opened(someone: Hand) -> MatchPage:
    someone.page.open()
    return someone.page


def pick(someone: Hand, entry: str) -> None:
    """Click an entry's row."""
    page = someone.page
    index = page.rows.index(page.rows.row_of(entry), 0)
    page.tree.scrollTo(index)
    at = page.tree.visualRect(index).center()
    QTest.mouseClick(page.tree.viewport(), LEFT, NONE, at)
    someone.settle()


def choose(someone: Hand, box: PickBox, words: str) -> None:
    """Open a box and click the row with these words."""
    rows = [box.itemText(n) for n in range(box.count())]
    row = next(n for n, text in enumerate(rows) if words in text)
    QTest.mouseClick(box, LEFT, NONE, box.rect().center())
    QApplication.processEvents()
    QTest.mouseMove(box, QPoint(2, 2))  # the pointer may rest on that row from before
    click_row(box, row)
    someone.settle()


def tick(someone: Hand, box: QWidget) -> None:
    QTest.mouseClick(box, LEFT, NONE, QPoint(8, box.height() // 2))
    someone.settle()


def cells(page: MatchPage, column: int) -> list[str]:
    return [page.rows.index(row, column).data() for row in range(page.rows.rowCount())]


def test_every_entry_has_a_row_that_says_what_and_why(someone):
    page = opened(someone)
    assert cells(page, 0) == ["chest", "clip · clip.mp4", "nobody · lost.dcm", *cells(page, 0)[3:]]
    assert cells(page, 1) == ["ct", "photos", "nothing", "nothing", "b.png in photos"]
    words = ["certain", "likely", "not found", "not found", "likely"]
    assert cells(page, 3) == words
    assert {word for word, _, _ in STRENGTHS.values()} >= set(words)
    assert "2 open files are called IM0001.dcm" in cells(page, 2)[3]
    assert page.tiles._numbers[2].text() == "2"


def test_the_first_that_somebody_should_look_at_is_chosen_at_opening(someone):
    page = opened(someone)
    assert page.editor.title.text() == "clip · clip.mp4"
    assert "9 pictures, the open images have 6" in page.editor.mismatches.text()
    assert page.editor.confirm.isVisible()


def test_what_the_view_warns_of_stands_on_the_page_once(someone):
    page = opened(someone)
    session = someone.session
    for entry in ("film", "ct"):
        pick(someone, entry)
        media = page._bindings.of(entry).index
        words = label_doubts(session.matches, media)
        assert page.doubt.isVisible() == bool(words)
        assert page.doubt.text() == " · ".join(words)
    pick(someone, "film")
    media = page._bindings.of("film").index
    assert "does not agree with these images" in doubt_words(session.matches, media)
    assert "does not agree" not in page.doubt.text()
    assert page.editor.mismatches.isVisible()


def test_a_low_window_scrolls_the_page_and_squeezes_no_field(person):
    someone = gone_to(person)
    page = someone.page
    pick(someone, "film")
    person.window.resize(960, 540)
    person.settle()
    fields = page.editor.fields
    for field in (fields.offset, fields.scale, page.editor.for_all, page.editor.confirm):
        assert field.height() >= 16
    assert page.editor.height() >= page.editor.minimumSizeHint().height()


def test_the_wheel_over_a_field_scrolls_the_page_and_changes_nothing(someone):
    page = opened(someone)
    pick(someone, "film")
    before = page._session.matches.chosen
    for field in (page.editor.fields.media, page.editor.fields.offset, page.editor.fields.scale):
        place = QPointF(field.rect().center())
        event = QWheelEvent(
            place, field.mapToGlobal(place), QPoint(), QPoint(0, -120),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(field, event)
        assert not event.isAccepted()
    someone.settle()
    assert page._session.matches.chosen == before


def test_filters_list_the_doubtful_and_the_lost(someone):
    page = opened(someone)
    for shown, entries in (("doubtful", 2), ("missing", 2), ("all", 5)):
        QTest.mouseClick(page.filters.segments[shown], LEFT)
        assert page.rows.rowCount() == entries


def test_choosing_images_by_hand_places_the_labels_and_is_kept(someone, project):
    page = opened(someone)
    pick(someone, "lost")
    assert someone.session.matches.reason_of(AnnotationId("1", 3)) == "media not found"
    choose(someone, page.editor.fields.media, "1.9")
    assert someone.session.matches.reason_of(AnnotationId("1", 3)) == ""
    assert cells(page, 3)[2] == "by hand"
    kept, issues = kept_choices(project)
    assert kept["1"].entries == {"lost": Choice(media="1.9")}
    assert issues == ()
    QTest.mouseClick(page.editor.back, LEFT)
    someone.settle()
    assert someone.session.matches.reason_of(AnnotationId("1", 3)) == "media not found"
    assert kept_choices(project)[0]["1"] == NO_CHOICES


def test_what_was_not_found_stays_in_its_list_while_it_is_looked_at(someone):
    page = opened(someone)
    QTest.mouseClick(page.filters.segments["missing"], LEFT)
    pick(someone, "lost")
    choose(someone, page.editor.fields.media, "1.9")
    assert page.rows.row_of("lost") >= 0
    assert page.editor.title.text() == "nobody · lost.dcm"


def test_confirming_takes_what_was_found_as_chosen(someone):
    page = opened(someone)
    pick(someone, "photo")
    QTest.mouseClick(page.editor.confirm, LEFT)
    someone.settle()
    binding = someone.session.matches.lookup.bindings["1"].of("photo")
    assert binding is not None
    assert (binding.strength, binding.index, binding.file) == ("chosen", 2, binding.file)
    assert someone.session.matches.of(AnnotationId("1", 5))[0].slice == 1
    assert not page.editor.confirm.isVisible()


def test_a_picture_of_a_folder_can_be_chosen_or_nothing_at_all(someone):
    page = opened(someone)
    pick(someone, "photo")
    choose(someone, page.editor.fields.file, "a.png")
    assert someone.session.matches.of(AnnotationId("1", 5))[0].slice == 0
    choose(someone, page.editor.fields.media, "Nothing")
    choices = someone.session.matches.chosen["1"].entries["photo"]
    assert choices.media == NOTHING
    assert cells(page, 3)[4] == "not shown"


def test_the_first_frame_and_the_offset_move_the_labels(someone):
    page = opened(someone)
    pick(someone, "film")
    assert someone.session.slice == 2
    choose(someone, page.editor.fields.first, "0")
    assert someone.session.matches.of(AnnotationId("1", 2))[0].slice == 3
    page.editor.fields.offset.setFocus()
    someone.key(Qt.Key.Key_Up)
    someone.settle()
    assert someone.session.matches.of(AnnotationId("1", 2))[0].slice == 4


def test_turns_of_a_plane_reach_the_view_at_once(someone):
    page = opened(someone)
    pick(someone, "ct")
    choose(someone, page.editor.fields.plane, "Sagittal")
    assert page.editor.preview.plane == "sagittal"
    tick(someone, page.editor.fields.flip_y)
    frame = someone.session.matches.frame_of("1", 0, 0)
    assert frame == PlaneFrame(flip_y=True)
    QTest.mouseClick(page.editor.fields.equal, LEFT)
    someone.settle()
    turn = someone.session.matches.chosen["1"].entries["ct"].planes["sagittal"]
    assert turn.flip_y
    assert turn.scale_y == pytest.approx(30 / 8)  # 8 slices of 3 mm, pixels of 0.8 mm
    tick(someone, page.editor.fields.flip_x)
    assert someone.session.matches.frame_of("1", 0, 0) == PlaneFrame(True, True, turn.scale_y)


def test_a_choice_may_hold_for_all_of_the_export(someone):
    page = opened(someone)
    pick(someone, "film")
    tick(someone, page.editor.for_all)
    choose(someone, page.editor.fields.first, "0")
    chosen = someone.session.matches.chosen["1"]
    assert (chosen.general, chosen.entries) == (Choice(first_frame=0), {})
    QTest.mouseClick(page.editor.back, LEFT)
    someone.settle()
    assert someone.session.matches.chosen["1"] == NO_CHOICES


def test_the_order_of_slices_can_be_turned(someone):
    page = opened(someone)
    pick(someone, "ct")
    assert someone.session.slice == 3
    choose(someone, page.editor.fields.order, "reversed")
    assert someone.session.matches.of(AnnotationId("1", 0))[0].slice == 4


def test_the_page_is_used_by_keys_alone(person):
    someone = gone_to(person)
    page = someone.page
    page.tree.setFocus()
    someone.key(Qt.Key.Key_Home)
    someone.settle()
    assert page.editor.title.text() == "chest"
    page.editor.fields.order.setFocus()
    someone.key(Qt.Key.Key_Down)
    someone.key(Qt.Key.Key_Down)
    someone.settle()
    assert someone.session.matches.chosen["1"].entries["ct"].slice_order == "reversed"
    page.editor.fields.flip_x.setFocus()
    someone.key(Qt.Key.Key_Space)
    someone.settle()
    assert someone.session.matches.chosen["1"].entries["ct"].planes == {
        "acquired": Turn(flip_x=True)
    }
    page.tree.setFocus()
    someone.key(Qt.Key.Key_Escape)
    assert person.window.centre.currentWidget() is person.window.views


def test_the_page_stays_while_its_rows_change_what_the_views_show(person):
    someone = gone_to(person)
    page = someone.page
    pick(someone, "film")
    assert someone.session.viewing.media_index == 1
    pick(someone, "ct")
    assert someone.session.viewing.media_index == 0
    assert person.window.centre.currentWidget() is page


def test_issues_say_it_and_lead_to_the_page(person):
    words = [issue.sentence for issue in issues_of(person.session)]
    assert any("Of the 5 images that labels.json names" in sentence for sentence in words)
    panel = person.window.inspector.issues
    person.window.inspector.show_issues()
    person.settle()
    assert panel.report.isVisible()
    QTest.mouseClick(panel.report, LEFT)
    person.settle()
    assert person.window.centre.currentWidget() is person.window.matching


def test_edits_stay_while_images_are_chosen(someone):
    session, id = someone.session, AnnotationId("1", 0)
    session.do(Reshape(id, 0, Box(1, 1, 2, 2), session.stamp()))
    page = opened(someone)
    pick(someone, "ct")
    choose(someone, page.editor.fields.order, "reversed")
    assert session.matches.project is session.project
    assert [place.slice for place in session.matches.of(id)] == [4]
    assert session.project.annotations[id].placements[0].shape == Box(1, 1, 2, 2)
    session.undo()
    assert [place.slice for place in session.matches.of(id)] == [4]


def test_an_export_that_names_uids_says_that_there_is_nothing_to_choose(person, project):
    export = replace(project.exports["1"], entries=())
    bare = project.with_export(export, project.annotations.bases["1"])
    in_window(person).open(bare, person.session.media)
    page = gone_to(person).page
    assert page.empty.isVisible()
    assert not page.tree.isVisible()
    assert not person.window.inspector.issues.report.isVisible()


def seen(page: MatchPage) -> bytes:
    """Return the pixels of the preview as they are on the screen."""
    page.editor.preview.repaint()
    picture = page.editor.preview.grab().toImage()
    return bytes(picture.constBits())  # pyright: ignore[reportArgumentType]


def test_the_preview_shows_flips_base_and_equal_spacing_at_once_and_they_are_kept(someone, project):
    page = opened(someone)
    pick(someone, "ct")
    fields = page.editor.fields
    choose(someone, fields.plane, "Sagittal")
    assert someone.session.viewing.crosshair[0] == 5  # on the label of the sagittal plane
    pictures_seen = [seen(page)]
    for change in (
        lambda: tick(someone, fields.flip_x),
        lambda: tick(someone, fields.flip_y),
        lambda: (QTest.mouseClick(fields.equal, LEFT), someone.settle()),
        lambda: choose(someone, fields.first, "1"),
    ):
        change()
        pictures_seen.append(seen(page))
        assert pictures_seen[-1] not in pictures_seen[:-1]
    assert someone.session.matches.of(AnnotationId("1", 1))[0].slice == 4
    kept, issues = kept_choices(project)
    assert issues == ()
    assert kept == someone.session.matches.chosen
    choice = kept["1"].entries["ct"]
    assert choice.first_frame == 1
    assert choice.planes["sagittal"] == Turn(True, True, 3.75)
    media = someone.session.media
    someone.session.open(project, media, (), match(project, media, kept))
    someone.settle()
    pick(someone, "film")
    pick(someone, "ct")
    choose(someone, fields.plane, "Sagittal")
    assert (fields.flip_x.isChecked(), fields.flip_y.isChecked()) == (True, True)
    assert (fields.scale.value(), fields.first.currentData()) == (3.75, 1)


def test_what_the_format_leaves_open_is_switched_on_and_kept(someone):
    page = opened(someone)
    pick(someone, "film")
    assert not page.editor.fields.readings.isVisible()
    pick(someone, "photo")
    switches = page.editor.fields.readings.switches
    seen = [reading for reading, switch in switches.items() if switch.isVisible()]
    assert seen == ["pixel-centres", "counterclockwise"]
    assert not any(switch.isChecked() for switch in switches.values())
    tick(someone, switches["pixel-centres"])
    media = page._bindings.of("photo").index
    found = someone.session.matches
    assert found.frame_of("1", media, 2) == PlaneFrame(is_centred=True)
    kept, _ = kept_choices(someone.session.project)
    assert kept["1"].entries == {"photo": Choice(readings={"pixel-centres": True})}
    tick(someone, page.editor.for_all)
    tick(someone, switches["counterclockwise"])
    kept, _ = kept_choices(someone.session.project)
    assert kept["1"].general == Choice(readings={"counterclockwise": True})
    assert kept["1"].entries == {"photo": Choice(readings={"pixel-centres": True})}
    assert all(switches[reading].isChecked() for reading in seen)
    QTest.mouseClick(page.editor.back, LEFT)
    someone.settle()
    assert not any(switch.isChecked() for switch in switches.values())
    assert kept_choices(someone.session.project)[0]["1"] == NO_CHOICES


def test_a_choice_made_while_other_images_are_read_holds_for_them(
    someone: Hand, project: Project
) -> None:
    session, rebinding = someone.session, someone.rebinding
    media = [*session.media, scan("1.7", folder="more")]
    read_before = match(project, media)
    rebinding.choose("1", "film", Choice(offset=1))
    chosen = rebinding.choices_of("1")
    session.open(project, media, (), read_before, kept=("1",))
    someone.settle()
    assert session.matches.chosen["1"] == chosen == rebinding.choices_of("1")
    session.open(project_of(ENTRIES, PLACED), media, (), match(project, media))
    someone.settle()
    assert rebinding.choices_of("1") == NO_CHOICES


def test_a_choice_for_an_export_that_is_closed_meanwhile_brings_nothing_of_it_back(
    someone: Hand, project: Project
) -> None:
    session, rebinding = someone.session, someone.rebinding
    other = project_of(ENTRIES, PLACED, "2")
    both = project.with_export(other.exports["2"], other.annotations.bases["2"])
    media = session.media
    session.open(both, media, (), match(both, media))
    someone.settle()
    rebinding.choose("2", "film", Choice(offset=1))
    session.open(project, media, (), match(project, media), kept=("1",))
    someone.settle()
    assert list(session.matches.rows) == ["1"]
    assert rebinding.choices_of("2") == NO_CHOICES
