"""Your name, asked beside the work: the name that labels you draw or change carry."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from viewer.session.preferences import author_file, one_line, write_author
from viewer.session.session import Session
from viewer.ui.widgets.chips import button, quiet, row_of, sentence_row, titled
from viewer.ui.widgets.strip import Strip

WHAT_FOR = "Labels that you draw or change carry this name."


class NameStrip(Strip):
    """A field and what it is for; a name that cannot be kept is said here until it is left."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("card")
        self.field = QLineEdit()
        self.field.setPlaceholderText("No name")
        self.field.setAccessibleName("Your name")
        self.field.setAccessibleDescription(WHAT_FOR)
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self._warning = QWidget()
        self.keep = button("Keep", "primary")
        self.cancel = button("Cancel", "quiet")
        self._build()
        self.field.returnPressed.connect(self._keep)
        self.keep.clicked.connect(self._keep)
        self.cancel.clicked.connect(self.dismiss)

    def _build(self) -> None:
        self._warning.setLayout(sentence_row("warning", "caution", self.problem))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(8)
        layout.addLayout(row_of(titled("Your name"), quiet(WHAT_FOR), 1))
        line = row_of(self.field, self.cancel, self.keep)
        line.setStretch(0, 1)
        layout.addLayout(line)
        layout.addWidget(self._warning)

    def ask(self) -> None:
        """Open with the name that holds now, ready to be typed over."""
        self._say_problem("")
        self.field.setText(self._session.author)
        self.field.selectAll()
        self.open_at(self.field)

    def _keep(self) -> None:
        """Take the name; it holds from now on and for the next runs."""
        author = self._session.author = one_line(self.field.text())
        try:
            write_author(author_file(), author)
        except OSError as error:
            folder = author_file().parent
            why = error.strerror or "it cannot be written"
            self._say_problem(
                f"The name holds until you close the window, but cannot be kept in {folder}: {why}."
            )
            return
        self._session.say(f"Your name: {author}" if author else "Your labels carry no name.")
        self.dismiss()

    def _say_problem(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setAccessibleName(sentence)
        self._warning.setVisible(bool(sentence))
        self.cancel.setText("Close" if sentence else "Cancel")
        self.keep.setText("Try again" if sentence else "Keep")
        self.place()
