"""Every key that a vendor's page names is read, or known to be carried as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

FORMATS_FOLDER = Path(__file__).parents[2] / "viewer" / "formats"
CARRIED = "carried only"  # kept byte for byte, shown in the record or the Export panel
NO_KEY = "no key of a file"  # parameters of a call, ids in place of keys, names in prose
ONE_LINE_COMMENT = re.compile(r"//(?!\S*\").*")
CODE = re.compile(r"```(?:typescript|json)\n(.*?)```", re.DOTALL)
TYPED = re.compile(r"([A-Za-z]\w*)\??:\s")
QUOTED = re.compile(r'"([A-Za-z_][^"\n:/]*)"\s*:(?!/)')
IN_TABLE = re.compile(r"^\|\s*(?!Key\b)([A-Za-z_]+)\s*\|", re.MULTILINE)
SPELLED = re.compile(r"\b([a-z]+(?:[A-Z][a-z]+|_[a-z]+)+)\b")
TITLED = re.compile(r"^(?:#{3,5} )?(?:\*\*)?`([A-Za-z]\w*)\??:", re.MULTILINE)


def labelbox_keys(page: str) -> list[str]:
    """Keys of the page's samples, in order."""
    return list(dict.fromkeys(QUOTED.findall(page)))


def redbrick_keys(page: str) -> list[str]:
    """Keys of the page's types, samples and glossary, in order."""
    code = ONE_LINE_COMMENT.sub("", "\n".join(CODE.findall(page)))
    found = (*TYPED.findall(code), *QUOTED.findall(code), *TITLED.findall(page))
    return list(dict.fromkeys(found))


def encord_keys(page: str) -> list[str]:
    """Keys of the page's tables, and words of its prose that are spelled as keys are."""
    return list(dict.fromkeys((*IN_TABLE.findall(page), *SPELLED.findall(page))))


def mdai_keys(page: str) -> list[str]:
    """Keys that the page's sentences name, and those of `data`, in order."""
    plain = re.sub(r"\([^)]*\)", "", page)
    lists = re.findall(r" (?:have|has|consists of)(?: an?)? (.+)", plain)
    lists += re.findall(r"^- (?:Bounding box|Freeform.*|Mask|Location): (.+)", plain, re.MULTILINE)
    lists += ["model"]  # "The top level consists of model and labels." names it as prose does
    words = (word.strip(" .") for each in lists for word in re.split(r",| and | - .*", each))
    return list(dict.fromkeys(re.sub(r"^and | point$", "", word) for word in words if word))


def table(*parts: tuple[str, str]) -> dict[str, str]:
    """The keys of each part, separated by commas, with where they are read."""
    return {key.strip(): where for keys, where in parts for key in keys.split(",")}


LABELBOX = table(
    # What is asked of the vendor's server for an export, and ids that stand for keys.
    (
        "data_row_details, label_details, performance_details, last_activity_at, workflow_status,"
        "cldnyx07w0dcg071ahdgx2y3h, cldnz5eto00053b6jqxb2rzm7, cldnz5k2z000b3b6j7rr1padw",
        NO_KEY,
    ),
    # The row, the media and the project of an export v2.
    ("data_row, id, global_key, row_data", "Entry: id and names"),
    ("media_attributes, mime_type", "Entry: kind"),
    ("projects, name, project_name", "facts of the export"),
    ("labels, label_kind, annotations", "annotations"),
    ("created_at, updated_at, created_by", "Annotation: created, updated, author"),
    ("details, dataset_id", CARRIED),
    ("attachments, type, metadata_fields, schema_id, schema_name", CARRIED),
    ("version, reviews, seconds_to_create, seconds_to_review, skipped", CARRIED),
    ("project_details, ontology_id, batch_id, priority", CARRIED),
    ("consensus_expected_label_count, workflow_history, action", CARRIED),
    ("previous_task_name, previous_task_id, next_task_name, next_task_id", CARRIED),
    # Labels.
    ("groups, Axial, Sagittal, Coronal", "Placement: plane"),
    ("frames", "Placement: frame"),
    ("segments", "Track: runs"),
    ("key_frame_feature_map", "Track: key frames"),
    ("objects", "annotations"),
    ("feature_id", "Annotation: native id"),
    ("annotation_kind, value", "LabelClass"),
    ("classifications", "Attribute, and annotations without shape"),
    ("line, x, y", "Polyline"),
    ("mask", "Mask"),
    ("url", "Mask: where its file lies, and the list of those that are missing"),
    ("relationships", "Relation"),
    # Legacy export v1 and its frames.
    ("ID, DataRow ID, Labeled Data, External ID", "Entry of an export v1"),
    ("Label", "annotations of an export v1"),
    ("Created By", "author of an export v1"),
    ("Project Name", "facts of an export v1"),
    ("Created At, Updated At, Dataset Name", CARRIED),
    ("frameNumber, keyframe", "frames of an export v1"),
    ("featureId, schemaId, title, color", "labels of an export v1"),
    ("instanceURI", "masks of an export v1"),
    ("Seconds to Label, Agreement, Benchmark Agreement, Benchmark ID, Reviews", CARRIED),
    ("View Label, Has Open Issues, Skipped, DataRow Workflow Info, taskName", CARRIED),
    ("Workflow History, actorId, createdAt, previousTaskId, previousTaskName", CARRIED),
    ("nextTaskId, nextTaskName", CARRIED),
)
REDBRICK = table(
    # Index names of types, and words of the glossary that stand for other keys.
    ("key, stageName, instanceId, attributeName", NO_KEY),
    ("voxelPoint, worldPoint, point2D, measurementStats, videoMetaData, endFrame", NO_KEY),
    # Tasks and consensus.
    ("name, taskId", "Entry: id and title"),
    ("currentStageName", "facts of the export"),
    ("updatedBy", "Annotation: author"),
    ("consensusScore, consensusTasks, scores, score, secondaryUserEmail", "facts and authors"),
    ("createdBy, createdAt, updatedAt, metaData, priority, preAssign, consensus", CARRIED),
    # Series.
    ("series, items", "Entry: items"),
    ("segmentations, segmentMap, mask", "masks in files"),
    ("binaryMask, semanticMask, pngMask", "masks in files: variant"),
    ("landmarks, point", "Point"),
    ("landmarks3d, i, j, k", "Landmark"),
    ("measurements, type, point1, point2, vertex, normal", "Length and Angle"),
    ("absolutePoint1, absolutePoint2, absoluteVertex, x, y, z", "Length, Angle and Cuboid"),
    ("length, angle", "Length and Angle: written anew after an edit"),
    ("boundingBoxes, pointTopLeft, wNorm, hNorm", "Box"),
    ("cuboids", "Cuboid"),
    ("ellipses, pointCenter, xRadiusNorm, yRadiusNorm, rotationRad", "Ellipse"),
    ("polygons, polylines, points, xNorm, yNorm", "Polygon and Polyline"),
    ("classification, classifications", "classifications of the study and of series"),
    ("instanceClassifications, fileIndex, fileName, values", "classifications of frames"),
    # Labels.
    ("category", "LabelClass"),
    ("attributes, attrId, optionId, value", "Attribute"),
    ("group", "Annotation: group"),
    ("stats, average, area, volume, minimum, maximum", "measured anew after an edit"),
    ("video, frameIndex, trackId, keyFrame, endTrack", "Track"),
    # Taxonomy.
    ("isNew, objectTypes, classId, labelType, color, parents, hint", "Ontology"),
    ("studyClassify, seriesClassify, instanceClassify", "Ontology: questions"),
    ("attrType, options, defaultValue, archived", "Ontology: questions"),
    ("orgId, taxId", CARRIED),
)
MDAI = table(
    # Keys that the page spells otherwise than files do, where they are read.
    ("createById, reviewsPositiveCounts, reviewsNegativeCounts", NO_KEY),
    # The head of every export.
    ("id, name, description, createdAt, updatedAt", "facts of the export, and Annotation"),
    ("isPrivate", CARRIED),
    ("datasets, studies, findings, number", "Exam"),
    ("StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID", "MediaKey"),
    # DICOM metadata.
    ("dicomMetadata", "record of a label: the metadata of its image"),
    ("dicomTags", CARRIED),
    ("videoMetadata, origFileName, fileExtension", "Entry: names"),
    # Labels.
    ("labelGroups, labels, shortName, color, scope, annotationMode, parentId", "LabelClass"),
    ("type", "LabelClass, and Attribute of a model's output"),
    ("radlexTagIds", CARRIED),
    # Annotations.
    ("annotations, labelId, data, height, width, note", "annotations"),
    ("isInterpolated", "roles: between"),
    ("clonedFromModelOutputId", "Annotation: made_from"),
    ("createdById, updatedById", "Annotation: author, updated_by"),
    ("frameNumber", "Placement: frame"),
    ("timestamp", "Attribute, shown only"),
    ("groupId", "Annotation: group"),
    ("isImported, updateHistory, annotationNumber, reviews", CARRIED),
    ("x, y, vertices, mask", "shapes"),
    # Models and their outputs.
    ("models, modelOutputs, modelId, modelVersionId", "author of a model's output"),
    ("probability", "Attribute, shown only"),
    ("versions, versionNumber", "author of a model's output"),
    ("model", "a model opened alone"),
    ("modelTaskId, labelClasses, classIndex, isDefault, dockerImageName, dockerImageTag", CARRIED),
    ("config, args, cpuLimit, cpuRequest, memoryLimit, memoryRequest, acceleratorType", CARRIED),
    ("tasks, status, startTime, endTime, progress, summary, resourceIds, resourceType", CARRIED),
    ("dicomDatasetId", CARRIED),
    ("errorCount, successsCount, autoRunInference, gpuCount, batchSize, fileType, source", CARRIED),
)
DATAGYM = table(
    # Keys of the classes that the page's example has; one of them mistyped.
    ("weather, daytime, bus, car, car_type, seqmentation", NO_KEY),
    ("label_classes, class_name, geometry_type, classification_type", "Ontology"),
    # Tasks; the page is of the generation before `internal_media_ID`.
    ("internal_image_ID, external_image_ID", "Entry: id and names"),
    ("labeler", "Annotation: author"),
    ("status", "facts of the export"),
    ("segmentations", "semantic maps in files beside"),
    ("global_classifications", "annotations without shape"),
    # Labels.
    ("labels", "annotations, by class"),
    ("geometry, x, y", "Box, Point, Polyline and Polygon, which may have holes"),
    ("classifications", "Attribute"),
)


class Vendor(NamedTuple):
    """A vendor's page, how its keys are found, where each is read, and how many there are."""

    page: str
    keys: Callable[[str], list[str]]
    where: Mapping[str, str]
    least: int = 80  # keys that are found on the page


ENCORD = table(
    # The row and its data.
    ("label_hash", "what tells the format"),
    ("branch_name", "Annotation: author"),
    ("dataset_title", "facts of the export"),
    ("data_hash, data_title, data_link", "Entry: id and names"),
    ("data_type, data_units, data_sequence, labels, video_link", "Entry: kind and items"),
    ("data_links", "Entry: count"),
    ("width, height", "Entry: size"),
    ("metadata, series_uid", "Entry: series"),
    ("dicom_instance_uid, multiframe_frame_number", "Entry: items and anchors"),
    ("children, layout_key", "Entry: title, facts of the export"),
    (
        "created_at, last_edited_at, dataset_hash, is_image_sequence, label_status, export_history,"
        "export_hash, exported_at, user_email, data_fps, data_duration, file_uri, patient_id,"
        "study_uid, is_valid, range_html, start, end, offset",
        CARRIED,
    ),
    (  # as prose has it, some of it run together
        "last_edited_by, frame, object_hash, classification_answer, data_unit, asrleStrings,"
        "thebranch_name",
        NO_KEY,
    ),
    ("featureNodeHash", "LabelClass: id, from the ontology"),
    # Labels.
    ("objects, classifications", "annotations"),
    ("objectHash, classificationHash", "Annotation: native id"),
    ("featureHash", "LabelClass: id"),
    ("name, color, shape, bounding_box", "LabelClass"),
    ("createdBy, createdAt, lastEditedBy, lastEditedAt", "Annotation: author, created, updated"),
    ("value", "the name of an option where no ontology has it"),
    ("confidence, manualAnnotation", "written with new labels"),
    ("boundingBox, polygon", "Box, Polygon"),
    ("rleString", "Mask"),
    ("occluded, invisible", "Skeleton: states"),
    ("object_answers, classification_answers, answers", "Attribute of an annotation"),
    ("object_actions, range", "Attribute of a placement"),
)
VENDORS = {
    "datagym": Vendor("datagym-export-data.txt", labelbox_keys, DATAGYM, least=20),
    "encord": Vendor("encord-export-labels.txt", encord_keys, ENCORD, least=60),
    "labelbox": Vendor("labelbox-export-dicom.txt", labelbox_keys, LABELBOX),
    "mdai": Vendor("mdai-json-format.txt", mdai_keys, MDAI),
    "redbrick": Vendor("redbrick-format-reference.txt", redbrick_keys, REDBRICK),
}
vendors = pytest.mark.parametrize("name", list(VENDORS))


def page_keys(name: str, shared: Path) -> list[str]:
    page = shared / "formats" / "vendor-docs" / VENDORS[name].page
    return VENDORS[name].keys(page.read_text(encoding="utf-8"))


@vendors
def test_every_key_of_the_vendors_page_is_in_the_table_and_no_other(name: str, shared: Path):
    keys = page_keys(name, shared)
    assert len(keys) > VENDORS[name].least
    assert sorted(set(keys) - VENDORS[name].where.keys()) == []
    assert sorted(VENDORS[name].where.keys() - set(keys)) == []


@vendors
def test_what_the_table_says_is_read_stands_in_the_reader(name: str):
    files = sorted((FORMATS_FOLDER / name).glob("*.py"))
    code = "\n".join(file.read_text(encoding="utf-8") for file in files)
    if not files:
        return  # a format that is not built yet reads nothing
    unread = [
        key
        for key, where in VENDORS[name].where.items()
        if where not in (CARRIED, NO_KEY) and not _stands_in(key, code)
    ]
    assert unread == []


def _stands_in(key: str, code: str) -> bool:
    """Whether a key stands in the code as a word: as spelled, or as the field named after it."""
    snake = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", key).lower()
    return any(re.search(rf"\b{re.escape(word)}\b", code) for word in (key, snake))
