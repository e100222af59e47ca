"""Which labels are drawn and how; nothing here changes the project."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from psygnal import Signal

from viewer.model.annotation import AnnotationId

FillStyle = Literal["both", "outline", "fill"]
MOST_LETTERS = 20  # of authors, in words that stand on the picture
Hidden = AnnotationId | tuple[str, str]  # one annotation, or (export id, class id)
Fits = Callable[[AnnotationId], bool]


class Display:
    """Eyes, solo, filter text, fill style and opacity of the labels; overlays of the images."""

    changed = Signal()

    def __init__(self) -> None:
        self.hidden: frozenset[Hidden] = frozenset()
        self.hidden_exports: frozenset[str] = frozenset()  # ids
        self.solo: Hidden | None = None
        self.filter = ""
        self.authors: frozenset[str] = frozenset()  # whose labels alone are listed; none: all
        self._fits: Fits = _everything
        self.style: FillStyle = "both"
        self.opacity = 1.0
        self.held_hidden = False
        self.labels_on = True
        self.overlays = True  # the planes of bits that image files bring with them

    def reset(self) -> None:
        """Show everything again; style and opacity are kept."""
        self.hidden = frozenset()
        self.hidden_exports = frozenset()
        self.solo = None
        self.filter = ""
        self.authors = frozenset()
        self._fits = _everything
        self.held_hidden = False
        self.changed.emit()

    def set_hidden(self, what: Hidden, hidden: bool) -> None:
        """Close or open the eye of one annotation or class."""
        self.hidden = self.hidden | {what} if hidden else self.hidden - {what}
        self.changed.emit()

    def set_export_hidden(self, export: str, *, hidden: bool) -> None:
        """Close or open the eye of all labels of one export."""
        shut = self.hidden_exports
        self.hidden_exports = shut | {export} if hidden else shut - {export}
        self.changed.emit()

    def forget(self, what: Hidden) -> None:
        """Open the eye of something that is new, and end another's solo of its name."""
        if what in self.hidden or self.solo == what:
            self.solo = None if self.solo == what else self.solo
            self.set_hidden(what, hidden=False)

    def set_solo(self, what: Hidden | None) -> None:
        """Draw this one alone; None ends it."""
        self.solo = what
        self.changed.emit()

    def set_filter(
        self, text: str, fits: Fits | None = None, authors: frozenset[str] = frozenset()
    ) -> None:
        """List and draw only labels that fit the text and are of these authors.

        Args:
            text: as typed, "" for none.
            fits: whether a label fits both; the list's own rule, so that both show the same.
            authors: names, none for everybody.
        """
        self._fits = fits if fits is not None and (text.strip() or authors) else _everything
        if (text, authors) != (self.filter, self.authors):
            self.filter, self.authors = text, authors
            self.changed.emit()

    @property
    def filter_words(self) -> str:
        """What labels have to fit, "" for nothing."""
        people = ", ".join(sorted(name or "no author" for name in self.authors))
        if len(people) > MOST_LETTERS:
            people = f"{len(self.authors):,} author{'s' if len(self.authors) > 1 else ''}"
        return " · ".join(part for part in (self.filter.strip(), people) if part)

    def set_style(
        self,
        *,
        style: FillStyle | None = None,
        opacity: float | None = None,
        labels_on: bool | None = None,
        held_hidden: bool | None = None,
        overlays: bool | None = None,
    ) -> None:
        """Change what is given and tell everyone once."""
        self.style = style or self.style
        self.opacity = self.opacity if opacity is None else min(max(opacity, 0.0), 1.0)
        self.labels_on = self.labels_on if labels_on is None else labels_on
        self.held_hidden = self.held_hidden if held_hidden is None else held_hidden
        self.overlays = self.overlays if overlays is None else overlays
        self.changed.emit()

    @property
    def draws_all(self) -> bool:
        """No label is left out by eyes, solo or filter."""
        is_open = not self.hidden and not self.hidden_exports
        return is_open and self.solo is None and not self.filter_words

    def is_drawn(self, id: AnnotationId, class_id: str) -> bool:
        """Whether eyes, solo, filter and the hold key let this annotation be drawn."""
        if self.held_hidden or not self.labels_on or not self._fits(id):
            return False
        key = (id.export, class_id)
        if self.solo is not None:
            return self.solo in (id, key)
        if id.export in self.hidden_exports:
            return False
        return id not in self.hidden and key not in self.hidden


def _everything(_: AnnotationId) -> bool:
    return True
