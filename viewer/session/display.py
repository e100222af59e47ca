"""Which labels are drawn and how; nothing here changes the project."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Literal

import msgspec
from psygnal import Signal

from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.render.coloring import BY_LABEL, Coloring, color_of, color_of_many
from viewer.render.looks import PLAIN_LOOK, ExportLook, Looks, told_apart
from viewer.render.palette import readable
from viewer.render.pens import WIDTH_PX
from viewer.review.filtering import NO_FILTER, Filter
from viewer.review.fits import Eyes, Fitting

FillStyle = Literal["both", "outline", "fill"]
TagLevel = Literal["none", "names", "more"]  # "more": author, probability, answers
LEAST_LINE_PX, MOST_LINE_PX = 1.0, 5.0
Hidden = AnnotationId | tuple[str, str]  # one annotation, or (export id, class id)
IsDrawn = Callable[[AnnotationId, str], bool]  # (id, class id)


def _no_author(_: AnnotationId) -> str:
    return ""


class Display:
    """Eyes, solo, filter, looks of the exports, fill style and opacity; overlays of images.

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
        self.coloring = BY_LABEL
        self.locked: frozenset[Hidden] = frozenset()  # that a person keeps from being changed
        self.solo: Hidden | None = None
        self.filter = NO_FILTER
        self.filter_words = ""  # what labels have to fit, "" for nothing
        self._fitting: Fitting | None = None  # what the filter leaves in, and what is selected
        self.listed: Fitting | None = None  # what the filter leaves in, None without one
        self.style: FillStyle = "both"
        self.opacity = 1.0
        self.line_px = WIDTH_PX
        self.tags: TagLevel = "names"
        self.held_hidden = False
        self.labels_on = True
        self.version = 0  # what is drawn stays as long as it does; a filter goes by the selection
        self.changed.connect(self._count_change)  # before anyone else hears of it
        self.overlays = True  # the planes of bits that image files bring with them

    def _count_change(self) -> None:
        self.version += 1

    def reset(self, kept: Collection[str] = ()) -> None:
        """Show everything again; style, opacity and the looks of the kept exports stay."""
        self.hidden = self.locked = frozenset()
        self._looks = {id: look for id, look in self._looks.items() if id in kept}
        self.solo = None
        self.filter, self.filter_words = NO_FILTER, ""
        self._fitting = self.listed = None
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
        """Return the colour that all labels of a class are drawn in; grey where they differ."""
        chosen = self.look_of(export).color if self.coloring.by == "label" else None
        if chosen is not None:
            return readable(chosen)
        return color_of_many(project, export, class_id, self.coloring)

    def color_of_label(self, project: Project, id: AnnotationId, class_id: str) -> str:
        """Return the colour that one label is drawn in."""
        if self.coloring.by == "label":
            return self.color_of(project, id.export, class_id)
        return color_of(project, id, self.coloring)

    def set_coloring(self, coloring: Coloring) -> None:
        """Let the colour of labels say something else."""
        if coloring != self.coloring:
            self.coloring = coloring
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

    def set_filter(self, wanted: Filter, fits: Fitting | None = None, words: str = "") -> None:
        """List and draw only labels that fit.

        Args:
            wanted: the filter.
            fits: which labels fit it, as the list says, so that both show the same; None for all.
            words: what labels have to fit; else its text.
        """
        self._fitting = None if wanted.is_empty else fits
        self.listed = None if self._fitting is None else replace(self._fitting, also=frozenset)
        self.filter_words = "" if wanted.is_empty else words or wanted.text.strip()
        if wanted != self.filter or not wanted.is_empty:
            self.filter = wanted
            self.filter_changed.emit()
            self.changed.emit()

    def is_listed(self, id: AnnotationId) -> bool:
        """Whether a label fits the filter, whatever eyes and solo say."""
        return self._fitting is None or self._fitting(id)

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
        return not self._chooses and self.filter.is_empty

    @property
    def _chooses(self) -> bool:
        """Something besides the filter may leave labels out."""
        is_off = self.held_hidden or not self.labels_on or self.solo is not None
        looks = self._looks.values()
        return is_off or bool(self.hidden) or any(one.hidden or one.hidden_authors for one in looks)

    def is_drawn(self, id: AnnotationId, class_id: str) -> bool:
        """Whether eyes, solo, filter and the hold key let this annotation be drawn."""
        if self.held_hidden or not self.labels_on or not self.is_listed(id):
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
        if exports is not None:
            return lambda id, class_id: id.export in exports and self.is_drawn(id, class_id)
        if not self._chooses:
            return _everything if self._fitting is None else self._fitting
        return self.is_drawn if self._eyes is None else self._eyes

    @property
    def _eyes(self) -> Eyes | None:
        """The same for many labels at once; None where more than eyes and filter decide."""
        is_off = self.held_hidden or not self.labels_on or self.solo is not None
        if is_off or any(one.hidden_authors for one in self._looks.values()):
            return None
        closed = frozenset(one for one in self.hidden if isinstance(one, AnnotationId))
        return Eyes(self.is_drawn, self._fitting, closed, self._is_open)

    def _is_open(self, label_class: tuple[str, str]) -> bool:
        return label_class not in self.hidden and not self.look_of(label_class[0]).hidden


def _everything(_id: AnnotationId, _class_id: str) -> bool:
    return True
