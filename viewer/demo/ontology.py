"""The demo export's people, label groups and labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Group = Literal["Reader A", "Reader B", "Adjudicated"]
GROUPS: tuple[Group, ...] = ("Reader A", "Reader B", "Adjudicated")
PEOPLE: dict[Group, tuple[str, str]] = {
    "Reader A": ("U_a7Rk2q", "Reader A"),
    "Reader B": ("U_b3Xw9d", "Reader B"),
    "Adjudicated": ("U_c5Lm1t", "Zoë Müller"),
}
STAMP = "2024-05-01T09:00:00.000Z"


@dataclass(frozen=True)
class Label:
    """One label of the demo; a group of readers repeats names with other ids.

    Args:
        mode: MD.ai's annotationMode; None for a classification.
        scope: MD.ai's scope.
        parent: name of the label it is a sub-label of.
    """

    name: str
    color: str
    mode: str | None
    scope: str = "INSTANCE"
    parent: str | None = None


READER: tuple[Label, ...] = (
    Label("Nodule box", "#e4a800", "bbox"),
    Label("Nodule margin", "#cc48a8", None, parent="Nodule box"),
    Label("Nodule outline", "#f05460", "freeform"),
    Label("Right lung", "#54b4f0", "polygon"),
    Label("Left lung", "#549c6c", "polygon"),
    Label("Carina", "#fcf000", "location"),
    Label("Motion artefact", "#c06c9c", None),
    Label("Follow-up", "#a8840c", None, scope="STUDY"),
)
ADJUDICATED: tuple[Label, ...] = (
    Label("Nodule outline", "#e478c0", "freeform"),
    Label("Carina", "#ccd860", "location"),
    Label("Spine axis", "#ccfc9c", "line"),
    Label("Descending aorta", "#e40ce4", "ellipse"),
    Label("Vertebra", "#54e4fc", "mask"),
    Label("Liver", "#e49054", "mask"),
    Label("Pneumothorax", "#0078fc", "mask"),
    Label("Contrast phase", "#00c090", None, scope="SERIES"),
    Label("Emphysema", "#9c783c", None, scope="EXAM"),
)
# Of the video.
VALVE = Label("Valve", "#fcb400", "bbox")
WALL_MOTION = Label("Wall motion", "#c06c9c", None)


def labels_of(group: Group) -> tuple[Label, ...]:
    """Return the labels of one group, in the export's order."""
    return ADJUDICATED if group == "Adjudicated" else READER


def label_id(group: Group, name: str) -> str:
    """Return the id of a label; names repeat over groups, ids do not."""
    names = [label.name for label in labels_of(group)]
    return f"L_{GROUPS.index(group) + 1}{names.index(name) + 1:02d}dXq"


def label_groups() -> list[dict[str, object]]:
    """Return the export's labelGroups."""
    return [
        {
            "id": f"G_{number + 1}gKz",
            "createdAt": STAMP,
            "updatedAt": STAMP,
            "name": group,
            "description": None,
            "type": "STANDARD",
            "labels": [
                label_row(
                    label_id(group, label.name),
                    label,
                    label_id(group, label.parent) if label.parent else None,
                )
                for label in labels_of(group)
            ],
        }
        for number, group in enumerate(GROUPS)
    ]


def label_row(id: str, label: Label, parent: str | None = None) -> dict[str, object]:
    """Return a label as the export lists it.

    Args:
        parent: id of the label that it is a sub-label of.
    """
    return {
        "id": id,
        "parentId": parent,
        "createdAt": STAMP,
        "updatedAt": STAMP,
        "name": label.name,
        "shortName": label.name[:4],
        "description": "",
        "color": label.color,
        "type": "LOCAL" if label.mode else "GLOBAL",
        "scope": label.scope,
        "annotationMode": label.mode,
        "radlexTagIds": [],
    }
