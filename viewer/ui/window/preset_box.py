"""The box of window presets in the toolbar."""

from __future__ import annotations

from PySide6.QtCore import Signal

from viewer.media.volume import Window
from viewer.paint.words import number_text
from viewer.render.presets import presets_of
from viewer.session.session import Session
from viewer.ui.widgets.pick_box import PickBox


class PresetBox(PickBox):
    """The window presets of the shown media; shows the window's name or numbers."""

    picked = Signal(int)  # digit of the preset

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setAccessibleName("Window preset")
        self.setToolTip("Window preset (0 to 9)\nWidth and level of the picture.")
        self.activated.connect(self._chosen)
        self.refresh()

    def refresh(self) -> None:
        """List the presets and show the window that is used."""
        viewing = self._session.viewing
        media = self._session.current
        presets = presets_of(media)
        self.blockSignals(True)
        self.clear()
        window = viewing.window
        if window is not None:
            self.addItem(window_words(window), -1)
            self.addItem("0  Automatic", 0)
        elif media is not None:
            self.addItem("No window (colour)" if media.is_colour else "No window", -1)
        for digit, preset in enumerate(presets, start=1):
            self.addItem(f"{digit}  {window_words(preset)}", digit)
        self.setEnabled(window is not None)
        self.blockSignals(False)

    def _chosen(self, row: int) -> None:
        digit = self.itemData(row)
        if isinstance(digit, int) and digit >= 0:
            self.picked.emit(digit)
        self.refresh()


def window_words(window: Window) -> str:
    """Return a window's name and figures; of a look-up table its name alone."""
    if window.table is not None:
        return f"{window.name or 'Table'} (look-up table)"
    name = f"{window.name[:1].upper()}{window.name[1:]}" if window.name else "Window"
    return f"{name} {number_text(window.width)} / {number_text(window.center)}"
