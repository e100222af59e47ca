"""What the actions of the menu Slab do: which projection, and how thick; the popup of both."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDoubleSpinBox, QFrame, QVBoxLayout, QWidget

from viewer.render.slab import (
    LEAST_MM,
    MOST_MM,
    NAMES,
    THICKNESSES_MM,
    USUAL_MM,
    Projection,
    Slab,
)
from viewer.session.panes import FOURTH
from viewer.session.session import Session
from viewer.ui.widgets.chips import quiet, row_of, titled
from viewer.ui.widgets.number_fields import inset_text
from viewer.ui.widgets.segments import Segments
from viewer.ui.window.popups import show_in

KINDS: tuple[Projection | None, ...] = (None, *NAMES)
THIN = "thin"
IN_COLOUR = "Pictures in colour have no slabs."
WIDTH_PX = 264


class Slabbing:
    """Has slabs shown in one window: in the fourth view where it is in hand, else in all planes."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        self._session = session
        self._window = parent
        self.popup = SlabPopup(self, parent)
        session.viewing.planes_changed.connect(self.popup.refresh)

    def run(self) -> dict[str, Callable[[], None]]:
        """Return what each action does."""
        return {
            "slab.off": partial(self.take, None),
            **{f"slab.{kind}": partial(self.take, kind) for kind in NAMES},
            "slab.cycle": self._cycle,
            "slab.thicker": partial(self._step, 1),
            "slab.thinner": partial(self._step, -1),
            "slab.set": self._open,
        }

    @property
    def slab(self) -> Slab | None:
        """What is wanted in the view in hand."""
        return self._session.viewing.slabs.wanted(self._session.active_pane)

    @property
    def where(self) -> str:
        """Which views it is about."""
        return "Fourth view" if self._session.active_pane.id == FOURTH else "All planes"

    def take(self, kind: Projection | None) -> None:
        """Show slabs of a kind, as thick as those before."""
        media = self._session.current
        if kind is not None and media is not None and media.is_colour:
            self._session.say(IN_COLOUR)
            self._session.viewing.planes_changed.emit()  # the menu says Thin again
            return
        self._want(None if kind is None else Slab(kind, self._mm))

    def thicken(self, mm: float) -> None:
        """Show slabs as thick as this; thin planes become MIPs."""
        slab = self.slab
        self._want(Slab("mip" if slab is None else slab.projection, mm))

    @property
    def _mm(self) -> float:
        return USUAL_MM if self.slab is None else self.slab.mm

    def _cycle(self) -> None:
        at = KINDS.index(None if self.slab is None else self.slab.projection)
        self.take(KINDS[(at + 1) % len(KINDS)])

    def _step(self, on: int) -> None:
        if self.slab is None:
            self._session.say("Planes are shown thin; \\ shows slabs.")
            return
        at = min(range(len(THICKNESSES_MM)), key=lambda n: abs(THICKNESSES_MM[n] - self._mm)) + on
        self.thicken(THICKNESSES_MM[min(max(at, 0), len(THICKNESSES_MM) - 1)])

    def _want(self, slab: Slab | None) -> None:
        self._session.viewing.slabs.want(slab, self._session.active_pane)
        words = "thin." if slab is None else f"{slab.words}; Ctrl+] and Ctrl+[ change it."
        self._session.say(f"{self.where}: {words}")

    def _open(self) -> None:
        self.popup.refresh()
        show_in(self._window, self.popup)
        self.popup.mm.setFocus(Qt.FocusReason.PopupFocusReason)
        self.popup.mm.selectAll()


class SlabPopup(QFrame):
    """The projection and any thickness in mm; each choice is seen at once."""

    def __init__(self, slabbing: Slabbing, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._slabbing = slabbing
        self.setObjectName("card")
        self.setFixedWidth(WIDTH_PX)
        self.title = titled("")
        kinds = [(THIN, "Thin", ""), *((kind, name, "") for kind, name in NAMES.items())]
        self.kinds = Segments(kinds, "Projection")
        self.mm = QDoubleSpinBox()
        self.mm.setRange(LEAST_MM, MOST_MM)
        self.mm.setDecimals(1)
        self.mm.setSuffix(" mm")
        inset_text(self.mm)
        self.mm.setKeyboardTracking(False)  # a number that is being typed is none yet
        self.mm.setAccessibleName("Thickness of the slab in mm")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.addWidget(self.title)
        layout.addWidget(self.kinds)
        layout.addLayout(row_of(quiet("Thickness"), self.mm))
        layout.addWidget(quiet("Along the normal, half on each side."))
        self.kinds.picked.connect(self._on_kind)
        self.mm.valueChanged.connect(slabbing.thicken)

    def refresh(self) -> None:
        """Show what is chosen."""
        slab = self._slabbing.slab
        self.title.setText(f"Slab: {self._slabbing.where.lower()}")
        self.kinds.show_key(THIN if slab is None else slab.projection)
        self.mm.blockSignals(True)
        self.mm.setValue(USUAL_MM if slab is None else slab.mm)
        self.mm.blockSignals(False)

    def _on_kind(self, key: str) -> None:
        self._slabbing.take(next((kind for kind in NAMES if kind == key), None))
