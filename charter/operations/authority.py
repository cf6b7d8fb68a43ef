"""A named caseworker checks that a signer could sign for the organisation (C9). The signature is never edited."""

from datetime import datetime

from django.db import transaction

from charter.enums import AuthorityOutcome
from charter.errors import NoteMissingError, OwnPaperError, PaperPartyError
from charter.models import AuthorityCheck, PaperSignature, Signature
from charter.permissions import acts_for
from charter.work_items import authority_key
from core.audit.log import Actor, record
from core.worklist.operations import close_item_by_key


def check_authority(
    *, signature_id: int, outcome: AuthorityOutcome, note: str, actor: Actor, now: datetime
) -> AuthorityCheck:
    """Note what a caseworker found. "Confirmed" closes the task; a doubt leaves it open until somebody acts.

    Raises:
        PaperPartyError: the caseworker acts for the provider.
        OwnPaperError: the caseworker registered the paper that the signature stands on.
        NoteMissingError: a doubt without saying why.
    """
    with transaction.atomic():
        signature = Signature.objects.get(pk=signature_id)
        if acts_for(actor.user_id, signature.provider_id):
            raise PaperPartyError
        papers = PaperSignature.objects.filter(signature=signature_id)
        if actor.user_id and papers.filter(registered_by=actor.user_id).exists():
            raise OwnPaperError
        if outcome == AuthorityOutcome.DOUBTFUL and not note.strip():
            raise NoteMissingError
        check = AuthorityCheck.objects.create(
            signature=signature,
            outcome=outcome,
            note=note.strip(),
            checked_by_id=actor.user_id,
            checked_at=now,
        )
        if outcome == AuthorityOutcome.CONFIRMED:
            close_item_by_key(key=authority_key(signature_id), resolution=outcome.value, actor=actor, now=now)
        record(
            "signature.authority_checked",
            f"signature:{signature_id}",
            actor=actor,
            now=now,
            provider_id=signature.provider_id,
            outcome=outcome.value,
        )
    return check
