"""The inspector: what is known of the selected label; beside it Issues and History."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QStackedLayout,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer.model.annotation import AnnotationId
from viewer.review.intensities import Intensity
from viewer.session.asking import placement_shown
from viewer.session.given_classes import is_classless
from viewer.session.jobs import Answers, Jobs
from viewer.session.locking import why_locked
from viewer.session.modes import locked_sentence
from viewer.session.session import Session
from viewer.ui.exports.panel import ExportPanel
from viewer.ui.inspector.answer_part import AnswerPart
from viewer.ui.inspector.histogram import Histogram
from viewer.ui.inspector.history_panel import HistoryPanel
from viewer.ui.inspector.intensities import intensity_rows, intensity_work
from viewer.ui.inspector.label_box import ClassBox, NoteField, name_first
from viewer.ui.inspector.record_tab import RecordView
from viewer.ui.inspector.related_part import RelatedPart, related_to
from viewer.ui.inspector.series_inspector import SeriesInspector
from viewer.ui.labels.facts import (
    Subject,
    geometry_rows,
    meta_line,
    provenance_rows,
    review_words,
    subject_of,
)
from viewer.ui.media.issues_panel import IssuesPanel
from viewer.ui.widgets.chips import Chip, Elided, divider, row_of, titled
from viewer.ui.widgets.facts import Facts, Fold
from viewer.ui.widgets.icons import icon
from viewer.ui.widgets.swatch import Swatch
from viewer.ui.widgets.turns import Turns


class Inspector(QTabWidget):
    """Tabs Inspector, Issues, History and Export.

    Args:
        jobs: computes intensities off the main thread; without it they are computed at once.
    """

    left = Signal()  # the focus may go back to the picture

    def __init__(
        self, session: Session, parent: QWidget | None = None, jobs: Jobs | None = None
    ) -> None:
        super().__init__(parent)
        self.setDocumentMode(True)
        self.setUsesScrollButtons(False)
        self.tabBar().setObjectName("inspector")  # narrower, so that four fit
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setAccessibleName("Inspector")
        self.label = LabelInspector(session, jobs)
        self.issues = IssuesPanel(session)
        self.history = HistoryPanel(session)
        self.export = ExportPanel(session, jobs)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.label)
        self.addTab(scroll, "Inspector")
        self.addTab(self.issues, "Issues")
        self.addTab(self.history, "History")
        self.addTab(self.export, "Export")
        self._scroll = scroll
        self.label.note.entered.connect(self._show_note)
        self.issues.count_changed.connect(self._count_issues)
        self.export.issues_asked.connect(self.show_issues)
        self.label.answers.left.connect(self.left)
        self.label.several.left.connect(self.left)

    def show_issues(self) -> None:
        """Bring the issues to the front."""
        self.setCurrentWidget(self.issues)

    def _show_note(self) -> None:
        """Bring the end of the note's field into sight; Qt itself asks for its cursor only."""
        note = self.label.note
        end = note.mapTo(self.label, note.rect().bottomLeft())
        self._scroll.ensureVisible(end.x(), end.y(), 0, NOTE_MARGIN_PX)

    def _count_issues(self, count: int) -> None:
        self.setTabText(1, f"Issues {count:,}" if count else "Issues")


NOTE_MARGIN_PX = 12
CLICK = "Click a label in a view or in the list to see its facts."
IGNORED, PREFERRED = QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred


class LabelInspector(QWidget):
    """Subject, meta line and folding sections of the selected label."""

    def __init__(self, session: Session, jobs: Jobs | None) -> None:
        super().__init__()
        self._session = session
        self._jobs = jobs
        self._is_resting = False
        self._shown: Subject | None = None
        self._asked = 0
        self._dividers: dict[str, QFrame] = {}
        self._stack = QStackedLayout(self)
        self.several = AnswerPart(session, jobs, "answers for several")
        self._nothing = _Nothing(self.several)
        self.series = SeriesInspector(session)
        self._page = QWidget()
        self._stack.addWidget(self._nothing)
        self._stack.addWidget(self._page)
        self._stack.addWidget(self.series)
        self.swatch = Swatch()
        self.title = Elided()
        self.title.setProperty("kind", "subject")
        self.class_box = ClassBox(session)
        self.lock = QToolButton()
        self.meta = Elided()
        self.reviews = Chip("plain", "thumbs-up")
        self.geometry_facts = Facts(wraps=True)
        self.answers = AnswerPart(session, jobs)
        self.intensity_facts = Facts()
        self.histogram = Histogram()
        self.related = RelatedPart()
        self.provenance_facts = Facts()
        self.note = NoteField(session)
        self.record = RecordView(jobs=jobs)
        self._build()
        self.related.asked.connect(self._go_to)
        session.selection_changed.connect(self._refresh_soon)
        session.project_changed.connect(self._refresh)
        session.mode_changed.connect(self._refresh)
        session.pixels_changed.connect(self._on_pixels)
        session.viewing.media_changed.connect(self._refresh)
        session.media_changed.connect(self._forget)
        session.viewing.crosshair_changed.connect(self._on_crosshair)
        self._refresh()

    def _build(self) -> None:
        self._turns = Turns(self)
        self.lock.setIcon(icon("lock-simple", role="text-2"))
        self.lock.setIconSize(QSize(16, 16))
        self.lock.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.lock.setAccessibleName("Locked")
        self.meta.setProperty("kind", "quiet")
        head = QWidget()
        inside = QVBoxLayout(head)
        inside.setContentsMargins(12, 10, 8, 8)
        inside.setSpacing(6)
        line = row_of(self.swatch, self.title, self.class_box, self.lock)
        line.setStretch(1, 1)
        line.setStretch(2, 1)
        inside.addLayout(line)
        below = row_of(self.meta, self.reviews)
        below.setStretch(0, 1)
        inside.addLayout(below)
        values = QWidget()
        under = QVBoxLayout(values)
        under.setContentsMargins(0, 0, 0, 0)
        under.addWidget(self.histogram)
        under.addWidget(self.intensity_facts)
        self.sections = {
            "Geometry": Fold("Geometry", self.geometry_facts),
            "Answers": Fold("Answers", self.answers),
            "Related": Fold("Related labels", self.related),
            "Intensity": Fold("Intensity", values),
            "Provenance": Fold("Provenance", self.provenance_facts),
            "Note": Fold("Note", self.note),
            "Record": Fold("Record, as in the file", self.record),
        }
        layout = QVBoxLayout(self._page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(head)
        for name, section in self.sections.items():
            self._dividers[name] = divider()
            layout.addWidget(self._dividers[name])
            layout.addWidget(section)
        layout.addStretch(1)

    def commit(self) -> None:
        """Write what is being typed."""
        self.note.commit()
        self.answers.commit()
        self.several.commit()

    def _forget(self) -> None:
        self.answers.forget()
        self.several.forget()

    def _on_crosshair(self) -> None:
        """Show what is said of the label on the slice or frame shown now."""
        if self._shown is not None and len(self._shown.annotation.placements) > 1:
            before, id = self._shown, self._shown.annotation.id
            subject = self._shown = subject_of(self._session, id)
            self._show_place(subject)
            if before.place != subject.place:
                display, project = self._session.display, self._session.project
                tint = display.color_of_label(project, id, subject.label.id)
                self._ask_intensity(subject, tint)
            self._show_answers(id)
            if self.record.isVisible():
                self._show_record(id)

    def _show_place(self, subject: Subject) -> None:
        """Show the facts of the placement that is seen."""
        self.meta.setText(meta_line(subject))
        self.geometry_facts.show_rows(geometry_rows(subject))

    def _show_record(self, wanted: AnnotationId) -> None:
        here = placement_shown(self._session, wanted)
        self.record.show_record(self._session.project, wanted, here)

    def _show_answers(self, wanted: AnnotationId) -> None:
        self._show_section("Answers", self.answers.show_labels([wanted]))

    def rest(self, is_resting: bool) -> None:
        """Follow nothing while another panel stands in its place."""
        self._is_resting = is_resting
        self._shown = None
        self.record.show_nothing()
        self._refresh()

    def _refresh_soon(self) -> None:
        """Show another label in a turn of its own: pictures and list are painted before."""
        if self._jobs is None:
            self._refresh()
        else:
            self._turns.ask("label", self._refresh)

    def _refresh(self) -> None:
        if self._is_resting:
            return
        chosen = sorted(self._session.selection)
        if len(chosen) != 1 or chosen[0] not in self._session.project.annotations:
            self._shown = None
            self._asked += 1
            self.answers.show_labels([])
            self.several.show_labels(chosen)
            self.record.show_nothing()
            self._show_page(self._without_label(len(chosen)))
            return
        self.several.show_labels([])
        self._show(chosen[0])
        self._show_page(self._page)

    def _without_label(self, count: int) -> QWidget:
        """Say what the series shown is like, or how to come by a label's facts."""
        has_labels = bool(self._session.project.exports)
        self._nothing.say(count, has_labels)
        if count or self._session.current is None:
            return self._nothing
        self.series.refresh(CLICK if has_labels else "")
        return self.series

    def _show_page(self, page: QWidget) -> None:
        """Show one of the pages; what is not shown needs no room."""
        for other in (self._nothing, self._page, self.series):
            policy = PREFERRED if other is page else IGNORED
            other.setSizePolicy(policy, policy)
        self._stack.setCurrentWidget(page)

    def _show(self, wanted: AnnotationId) -> None:
        subject = subject_of(self._session, wanted)
        is_other = self._shown is None or self._shown.annotation is not subject.annotation
        self._shown = subject
        display, project = self._session.display, self._session.project
        tint = display.color_of_label(project, wanted, subject.label.id)
        reason = why_locked(self._session, wanted)
        can_edit = self._session.mode == "edit" and not reason
        self.reviews.say(*review_words(subject.annotation.reviews))
        is_kept_beside = is_classless(project, subject.annotation)  # whatever is locked in the file
        may_name = can_edit or (self._session.mode == "edit" and is_kept_beside)
        self.swatch.show_tint(tint)
        self.swatch.setVisible(not may_name)
        self.title.setText(name_first(subject.label))
        self.title.setVisible(not may_name)
        self.lock.setVisible(not can_edit)
        self.lock.setToolTip(reason or locked_sentence(self._session.mode))
        self.class_box.setVisible(may_name)
        self.class_box.show_annotation(subject.annotation)
        self._show_place(subject)
        self.provenance_facts.show_rows(provenance_rows(self._session, subject))
        self.note.show_annotation(subject.annotation, can_edit)
        self._show_answers(wanted)
        related = related_to(self._session, subject.annotation)
        self.related.show_related(related)
        self._show_section("Related", bool(related))
        holds_notes = self._session.project.exports[wanted.export].has_notes
        may_note = can_edit and (holds_notes or subject.annotation.note is not None)
        self._show_section("Note", may_note or bool(subject.annotation.note))
        if is_other:
            self._show_record(wanted)
        self._ask_intensity(subject, tint)

    def _go_to(self, wanted: AnnotationId) -> None:
        self._session.places.leave()
        self._session.select([wanted])
        if not self._session.go_to(wanted):
            self._session.say("This label is not placed, so that there is no picture to go to.")

    def _show_section(self, name: str, is_shown: bool) -> None:
        self.sections[name].setVisible(is_shown)
        self._dividers[name].setVisible(is_shown)

    def _ask_intensity(self, subject: Subject, tint: str) -> None:
        self._asked += 1
        asked = self._asked
        work = intensity_work(subject)
        self._show_section("Intensity", work is not None)
        if work is None:
            return
        if self._jobs is None:
            self._show_intensity(asked, work(lambda: None), tint)
            return
        answers = Answers[Intensity | None](
            done=lambda found: self._show_intensity(asked, found, tint)
        )
        bound = self._session.matches.tellings.bound(work)
        self._jobs.newest("intensity", lambda control: bound(control.check), answers)

    def _show_intensity(self, asked: int, found: Intensity | None, tint: str) -> None:
        if asked != self._asked:
            return
        self.histogram.show_intensity(found, tint)
        empty = (("Values", "no pixel centre is inside"),)
        self.intensity_facts.show_rows(intensity_rows(found) if found else empty)

    def _on_pixels(self, media: int) -> None:
        shown = self._shown
        is_waiting = self.sections["Intensity"].isHidden()
        if (
            shown is not None
            and shown.place is not None
            and is_waiting
            and shown.place.media == media
        ):
            self._refresh()


class _Nothing(QWidget):
    """What stands there while not exactly one label is selected."""

    def __init__(self, answers: AnswerPart) -> None:
        super().__init__()
        self._title = titled("")
        self._words = QLabel()
        self._words.setProperty("kind", "quiet")
        self._words.setWordWrap(True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 24, 12, 12)
        layout.addWidget(self._title, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self._words)
        layout.addWidget(answers)
        layout.addStretch(1)

    def say(self, count: int, has_labels: bool) -> None:
        """Say what is selected, and what to do."""
        self._title.setText(f"{count:,} labels selected" if count else "No label selected")
        if count:
            self._words.setText("Select one label to see its facts.")
        elif has_labels:
            self._words.setText(CLICK)
        else:
            self._words.setText("Open an export to see its labels.")
