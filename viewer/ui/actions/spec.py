"""What one line of the table of actions says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Menu = Literal["File", "Edit", "View", "Go", "Label", "Review", "Help"]
Rule = Literal[
    "always",
    "media",
    "volume",
    "planes",
    "compared",
    "views",
    "group",
    "played",
    "labels",
    "export",
    "editable",
    "drawable",
    "regions",
    "holes",
    "undo",
    "redo",
    "selected",
    "judged",
    "open",
    "behind",
    "ahead",
    "lengths",
    "measured",
]


@dataclass(frozen=True)
class ActionSpec:
    """One line of the table.

    Args:
        id: stable name; what comes before the dot is its group.
        keys: portable key sequences; the first is shown.
        icon: name in the icon table, "" without.
        tip: one sentence.
        rule: when it is enabled.
        check: "" | "check" (on or off) | the name of an exclusive group.
        in_views: its keys work only while a view has the focus, since lists need them too.
        separated: a line stands above it in the menu.
    """

    id: str
    text: str
    menu: Menu
    keys: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""
    rule: Rule = "always"
    check: str = ""
    in_views: bool = False
    separated: bool = False
