"""How pages show evaluation: what is written on the board, and that a material has been tried."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone, translation

from booking.evaluation.links import code_url
from booking.models import AnswerCode
from core.links.tokens import absolute_url
from workshops.models import Session

register = template.Library()


@register.filter
def entry_address(code: AnswerCode) -> str:
    """Return where a code is typed, as it is written on a board: without the protocol."""
    with translation.override("da"):
        return absolute_url(reverse("evaluation_enter")).partition("://")[2].rstrip("/")


@register.filter
def code_address(code: AnswerCode) -> str:
    """Return the whole link of a code."""
    return code_url(code)


@register.inclusion_tag("booking/evaluation/session_code.html")
def session_code(session: Session) -> dict[str, Any]:
    """Show the code of a session to those who hold it, while it works or is about to."""
    now = timezone.now()
    return {"code": AnswerCode.objects.filter(session=session, ends_at__gt=now).first(), "session": session}
