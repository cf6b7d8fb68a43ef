"""The form of the page where anybody checks a signature: wording and shape of input, no rules."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _


class CheckForm(forms.Form):
    """A document, or a reference number, or both."""

    document = forms.FileField(
        label=_("The document (PDF)"),
        required=False,
        help_text=_("We read the file to answer you, and keep nothing of it. At most 4 MB."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        error_messages={
            "empty": _("The file is empty. Choose the PDF you have received."),
            "invalid": _("Choose a PDF file."),
            "contradiction": _("Choose a PDF file."),
        },
    )
    reference = forms.CharField(
        label=_("Reference number"),
        required=False,
        max_length=20,
        help_text=_("Stands on the receipt, for example CH-7K3M42XP."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "max_length": _("A reference number has at most 20 characters. Check that it is typed right.")
        },
    )
    show_optional = False

    def clean_document(self) -> UploadedFile[bytes] | None:
        """Refuse what does not begin like a PDF."""
        document: UploadedFile[bytes] | None = self.cleaned_data["document"]
        if document is not None:
            if not document.read(5).startswith(b"%PDF-"):
                raise forms.ValidationError(
                    _(
                        "This file is no PDF. Choose the PDF you have received, not a picture or a printout of it."
                    )
                )
            document.seek(0)
        return document

    def clean_reference(self) -> str:
        """Write a reference the one way it is stored."""
        return str(self.cleaned_data["reference"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not data.get("document") and not data.get("reference"):
            self.add_error("document", _("Choose a PDF, or type a reference number."))
        return data
