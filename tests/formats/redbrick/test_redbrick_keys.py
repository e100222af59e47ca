"""Every key of RedBrick AI's format page is read, or known to be carried only."""

from __future__ import annotations

import re
from pathlib import Path

READ = {
    "tasks": "name series classification taskId currentStageName updatedBy consensus"
    " consensusScore consensusTasks",
    "series": "items segmentations segmentMap binaryMask semanticMask pngMask landmarks landmarks3d"
    " measurements boundingBoxes cuboids ellipses polygons polylines classifications"
    " instanceClassifications metaData",
    "labels": "point category attributes video type point1 point2 vertex absolutePoint1"
    " absolutePoint2 absoluteVertex normal length angle pointTopLeft wNorm hNorm pointCenter"
    " xRadiusNorm yRadiusNorm rotationRad points stats fileIndex fileName values mask",
    "video": "frameIndex trackId keyFrame endTrack",
    "places": "i j k x y z xNorm yNorm",
    "answers": "attrId optionId value",
    "scores": "scores secondaryUserEmail score",
    "taxonomies": "objectTypes labelType classId color archived parents hint options attrType"
    " defaultValue studyClassify seriesClassify instanceClassify isNew taxId orgId",
}
CARRIED = {
    "of tasks": "createdBy createdAt updatedAt priority preAssign",
    "of statistics": "average area volume minimum maximum",
}
# Names in the page's TypeScript that are no keys of files.
NO_KEYS = {"instanceId", "attributeName", "stageName", "key"}


def words(table: dict[str, str]) -> set[str]:
    return {word for line in table.values() for word in line.split()}


def test_every_key_of_the_page_is_read_or_carried(shared: Path):
    page = (shared / "formats" / "vendor-docs" / "redbrick-format-reference.txt").read_text()
    code = "\n".join(re.findall(r"```typescript(.*?)```", page, flags=re.DOTALL))
    keys = set(re.findall(r"\b([A-Za-z][A-Za-z0-9]*)\??\s*:", re.sub(r"//.*", "", code))) - NO_KEYS
    assert keys
    assert keys - words(READ) - words(CARRIED) == set()
    assert not words(READ) & words(CARRIED)
