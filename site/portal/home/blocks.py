"""Blocks of the front page."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError


class EntryPicture(models.TextChoices):
    """The portal's own drawings of its audiences; the value is the file's name in static/portal/img/."""

    SCHOOL = "audience-school", _("A class")
    PARENTS = "audience-parents", _("A parent and a child")
    ADULTS = "audience-adults", _("People around a table")
    PROFESSIONALS = "audience-professionals", _("Two colleagues")


class EntryBlock(blocks.StructBlock):
    """One audience's way in: a picture, a title, a sentence and where it leads."""

    picture = blocks.ChoiceBlock(choices=EntryPicture.choices, label=_("Picture"))
    title = blocks.CharBlock(max_length=60, label=_("Title"))
    text = blocks.CharBlock(max_length=160, label=_("Text"))
    page = blocks.PageChooserBlock(label=_("Page"))
    query = blocks.CharBlock(
        required=False,
        max_length=80,
        label=_("Filter"),
        help_text=_("What follows the question mark in the address, for instance maalgruppe=parents."),
    )

    def clean(self, value: Any) -> Any:
        """Refuse what is no query string."""
        cleaned = super().clean(value)
        if any(sign in cleaned["query"] for sign in "?#/<> "):
            error = ValidationError(
                _("Enter only what follows the question mark, for instance maalgruppe=parents.")
            )
            raise StructBlockValidationError(block_errors={"query": error})
        return cleaned
