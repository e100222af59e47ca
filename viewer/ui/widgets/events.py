"""The classes of what Qt tells a window, made before another thread may be making them."""

from __future__ import annotations

from PySide6 import QtCore, QtGui, QtWidgets


def name_events() -> None:
    """Have PySide make the classes of all events; some ms, on the main thread.

    It makes a class when it is first named. While a job imports modules that name one, an event
    of that class that comes to the window would find it half made, and end the program.
    """
    for module in (QtCore, QtGui, QtWidgets):
        for name in dir(module):
            if name.endswith("Event"):
                getattr(module, name)
