"""The blocks an editor builds a page of; each draws itself with a template in templates/blocks/."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock

TEXT_FEATURES = ["bold", "italic", "link", "document-link", "ul", "ol"]


class HeadingLevel(models.TextChoices):
    """Levels below the page's own h1, so that no level is skipped unnoticed."""

    SECTION = "h2", _("Heading")
    SUBSECTION = "h3", _("Subheading")


class CalloutKind(models.TextChoices):
    """How loud a call-out is."""

    CALM = "calm", _("Worth knowing")
    WARNING = "warning", _("Important")


class HeadingBlock(blocks.StructBlock):
    """A heading inside the page."""

    text = blocks.CharBlock(label=_("Text"), max_length=120)
    level = blocks.ChoiceBlock(choices=HeadingLevel.choices, default=HeadingLevel.SECTION, label=_("Level"))

    class Meta:
        template = "blocks/heading.html"
        icon = "title"
        label = _("Heading")


class PictureBlock(blocks.StructBlock):
    """A picture that either has an alternative text or is declared decorative; Wagtail refuses neither."""

    image = ImageBlock(label=_("Picture"))
    caption = blocks.CharBlock(required=False, max_length=200, label=_("Caption"))

    class Meta:
        template = "blocks/picture.html"
        icon = "image"
        label = _("Picture")


class CalloutBlock(blocks.StructBlock):
    """A short text set apart."""

    kind = blocks.ChoiceBlock(choices=CalloutKind.choices, default=CalloutKind.CALM, label=_("Kind"))
    heading = blocks.CharBlock(required=False, max_length=100, label=_("Heading"))
    text = blocks.RichTextBlock(features=TEXT_FEATURES, label=_("Text"))

    class Meta:
        template = "blocks/callout.html"
        icon = "info-circle"
        label = _("Call-out")


class StepBlock(blocks.StructBlock):
    """One step of an instruction."""

    title = blocks.CharBlock(max_length=100, label=_("Title"))
    text = blocks.RichTextBlock(features=TEXT_FEATURES, required=False, label=_("Text"))


class StepsBlock(blocks.StructBlock):
    """An instruction in numbered steps."""

    steps = blocks.ListBlock(StepBlock(), min_num=2, label=_("Steps"))

    class Meta:
        template = "blocks/steps.html"
        icon = "list-ol"
        label = _("Steps")


class QuestionBlock(blocks.StructBlock):
    """A question and its answer."""

    question = blocks.CharBlock(max_length=160, label=_("Question"))
    answer = blocks.RichTextBlock(features=TEXT_FEATURES, label=_("Answer"))


class AccordionBlock(blocks.StructBlock):
    """Questions that unfold to their answers."""

    questions = blocks.ListBlock(QuestionBlock(), min_num=1, label=_("Questions"))

    class Meta:
        template = "blocks/accordion.html"
        icon = "list-ul"
        label = _("Questions and answers")


class LinkBlock(blocks.StructBlock):
    """A link to a page of ours or to another site."""

    label = blocks.CharBlock(max_length=120, label=_("Label"))
    page = blocks.PageChooserBlock(required=False, label=_("Page"))
    url = blocks.URLBlock(required=False, label=_("Address of another site"))
    note = blocks.CharBlock(required=False, max_length=200, label=_("Note"))

    def clean(self, value: Any) -> Any:
        """Ask for exactly one target."""
        cleaned = super().clean(value)
        if bool(cleaned["page"]) == bool(cleaned["url"]):
            error = ValidationError(_("Choose a page or enter an address: one of them."))
            raise StructBlockValidationError(block_errors={"url": error})
        return cleaned


class LinksBlock(blocks.StructBlock):
    """A list of links."""

    heading = blocks.CharBlock(required=False, max_length=100, label=_("Heading"))
    links = blocks.ListBlock(LinkBlock(), min_num=1, label=_("Links"))

    class Meta:
        template = "blocks/links.html"
        icon = "link"
        label = _("Links")


class DownloadBlock(blocks.StructBlock):
    """A document to download."""

    document = DocumentChooserBlock(label=_("Document"))
    note = blocks.CharBlock(required=False, max_length=200, label=_("Note"))


class DownloadsBlock(blocks.StructBlock):
    """Documents to download."""

    heading = blocks.CharBlock(required=False, max_length=100, label=_("Heading"))
    documents = blocks.ListBlock(DownloadBlock(), min_num=1, label=_("Documents"))

    class Meta:
        template = "blocks/downloads.html"
        icon = "doc-full"
        label = _("Documents")


class ContactBlock(blocks.StructBlock):
    """A person, an office or a hotline."""

    name = blocks.CharBlock(max_length=120, label=_("Name"))
    text = blocks.TextBlock(required=False, max_length=400, label=_("Text"))
    phone = blocks.CharBlock(required=False, max_length=30, label=_("Phone"))
    email = blocks.EmailBlock(required=False, label=_("E-mail"))
    hours = blocks.CharBlock(required=False, max_length=120, label=_("Opening hours"))

    class Meta:
        template = "blocks/contact.html"
        icon = "user"
        label = _("Contact")


class QuoteBlock(blocks.StructBlock):
    """Somebody's words."""

    text = blocks.TextBlock(max_length=600, label=_("Quote"))
    source = blocks.CharBlock(required=False, max_length=120, label=_("Who said it"))

    class Meta:
        template = "blocks/quote.html"
        icon = "openquote"
        label = _("Quote")


class BodyBlock(blocks.StreamBlock):
    """The body of a page."""

    heading = HeadingBlock()
    paragraph = blocks.RichTextBlock(
        features=TEXT_FEATURES, template="blocks/paragraph.html", icon="pilcrow", label=_("Text")
    )
    picture = PictureBlock()
    callout = CalloutBlock()
    steps = StepsBlock()
    accordion = AccordionBlock()
    links = LinksBlock()
    downloads = DownloadsBlock()
    contact = ContactBlock()
    quote = QuoteBlock()
