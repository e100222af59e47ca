"""The actions about colours: maps, and series laid over each other."""

from __future__ import annotations

from viewer.render.map_names import NAMES
from viewer.ui.actions.spec import ActionSpec

MAPS = tuple(
    ActionSpec(
        f"map.{name}",
        text,
        "View",
        (),
        "",
        f"Show the values of this series: {text}.",
        rule="media",
        check="map",
    )
    for name, text in NAMES.items()
)
OVER = (
    ActionSpec("over.choose", "Lay a series over this...", "View", ("Ctrl+Alt+L",), "",
               "A PET over a CT, or a map of labels, on all three planes.", rule="planes"),
    ActionSpec("over.look", "What is laid over...", "View", ("Ctrl+Alt+O",), "",
               "Its opacity and colours.", rule="planes"),
    ActionSpec("over.off", "Nothing laid over", "View", (), "",
               "Take away what is laid over the series.", rule="planes"),
)  # fmt: skip
