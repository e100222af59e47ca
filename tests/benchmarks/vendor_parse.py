"""Read an export as a vendor's own library does, and print the seconds; run by its Python.

Run: PYTHON tests/benchmarks/vendor_parse.py encord|labelbox|mdai|redbrick PATH
Encord: json.loads, then LabelRowV2.from_labels_dict of each row, which are videos of one class.
Labelbox: json.loads of each line, then NDJsonConverter.deserialize, which reads import files only.
MD.ai: json_to_dataframe.
RedBrick AI: what its command-line tool does with a tasks.json: json.load, then validate_json, whose
server is played here and answers at once that all is well.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace


def labelbox(path: Path) -> Callable[[], object]:
    """Return what parses an import file."""
    from labelbox.data.serialization import NDJsonConverter

    def parsed() -> object:
        rows = [json.loads(line) for line in path.read_bytes().splitlines() if line]
        return list(NDJsonConverter.deserialize(rows))

    return parsed


def redbrick(path: Path) -> Callable[[], object]:
    """Return what parses a tasks.json."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["VIRTUAL_ENV"] = home  # where the library makes a folder of its own
        from redbrick.upload.interact import validate_json

    class Upload:
        """The server."""

        async def validate_and_convert_to_import_format(self, *_: object) -> dict[str, bool]:
            return {"isValid": True}

    def parsed() -> object:
        tasks = json.loads(path.read_bytes())
        return asyncio.run(validate_json(SimpleNamespace(upload=Upload()), tasks, "", 50))

    return parsed


def mdai(path: Path) -> Callable[[], object]:
    """Return what parses an export of annotations."""
    from mdai.utils.common_utils import json_to_dataframe

    return lambda: json_to_dataframe(str(path))


def encord(path: Path) -> Callable[[], object]:
    """Return what parses label rows of videos whose objects are polygons of one class."""
    from encord.objects.ontology_labels_impl import LabelRowV2
    from encord.objects.ontology_structure import OntologyStructure
    from encord.ontology import Ontology
    from encord.orm.label_row import AnnotationTaskStatus, LabelRowMetadata, LabelStatus
    from encord.orm.ontology import Ontology as Stored

    then = datetime(2020, 1, 1, tzinfo=UTC)
    lesion = {"id": "1", "name": "Lesion", "color": "#D33115", "shape": "polygon",
              "featureNodeHash": "feat0001"}  # fmt: skip
    structure = OntologyStructure.from_dict({"objects": [lesion], "classifications": []})
    stored = Stored(title="", structure=structure, ontology_hash="", created_at=then,
                    last_edited_at=then)  # fmt: skip
    names = [field.name for field in fields(LabelRowMetadata)]

    def loaded(row: dict[str, object]) -> object:
        frames = max(map(int, next(iter(row["data_units"].values()))["labels"])) + 1
        known = {
            **dict.fromkeys(names), "label_hash": "l", "created_at": then, "last_edited_at": then,
            "data_hash": "v", "dataset_hash": "d", "dataset_title": "", "data_title": "",
            "data_type": "VIDEO", "label_status": LabelStatus.LABELLED, "branch_name": "main",
            "annotation_task_status": AnnotationTaskStatus.QUEUED, "is_shadow_data": False,
            "number_of_frames": frames, "width": 1920, "height": 1080, "spaces": {},
            "frames_per_second": 25.0, "duration": frames / 25,
        }  # fmt: skip
        made = LabelRowV2(LabelRowMetadata(**known), None, Ontology(stored, None))
        made.from_labels_dict(row)
        return made

    return lambda: [loaded(row) for row in json.loads(path.read_bytes())]


def main() -> None:
    """Parse once and print the seconds."""
    warnings.simplefilter("ignore")
    ways = {"encord": encord, "labelbox": labelbox, "mdai": mdai, "redbrick": redbrick}
    parsed = ways[sys.argv[1]](Path(sys.argv[2]))
    began = time.perf_counter()
    kept = parsed()
    print(time.perf_counter() - began)
    del kept


if __name__ == "__main__":
    main()
