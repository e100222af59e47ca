"""Why an action cannot be used now, in words."""

from __future__ import annotations

from collections.abc import Mapping

from viewer.ui.actions.table import Rule

WHY_OFF: Mapping[Rule, str] = {
    "always": "The window is being made ready.",
    "media": "Open images first.",
    "volume": "Only for one volume of three slices or more.",
    "planes": "Only for a volume of three slices or more.",
    "compared": "Compare two first, with Alt+5.",
    "views": "Only where there are several views.",
    "group": "Only for images that an export groups.",
    "played": "Only for frames, or a series of several points.",
    "labels": "Open a label export first.",
    "export": "Open a label export first.",
    "editable": "Open images and a label export first.",
    "regions": "This export has no place for several regions.",
    "holes": "This export has no place for holes.",
    "drawable": "Open images and a label export first; a correction is ended first.",
    "lengths": "Only in Edit (F3), with images and a label export; a correction is ended first.",
    "measured": "Only with images, and not in Edit; View (F2) measures.",
    "judged": "Only in Review (F4), with a label to judge.",
    "undo": "Nothing was changed.",
    "redo": "Nothing was undone.",
    "selected": "Select a label first.",
    "open": "Open images or a label export first.",
    "behind": "No place was jumped away from.",
    "ahead": "Nothing was gone back from.",
}
