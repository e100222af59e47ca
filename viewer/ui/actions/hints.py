"""What the status line says that the hand may do, of which only what can be done now."""

from __future__ import annotations

from viewer.session.editing import classes_for, refusal
from viewer.session.session import Mode, Session
from viewer.tools import BoxTool, PolygonTool, PolylineTool
from viewer.ui.actions.actions import allowed
from viewer.ui.actions.table import ACTIONS, Rule

# By mode: an action of the table, and its words in the line.
HINTS: dict[Mode, tuple[tuple[str, str], ...]] = {
    "view": (
        ("label.next", "N: next label."),
        ("play.toggle", "Space: play."),
        ("frame.next", "Left and right: one frame."),
        ("look.maximise", "Double click: one view."),
        ("help.keys", "?: all keys."),
    ),
    "edit": (
        ("draw.polygon", "P: polygon."),
        ("draw.polyline", "L: polyline."),
        ("draw.box", "R: box."),
        ("edit.delete", "Del: delete."),
        ("mode.view", "F2: back to looking."),
    ),
    "review": (
        ("review.accept", "Enter: accept."),
        ("review.reject", "X: reject."),
        ("review.comment", ";: comment."),
        ("label.next", "N: skip."),
        ("label.shown", "S held: look under the label."),
    ),
}
RULES: dict[str, Rule] = {spec.id: spec.rule for spec in ACTIONS}
TOOLS = {"draw.polygon": PolygonTool, "draw.polyline": PolylineTool, "draw.box": BoxTool}


def hint_of(session: Session) -> str:
    """Return the hints of the mode that lead somewhere; "" while no images are open."""
    if not session.media:
        return ""
    can = allowed(session)
    hints = [(action, words) for action, words in HINTS[session.mode] if can[RULES[action]]]
    return " ".join(words for action, words in hints if _leads_somewhere(action, session))


def _leads_somewhere(action: str, session: Session) -> bool:
    """Whether an action that can be used would do more than say why it does nothing."""
    match action:
        case "label.next":
            return bool(session.matches.counts().get("", 0))
        case "look.maximise":
            return session.viewing.layout != "single"
        case "draw.polygon" | "draw.polyline" | "draw.box":
            return bool(classes_for(session.project, TOOLS[action].kinds))
        case "edit.delete":
            return not refusal(session.project, session.selection)
        case _:
            return True
