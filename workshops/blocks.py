"""The blocks of teaching material's lesson plan."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from core.cms.blocks import TEXT_FEATURES


class LessonBlock(blocks.StructBlock):
    """One lesson or step of a lesson plan: what for, how, and how one sees that it works."""

    title = blocks.CharBlock(label=_("Title"), max_length=120)
    minutes = blocks.IntegerBlock(
        label=_("Minutes"), validators=[MinValueValidator(5), MaxValueValidator(400)]
    )
    goals = blocks.RichTextBlock(label=_("Learning goals"), features=TEXT_FEATURES)
    activities = blocks.RichTextBlock(label=_("What you do"), features=TEXT_FEATURES)
    signs = blocks.RichTextBlock(label=_("Signs of learning"), features=TEXT_FEATURES, required=False)

    class Meta:
        label = _("Lesson")
        icon = "form"
        template = "workshops/blocks/lesson.html"


class LessonPlanBlock(blocks.StreamBlock):
    """A lesson plan: lessons, and text between them."""

    text: Any = blocks.RichTextBlock(label=_("Text"), features=TEXT_FEATURES, icon="pilcrow")
    lesson: Any = LessonBlock()

    class Meta:
        required = False
