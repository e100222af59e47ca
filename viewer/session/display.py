"""Which labels are drawn and how; nothing here changes the project."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Literal

import msgspec
from psygnal import Signal

from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.render.looks import PLAIN_LOOK, ExportLook, Looks, told_apart
from viewer.render.overlay import color_of_class
from viewer.render.palette import readable
from viewer.render.pens import WIDTH_PX

FillStyle = Literal["both", "outline", "fill"]
TagLevel = Literal["none", "names", "more"]  # "more": author, probability, answers
LEAST_LINE_PX, MOST_LINE_PX = 1.0, 5.0
MOST_LETTERS = 20  # of authors, in words that stand on the picture
Hidden = AnnotationId | tuple[str, str]  # one annotation, or (export id, class id)
Fits = Callable[[AnnotationId], bool]
IsDrawn = Callable[[AnnotationId, str], bool]  # (id, class id)


def _no_author(_: AnnotationId) -> str:
    return ""


class Display:
    """Eyes, solo, filter text, looks of the exports, fill style and opacity; overlays of images.

    Args:
        author_of: who made a label.
    """

    changed = Signal()
    looks_changed = Signal(str)  # id of the export
    filter_changed = Signal()  # before `changed`

    def __init__(self, author_of: Callable[[AnnotationId], str] = _no_author) -> None:
        self._author_of = author_of
        self._looks: dict[str, ExportLook] = {}
        self.hidden: frozenset[Hidden] = frozenset()
        self.locked: frozenset[Hidden] = frozenset()  # that a person keeps from being changed
        self.solo: Hidden | None = None
        self.filter = ""
        self.authors: frozenset[str] = frozenset()  # whose labels alone are listed; none: all
        self._fits: Fits = _everything
        self.style: FillStyle = "both"
        self.opacity = 1.0
        self.line_px = WIDTH_PX
        self.tags: TagLevel = "names"
        self.held_hidden = False
        self.labels_on = True
        self.overlays = True  # the planes of bits that image files bring with them

    def reset(self, kept: Collection[str] = ()) -> None:
        """Show everything again; style, opacity and the looks of the kept exports stay."""
        self.hidden = self.locked = frozenset()
        self._looks = {id: look for id, look in self._looks.items() if id in kept}
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

    def set_locked(self, what: Hidden, locked: bool) -> None:
        """Keep one annotation or class from being changed, or let it be changed again."""
        self.locked = self.locked | {what} if locked else self.locked - {what}
        self.changed.emit()

    def is_locked(self, id: AnnotationId, class_id: str) -> bool:
        """Whether a person keeps a label, or all of its class, from being changed."""
        return not self.locked.isdisjoint({id, (id.export, class_id)})

    @property
    def looks(self) -> Looks:
        """How exports are drawn, where a person chose something; by export id."""
        return tuple(self._looks.items())

    @property
    def hidden_exports(self) -> frozenset[str]:
        """Ids of the exports whose labels are not drawn."""
        return frozenset(id for id, look in self._looks.items() if look.hidden)

    def look_of(self, export: str) -> ExportLook:
        """Return how the labels of an export are drawn."""
        return self._looks.get(export, PLAIN_LOOK)

    def set_look(self, export: str, look: ExportLook) -> None:
        """Draw the labels of an export so."""
        self.set_looks({export: look})

    def set_looks(self, looks: Mapping[str, ExportLook]) -> None:
        """Draw the labels of several exports so, and tell everyone once."""
        changed = [id for id, look in looks.items() if look != self.look_of(id)]
        for id in changed:
            self._looks.pop(id, None)
            if looks[id] != PLAIN_LOOK:
                self._looks[id] = looks[id]
        for id in changed:
            self.looks_changed.emit(id)
        if changed:
            self.changed.emit()

    def set_export_hidden(self, export: str, *, hidden: bool) -> None:
        """Close or open the eye of all labels of one export."""
        self.set_look(export, msgspec.structs.replace(self.look_of(export), hidden=hidden))

    def tell_apart(self, exports: Collection[str]) -> bool:
        """Give each export a colour and a width of its own, or take them back where all have them.

        Returns:
            Whether they are told apart now.
        """
        ids = tuple(exports)
        wanted = told_apart(ids, self._looks)
        is_done = all(self.look_of(id) == look for id, look in wanted.items())
        if is_done:
            plain = PLAIN_LOOK
            wanted = {
                id: msgspec.structs.replace(look, color=plain.color, weight=plain.weight)
                for id, look in wanted.items()
            }
        self.set_looks(wanted)
        return not is_done

    def color_of(self, project: Project, export: str, class_id: str) -> str:
        """Return the colour that a label of a class is drawn in."""
        chosen = self.look_of(export).color
        return color_of_class(project, export, class_id) if chosen is None else readable(chosen)

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
            self.filter_changed.emit()
            self.changed.emit()

    def is_listed(self, id: AnnotationId) -> bool:
        """Whether a label fits the filter, whatever eyes and solo say."""
        return self._fits(id)

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

    def set_lines(self, *, line_px: float | None = None, tags: TagLevel | None = None) -> None:
        """Draw lines of a width, and say so much beside the labels."""
        if line_px is not None:
            self.line_px = min(max(line_px, LEAST_LINE_PX), MOST_LINE_PX)
        self.tags = tags or self.tags
        self.changed.emit()

    @property
    def draws_all(self) -> bool:
        """No label is left out by eyes, solo or filter."""
        is_open = not self.hidden and not any(
            look.hidden or look.hidden_authors for look in self._looks.values()
        )
        return is_open and self.solo is None and not self.filter_words

    def is_drawn(self, id: AnnotationId, class_id: str) -> bool:
        """Whether eyes, solo, filter and the hold key let this annotation be drawn."""
        if self.held_hidden or not self.labels_on or not self._fits(id):
            return False
        key = (id.export, class_id)
        if self.solo is not None:
            return self.solo in (id, key)
        look = self.look_of(id.export)
        if look.hidden or (look.hidden_authors and self._author_of(id) in look.hidden_authors):
            return False
        return id not in self.hidden and key not in self.hidden

    def drawn_of(self, exports: frozenset[str] | None) -> IsDrawn:
        """Return `is_drawn` for the labels of these exports alone, None for all."""
        if exports is None:
            return self.is_drawn
        return lambda id, class_id: id.export in exports and self.is_drawn(id, class_id)


def _everything(_: AnnotationId) -> bool:
    return True
