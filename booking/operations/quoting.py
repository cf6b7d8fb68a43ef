"""Reading free text before anybody else does: quote, quote after editing, or reject and delete (R6, rule 10)."""

from datetime import datetime

from django.db import transaction

from booking.enums import QuoteState
from booking.evaluation.errors import TextAlreadyReadError
from booking.models import FreeText
from core.audit.log import Actor, record


@transaction.atomic
def read_text(
    *, text_id: int, verdict: QuoteState, actor: Actor, now: datetime, edited: str = "", seen: str = ""
) -> FreeText:
    """Say what becomes of a free text. Nothing of its words goes to the log.

    Editing keeps the new words only; rejecting deletes them.

    Args:
        edited: the words to quote instead, for `QuoteState.EDITED`.
        seen: the state the page showed; a text that is read already may be judged again from there.
    Raises:
        TextAlreadyReadError: a colleague has judged it meanwhile, or it is deleted.
    """
    text = FreeText.objects.select_for_update().filter(pk=text_id).first()
    if text is None or text.state != (seen or QuoteState.WAITING) or text.state == QuoteState.REJECTED:
        raise TextAlreadyReadError
    text.state = verdict
    if verdict == QuoteState.EDITED:
        text.text = edited
    elif verdict == QuoteState.REJECTED:
        text.text = ""
    text.read_at = now
    text.read_by_id = actor.user_id
    text.save(update_fields=["state", "text", "read_at", "read_by"])
    record(f"text_{verdict}", f"evaluation_text:{text.pk}", actor=actor, now=now)
    return text
