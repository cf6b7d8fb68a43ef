"""Refusals about personal data."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _


class PrivacyError(Exception):
    """Something about a person's data that cannot be done."""

    code: ClassVar[str] = "privacy"
    message: ClassVar[object] = ""

    def __str__(self) -> str:
        return str(self.message)


class NobodyNamedError(PrivacyError):
    """Neither an e-mail address nor a phone number was given."""

    code = "nobody_named"
    message = _("Enter a whole e-mail address or a phone number of eight digits.")
