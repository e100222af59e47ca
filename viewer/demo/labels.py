"""The demo's MD.ai export: every annotation mode, drawn on the phantom's own structures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.demo import anatomy, outlines
from viewer.demo.anatomy import Side
from viewer.demo.ontology import PEOPLE, STAMP, Group, label_groups, label_id
from viewer.demo.outlines import Data
from viewer.demo.phantom import GRID, Grid
from viewer.demo.study import SERIES_UID, STUDY_UID, instance_uid, uid_of

Hu = NDArray[np.int16]
LUNG_SLICES = (48, 56, 64, 78, 94)  # 64 is the middle, where a window opens
EMPTY_MASK: Data = {"foreground": [], "background": []}


@dataclass(frozen=True)
class Drawn:
    """One annotation before it is numbered.

    Args:
        k: slice, None for a series or exam label.
        data: MD.ai's geometry; None for a classification or a verified negative.
        note: free text.
        child_of: label name of the annotation before it that this one belongs to.
    """

    group: Group
    label: str
    k: int | None = None
    data: Data | None = None
    note: str | None = None
    child_of: str | None = None
    study: str = STUDY_UID
    series: str | None = SERIES_UID
    instance: str | None = None


def labels_export(volume: Hu, grid: Grid = GRID) -> bytes:
    """Return the export of the demo as MD.ai writes it: one line of UTF-8, no spaces."""
    drawn = [
        *_nodules(grid),
        *_lungs(volume, grid),
        *_landmarks(volume, grid),
        *_classifications(grid),
        *_strays(grid),
    ]
    tree = {
        "id": "dEm0",
        "createdAt": STAMP,
        "updatedAt": "2024-05-06T12:30:00.000Z",
        "name": "Thorax phantom",
        "description": "Generated: nobody was scanned",
        "isPrivate": True,
        "labelGroups": label_groups(),
        "users": [{"id": user, "name": name} for user, name in PEOPLE.values()],
        "datasets": [_dataset(_numbered(drawn, grid))],
    }
    return json.dumps(tree, separators=(",", ":"), ensure_ascii=False).encode()


def _dataset(annotations: list[dict[str, object]]) -> dict[str, object]:
    findings = "Two pulmonary nodules, right upper and left lower lobe. Gefäße unauffällig."
    return {
        "id": "D_1pHn",
        "type": "DICOM",
        "createdAt": STAMP,
        "updatedAt": STAMP,
        "name": "Phantoms",
        "description": None,
        "studies": [{"StudyInstanceUID": STUDY_UID, "number": 1, "findings": findings}],
        "annotations": annotations,
    }


def _nodules(grid: Grid) -> Iterator[Drawn]:
    hand = np.random.default_rng(7)
    readers: tuple[tuple[Group, float], ...] = (("Reader A", 1.0), ("Reader B", 2.2))
    for group, slack in readers:
        for k in outlines.slices_through(anatomy.NODULE_1, grid):
            yield Drawn(group, "Nodule box", k, outlines.box(anatomy.NODULE_1, k, grid, slack))
        middle = grid.slice_of(anatomy.NODULE_1.center[2])
        note = "Größe 15 mm, glatt begrenzt" if group == "Reader A" else "smooth, 16 × 15 mm"
        yield Drawn(group, "Nodule margin", middle, note=note, child_of="Nodule box")
    every: tuple[tuple[Group, int, str | None], ...] = (
        ("Reader A", 1, None),
        ("Reader B", 1, None),
        ("Adjudicated", 2, "肺結節: outline agreed"),
    )
    for group, step, note in every:
        for k in outlines.slices_through(anatomy.NODULE_2, grid)[::step]:
            data = outlines.freehand(anatomy.NODULE_2, k, grid, hand)
            yield Drawn(group, "Nodule outline", k, data, note)


def _lungs(volume: Hu, grid: Grid) -> Iterator[Drawn]:
    readers: tuple[tuple[Group, tuple[int, ...], float], ...] = (
        ("Reader A", LUNG_SLICES, 0.8),
        ("Reader B", LUNG_SLICES[1:4], 2.4),
    )
    names: tuple[tuple[str, Side], ...] = (("Right lung", "right"), ("Left lung", "left"))
    for group, slices, slack in readers:
        for k in slices:
            for name, side in names:
                yield Drawn(group, name, k, outlines.lung(volume[k], k, side, grid, slack))


def _landmarks(volume: Hu, grid: Grid) -> Iterator[Drawn]:
    fork = grid.slice_of(anatomy.CARINA[2])
    groups: tuple[tuple[Group, int], ...] = (("Reader A", 0), ("Reader B", 1), ("Adjudicated", 0))
    for group, offset in groups:
        yield Drawn(group, "Carina", fork + offset, outlines.carina(grid))
    for k in (32, 48, 64, 80):
        yield Drawn("Adjudicated", "Spine axis", k, outlines.spine_line(k, grid))
    for k in range(40, 88, 8):
        yield Drawn("Adjudicated", "Descending aorta", k, outlines.ellipse_of_aorta(k, grid))
    for k in range(62, 67):
        yield Drawn("Adjudicated", "Vertebra", k, outlines.vertebra(volume[k], k, grid))
    for k in (36, 44):
        yield Drawn("Adjudicated", "Liver", k, outlines.liver_grid(k, grid))


def _classifications(grid: Grid) -> Iterator[Drawn]:
    top = grid.slice_of(anatomy.NODULE_1.center[2])
    yield Drawn("Adjudicated", "Pneumothorax", top, None, "looked for, none")
    yield Drawn("Adjudicated", "Pneumothorax", 52, EMPTY_MASK)
    yield Drawn("Reader A", "Motion artefact", 54, note="Herzbewegung, gering")
    yield Drawn("Reader B", "Motion artefact", 56)
    yield Drawn("Adjudicated", "Contrast phase", note="portal venous")
    yield Drawn("Adjudicated", "Emphysema", series=None, note="none")
    yield Drawn("Reader A", "Follow-up", series=None, note="CT in 3 months — naïve guess")


def _strays(grid: Grid) -> Iterator[Drawn]:
    """Yield labels that find no pixels here, as every large project has."""
    middle = grid.slice_of(anatomy.NODULE_2.center[2])
    data = outlines.box(anatomy.NODULE_2, middle, grid, 1.0)
    other = uid_of("another exam")
    yield Drawn("Reader B", "Follow-up", study=other, series=None, note="exam was removed")
    thin = uid_of("thin series")
    yield Drawn("Reader B", "Nodule box", 0, data, series=thin, instance=uid_of("thin slice 210"))
    yield Drawn("Reader A", "Nodule box", 0, data, instance=uid_of("a slice that was left out"))


def _numbered(drawn: list[Drawn], grid: Grid) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    last: dict[tuple[Group, str], str] = {}
    for number, item in enumerate(drawn):
        native_id = f"A_{number + 1:03d}pQ"
        parent = last[item.group, item.child_of] if item.child_of else None
        last[item.group, item.label] = native_id
        rows.append(_record(item, native_id, parent, grid))
    return rows


def _record(item: Drawn, native_id: str, parent: str | None, grid: Grid) -> dict[str, object]:
    number = int(native_id[2:5])
    person = PEOPLE[item.group][0]
    created = f"2024-05-{2 + number % 3:02d}T{9 + number % 8:02d}:{number % 60:02d}:12.345Z"
    drawn = item.data is not None
    return {
        "id": native_id,
        "parentId": parent,
        "isImported": False,
        "isInterpolated": False,
        "createdAt": created,
        "createdById": person,
        "updatedAt": created,
        "updatedById": person,
        "updateHistory": [],
        "labelId": label_id(item.group, item.label),
        "annotationNumber": number if drawn else None,
        "height": grid.rows if drawn else None,
        "width": grid.columns if drawn else None,
        "data": item.data,
        "note": item.note,
        "radlexTagIds": [],
        "reviews": [],
        "reviewsPositiveCount": 0,
        "reviewsNegativeCount": 0,
        **_uids(item),
    }


def _uids(item: Drawn) -> dict[str, object]:
    """Return the uids of the label's scope; MD.ai leaves out, and never nulls, the others."""
    uids: dict[str, object] = {"StudyInstanceUID": item.study}
    if item.series is not None:
        uids["SeriesInstanceUID"] = item.series
    if item.k is not None:
        uids["SOPInstanceUID"] = item.instance or instance_uid(item.k)
    return uids
