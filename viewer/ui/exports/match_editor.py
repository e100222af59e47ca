"""What an entry is shown on, to be looked at and changed: words, fields and a live picture."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from viewer.media.volume import Volume
from viewer.model.project import Entry
from viewer.render.planes import acquired_plane
from viewer.review.binding import Binding, Bindings, Choice
from viewer.session.session import Session
from viewer.ui.exports.match_fields import MatchFields, with_fields, without_fields
from viewer.ui.exports.match_model import named, names_of
from viewer.ui.exports.match_preview import Preview
from viewer.ui.exports.rebinding import NOTHING_CHOSEN, Rebinding
from viewer.ui.widgets.chips import Elided, button, quiet, row_of
from viewer.ui.widgets.facts import Sentence

TO_CONFIRM = ("likely", "weak")
PREVIEW_PX, NARROW_PX = 260, 110


class MatchEditor(QFrame):
    """One entry of one export."""

    plane_picked = Signal()

    def __init__(self, session: Session, rebinding: Rebinding) -> None:
        super().__init__()
        self._session = session
        self._rebinding = rebinding
        self._export = ""
        self._shown: tuple[Entry, Binding] | None = None
        self.setObjectName("card")
        self.title = Elided()
        self.title.setProperty("kind", "subject")
        self.words = Elided()
        self.words.setProperty("kind", "quiet")
        self.mismatches = Sentence()
        self.fields = MatchFields()
        self.for_all = QCheckBox("For all of this export")
        self.for_all.setToolTip(
            "First frame, order, offset, turns and what is left open hold for every entry."
        )
        self.confirm = button("Confirm", "", "check")
        self.confirm.setToolTip("These are the right images.")
        self.back = button("Take back", "", "arrow-u-up-left")
        self.back.setToolTip("Take back to automatic\nForget what was chosen by hand.")
        self.back.setAccessibleName("Take back to automatic")
        self.preview = Preview(session)
        self.preview.setMinimumWidth(NARROW_PX)
        self.preview.setMaximumWidth(PREVIEW_PX)
        self.preview.work_ahead(rebinding.jobs)
        self.nothing = quiet("Choose an entry above to see what it is shown on.")
        self._build()
        self.fields.changed.connect(self._take)
        self.fields.plane_picked.connect(self._show_plane)
        self.confirm.clicked.connect(self._confirm)
        self.back.clicked.connect(self._take_back)
        self.show_entry("", Bindings(), None)

    def _build(self) -> None:
        self.body = QWidget()
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addWidget(self.title)
        left.addWidget(self.words)
        left.addWidget(self.mismatches)
        left.addWidget(self.fields, 1)
        left.addLayout(row_of(self.for_all, 1, self.confirm, self.back))
        across = QHBoxLayout(self.body)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(12)
        across.addLayout(left, 3)
        across.addWidget(self.preview, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.addWidget(self.nothing)
        layout.addWidget(self.body, 1)

    def show_entry(
        self, export: str, bindings: Bindings, found: tuple[Entry, Binding] | None
    ) -> None:
        """Show an entry of an export; nothing without one."""
        self._export, self._shown = export, found
        self.nothing.setVisible(found is None)
        self.body.setVisible(found is not None)
        if found is None:
            return
        entry, binding = found
        choices = self._rebinding.choices_of(export)
        own = choices.entries.get(entry.id, NOTHING_CHOSEN)
        self.title.setText(named(entry))
        self.words.setText(" · ".join([binding.evidence, *names_of(entry)[1:]]))
        self.mismatches.setText("\n".join(binding.mismatches))
        self.mismatches.setVisible(bool(binding.mismatches))
        self.fields.show_binding(entry, binding, choices.of(entry.id), bindings.files)
        self.confirm.setVisible(binding.strength in TO_CONFIRM)
        is_general = self.for_all.isChecked() and choices.general != NOTHING_CHOSEN
        self.back.setEnabled(own != NOTHING_CHOSEN or is_general)
        self.preview.setVisible(binding.index >= 0)
        self._show_plane()

    def _show_plane(self) -> None:
        if self._shown is None or self._shown[1].index < 0:
            return
        media, plane = self._session.media[self._shown[1].index], self.fields.chosen_plane
        if plane == "acquired" or not isinstance(media, Volume):
            self.preview.show_plane(acquired_plane(media))
        else:
            self.preview.show_plane(plane)
        self.plane_picked.emit()

    def _take(self, fields: dict[str, object], may_be_general: bool) -> None:
        """Take a change for the entry, or for all of the export."""
        if self._shown is None:
            return
        entry = self._shown[0].id
        choices = self._rebinding.choices_of(self._export)
        own = choices.entries.get(entry, NOTHING_CHOSEN)
        if may_be_general and self.for_all.isChecked():
            self._rebinding.choose(self._export, entry, without_fields(own, fields))
            self._rebinding.choose(self._export, None, with_fields(choices.general, fields))
        else:
            self._rebinding.choose(self._export, entry, with_fields(own, fields))

    def _confirm(self) -> None:
        if self._shown is None:
            return
        binding = self._shown[1]
        files = self._session.matches.lookup.bindings[self._export].files
        file = None if binding.file is None else files.names[binding.file]
        self._take({"media": binding.media, "file": file}, may_be_general=False)

    def _take_back(self) -> None:
        if self._shown is None:
            return
        self._rebinding.choose(self._export, self._shown[0].id, Choice())
        if self.for_all.isChecked():
            self._rebinding.choose(self._export, None, Choice())
