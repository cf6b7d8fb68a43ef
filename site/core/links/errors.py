"""Why a personal link does not open. Each has a stable `code` and a text that says what to do."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _


class LinkError(Exception):
    """A personal link that cannot be used."""

    code: ClassVar[str] = "link"
    message: ClassVar[object] = ""

    def __str__(self) -> str:
        return str(self.message)


class LinkInvalidError(LinkError):
    """The link is not one of ours: cut off, altered, or made for another purpose."""

    code = "link_invalid"
    message = _(
        "This link does not work. Copy the whole link from the e-mail, or use the newest e-mail from us."
    )


class LinkRevokedError(LinkInvalidError):
    """The link was ours, but a newer one has replaced it (its generation has been raised)."""

    code = "link_revoked"
    message = _("This link has been replaced. Use the newest e-mail from us.")


class LinkExpiredError(LinkError):
    """The link was ours and its time is over."""

    code = "link_expired"
    message = _("This link has expired. Ask for a new one.")
