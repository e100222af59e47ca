"""Sessions over small phantoms with labels made in memory; shared by tests of what is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPainter
from stacks import STACKS, volume_of

from viewer.geometry.shapes import Shape
from viewer.geometry.stack import Stack
from viewer.media.instance import Rescale
from viewer.media.pixel_data.decoding import frames_of_instances
from viewer.media.volume import FrameStack, Media, SeriesFacts, Volume, Window
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.ontology import LabelClass, Ontology
from viewer.model.placement import Placement
from viewer.model.project import Export, Project
from viewer.model.subject import MediaKey
from viewer.paint.look import ThemeName, look_of
from viewer.paint.picture import ViewPicture, paint_view
from viewer.review.matching import match
from viewer.session.session import Session

CLASSES = (
    LabelClass("yellow", "Nodule", color="#ffff00", kind="polygon"),
    LabelClass("plain", "Vessel", kind="polygon"),
    LabelClass("navy", "Lesion", color="#000040", kind="polygon"),
    LabelClass("plain-2", "Bone", kind="polygon"),
    LabelClass("said", "Blurred", scope="instance"),
)
EXPORT = "1"


def project_of(shapes: Mapping[int, list[tuple[str, Shape | None]]]) -> Project:
    """Return a project with a label of (class id, shape) on slices of the phantom."""
    export = Export(EXPORT, "none", "labels.json", (), Ontology(CLASSES))
    project = Project(exports=MappingProxyType({EXPORT: export}))
    for k, labels in shapes.items():
        for class_id, shape in labels:
            key = MediaKey(study="1.2", series="1.2.3", instance=f"1.2.3.{k}")
            made = Annotation(
                project.annotations.next_new(EXPORT),
                "",
                class_id,
                "",
                (Placement(key, shape=shape),),
            )
            project = project.with_annotation(made)
    return project


def phantom(stack: Stack = STACKS["axial"], value: int = 0) -> Volume:
    """Return a volume of one value, windowed so that stored 0 to 255 are grey 0 to 255."""
    pixels = np.full((stack.count, stack.rows, stack.columns), value, dtype=np.int16)
    volume = volume_of(stack, pixels)
    slice_of = {(instance.sop_uid, 0): k for k, instance in enumerate(volume.instances)}
    return replace(volume, windows=(Window(128.0, 256.0),), slice_of=slice_of)


def frames(pixels: NDArray[np.uint8]) -> FrameStack:
    """Return a frame stack of (n, h, w) or (n, h, w, 3) pixels."""
    return FrameStack(
        id="9",
        title="cine",
        facts=SeriesFacts("1.2", "9", modality="XA"),
        instances=(),
        pixels=pixels,
        ready=np.ones(len(pixels), dtype=np.bool_),
        reader=frames_of_instances(()),
        rescale=Rescale(),
        windows=(Window(128.0, 256.0),),
        frame_of={"9.0": 0},
    )


def session_of(media: Media, project: Project | None = None) -> Session:
    """Return a session that shows one media and the labels of a project."""
    session = Session()
    opened = project or Project()
    session.open(opened, (media,), (), match(opened, (media,)))
    return session


def painted(
    picture: ViewPicture, ratio: float = 1.0, theme: ThemeName = "dark"
) -> NDArray[np.int32]:
    """Return a view's pixels as (h, w, 3) red, green, blue."""
    width, height = round(picture.size[0] * ratio), round(picture.size[1] * ratio)
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    with QPainter(image) as painter:
        paint_view(painter, picture, look_of(theme))
    return rgb_of(image)


def rgb_of(image: QImage) -> NDArray[np.int32]:
    """Return an image as (h, w, 3) red, green, blue."""
    same = image.convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(same.constBits(), dtype=np.uint8).reshape(same.height(), same.width(), 4)
    return flat[:, :, 2::-1].astype(np.int32)


def new_id(ordinal: int) -> AnnotationId:
    """Return the id of a label made in memory."""
    return AnnotationId(EXPORT, ordinal, new=True)
