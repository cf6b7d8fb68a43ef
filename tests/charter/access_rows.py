"""Who may open the provider's pages, the public charter, and receipts."""

from datetime import timedelta

from charter.models import CharterText, Signature, SigningAttempt
from tests.access.rows import LOGIN, row
from tests.factories.charter import CharterPeriodFactory, CharterTextFactory


def provider(world):
    return {"slug": world.provider.slug}


def receipt(world):
    signature = Signature.objects.get(provider=world.provider)
    return {"slug": world.provider.slug, "reference": signature.reference}


def document(world):
    evidence = Signature.objects.get(provider=world.provider).evidence
    if not evidence.document:
        from django.core.files.base import ContentFile

        evidence.document.save("kvittering.pdf", ContentFile(b"%PDF-1.7"))
    return receipt(world)


def attempt(world):
    """A signing that the provider's own member has begun."""
    CharterPeriodFactory(year=world.now.year)
    text: CharterText = CharterTextFactory()
    made = SigningAttempt.objects.create(
        provider=world.provider,
        user=world.people["provider_member_own"],
        version=text.version,
        period_first_day=world.now.date(),
        period_last_day=world.now.date() + timedelta(days=30),
        text_sha256="0" * 64,
        started_at=world.now,
    )
    return {"slug": world.provider.slug, "attempt_id": made.pk}


def ask(world):
    return {**attempt(world), "profile": "mitid"}


def charter_text(world):
    text = CharterTextFactory()
    return {"number": text.version.number, "language": text.language}


ROWS = [
    row("charter_check", everyone=200),
    row("charter_check", method="post", data={"reference": "CH-UKENDT"}, everyone=200),
    # Nothing is published in the tests' own settings; tests/charter/test_check_page.py publishes.
    row("charter_roots", everyone=404),
    row("charter_certificates", everyone=404),
    row("charter_text_document", charter_text, everyone=200),
    row("charter_public", everyone=200),
    row("provider_index", anonymous=LOGIN, logged_in=200, providers=302),
    row("provider_home", provider, anonymous=LOGIN, logged_in=404, provider_member_own=200),
    row("charter_sign", provider, anonymous=LOGIN, logged_in=404, provider_member_own=200),
    row("charter_sign", provider, method="post", anonymous=LOGIN, logged_in=404, provider_member_own=200),
    row("charter_withdraw", provider, anonymous=LOGIN, logged_in=404, provider_member_own=200),
    row(
        "charter_withdraw",
        provider,
        method="post",
        anonymous=LOGIN,
        logged_in=404,
        provider_member_own=200,
    ),
    row("charter_code", attempt, anonymous=LOGIN, logged_in=404, provider_member_own=200),
    row("charter_code", attempt, method="post", anonymous=LOGIN, logged_in=404, provider_member_own=200),
    row("charter_new_code", attempt, anonymous=LOGIN, logged_in=405),
    row("charter_new_code", attempt, method="post", anonymous=LOGIN, logged_in=404, provider_member_own=302),
    row("charter_proof", attempt, anonymous=LOGIN, logged_in=404, provider_member_own=200),
    row("charter_proof", attempt, method="post", anonymous=LOGIN, logged_in=404, provider_member_own=302),
    row("charter_passkey", attempt, anonymous=LOGIN, logged_in=405),
    row("charter_passkey", attempt, method="post", anonymous=LOGIN, logged_in=404, provider_member_own=302),
    row("charter_passkey_answer", attempt, anonymous=LOGIN, logged_in=404, provider_member_own=302),
    # No broker is configured here: for members too there is nothing behind these addresses.
    row("charter_ask", ask, anonymous=LOGIN, logged_in=405),
    row("charter_ask", ask, method="post", anonymous=LOGIN, logged_in=404),
    row("charter_answer", lambda world: {"profile": "mitid"}, anonymous=LOGIN, logged_in=404),
    row("charter_receipt", receipt, anonymous=LOGIN, logged_in=404, provider_member_own=200),
    row(
        "charter_document",
        document,
        anonymous=LOGIN,
        logged_in=404,
        provider_member_own=200,
        caseworker=200,
        auditor=200,
        administration=200,
    ),
]
