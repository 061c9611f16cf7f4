"""The field that holds a lesson's blocks."""

from typing import Any

from django.db import models
from django.utils.functional import cached_property
from django.utils.module_loading import import_string
from wagtail.fields import StreamField

BLOCKS = "courses.pages.blocks.LessonBlocks"


class LessonField(StreamField):  # type: ignore[misc]
    """A StreamField of the lesson blocks, and of nothing else.

    The blocks are looked up when first needed and stay out of migrations, so that a new kind of block, or another
    help text, is not a change of the database.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("block_types", None)
        kwargs.pop("block_lookup", None)
        super().__init__([], **kwargs)

    @cached_property
    def stream_block(self) -> Any:
        block = import_string(BLOCKS)()
        block.set_meta_options(self.block_opts)
        return block

    def deconstruct(self) -> Any:
        name, path, _args, kwargs = models.Field.deconstruct(self)
        return name, path, [], kwargs
