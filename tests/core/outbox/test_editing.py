"""The texts of mails in the administration's hands: what is refused, what is sent, and the way back (N1, N7)."""

import shutil

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.audit.log import Actor
from core.audit.models import Entry
from core.outbox import editing, texts
from core.outbox.errors import MailTextChangedError, MailTextRefusedError
from core.outbox.models import MailTextTrial, MailTextVersion, Message
from core.outbox.operations import send_due
from core.outbox.placeholders import PLACEHOLDERS
from core.outbox.previews import preview
from core.outbox.registry import all_types
from core.outbox.rules import problems_of
from core.outbox.texts import COMMON_PLACEHOLDERS, Wording, default_wording, sent_when
from tests.core.outbox.sample import TEMPLATE_DIR
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

OURS = Wording(
    "Vi ses: {reference}",
    "Hej {greeting}\n\n- {sessions}\n- Sted: {place}\n{note}\n\n[Se den]({url})",
    "Du har booket på {site_name}.",
)


@pytest.fixture
def author():
    return UserFactory(email="redaktoer@kk.example")


@pytest.fixture
def save(sample_type, author, now):
    def save_wording(wording=OURS, *, seen=0, **options):
        return editing.save_text(
            mail_type=sample_type,
            language="da",
            wording=wording,
            seen=seen,
            actor=Actor.of(author),
            now=now,
            **options,
        )

    return save_wording


@pytest.fixture
def shipped(settings, tmp_path, sample_type):
    """Ship another standard text, as an upgrade does."""

    def ship(old, new):
        shutil.copytree(TEMPLATE_DIR, tmp_path, dirs_exist_ok=True)
        file = tmp_path / "emails" / "da" / "sample.txt"
        file.write_text(file.read_text().replace(old, new))
        settings.TEMPLATE_DIR = tmp_path
        _forget()

    yield ship
    _forget()


def _forget():
    for read in (texts.text_for, texts.default_wording, texts.sent_when):
        read.cache_clear()


def change(**parts):
    return Wording(**{"subject": OURS.subject, "body": OURS.body, "why": OURS.why, **parts})


@pytest.mark.parametrize(
    ("wording", "field", "told"),
    [
        pytest.param(change(subject=""), "subject", "Skriv et emne.", id="no-subject"),
        pytest.param(change(body=" \n "), "body", "Skriv, hvad der skal stå i mailen.", id="no-body"),
        pytest.param(change(why=""), "why", "Skriv, hvorfor modtageren får mailen.", id="no-reason"),
        pytest.param(change(subject="Vi ses: {refrence}"), "subject", "Mente du {reference}?", id="misspelt"),
        pytest.param(
            change(body=OURS.body.replace("{url}", "{URL}")), "body", "Mente du {url}?", id="capitals"
        ),
        pytest.param(
            change(body=OURS.body + "\n{ place }"), "body", "{ place } findes ikke her", id="blanks-within"
        ),
        pytest.param(change(body=OURS.body + "\n{kontonummer}"), "body", "bliver ikke udfyldt", id="unknown"),
        pytest.param(change(body=OURS.body + "\n{}"), "body", "Krøllede parenteser", id="empty-braces"),
        pytest.param(change(body=OURS.body + "\n}"), "body", "Krøllede parenteser", id="stray-brace"),
        pytest.param(
            change(subject="Vi ses i {place}"), "subject", "Flyt {place} ned i teksten", id="name-in-subject"
        ),
        pytest.param(
            change(body=OURS.body.replace("[Se den]({url})", "")),
            "body",
            "modtageren har brug for det: {url}",
            id="link-missing",
        ),
        pytest.param(
            change(body=OURS.body.replace("{note}", "")),
            "body",
            "ikke længere i teksten: {note}",
            id="left-out",
        ),
        pytest.param(
            change(body=OURS.body.replace("({url})", "(https://kk.dk) {url}")),
            "body",
            "Skriv en knap på sin egen linje",
            id="foreign-button",
        ),
        pytest.param(
            change(body=OURS.body + "\n[x]({greeting})"), "body", "Skriv en knap", id="button-without-link"
        ),
        pytest.param(change(subject="x" * 140 + " {reference}"), "subject", "højst 150 tegn", id="long"),
    ],
)
def test_a_text_that_would_leave_holes_is_refused_and_says_what_to_do(save, wording, field, told):
    with pytest.raises(MailTextRefusedError) as refusal:
        save(wording)

    assert any(problem.field == field and told in problem.message for problem in refusal.value.problems)
    assert not MailTextVersion.objects.exists()


def test_a_misspelt_placeholder_is_told_once_not_as_missing_too(sample_type):
    problems = problems_of(change(body=OURS.body.replace("{url}", "{uri}")), mail_type=sample_type)

    subject = problems_of(change(subject="{refrence}"), mail_type=sample_type)
    assert [problem.code for problem in subject] == ["misspelt:reference"]
    assert "misspelt:url" in [problem.code for problem in problems]
    assert "missing" not in [problem.code for problem in problems]


def test_what_is_not_essential_may_be_left_out_on_purpose(save):
    shorter = change(body=OURS.body.replace("{note}", ""))

    assert save(shorter, may_leave_out=True).is_in_use


def test_every_shipped_text_could_be_saved_as_it_is():
    wrong = {
        (mail_type.name, language): problems
        for mail_type in all_types()
        for language in ("da", "en")
        if (problems := problems_of(default_wording(mail_type.name, language), mail_type=mail_type))
    }

    assert wrong == {}


def test_every_mail_says_when_it_goes_and_what_its_placeholders_mean():
    silent = [mail_type.name for mail_type in all_types() if not sent_when(mail_type.name).endswith(".")]
    used = {name for mail_type in all_types() for name in mail_type.placeholders} | COMMON_PLACEHOLDERS

    assert silent == [], "add a second line »Sendes: når …« to templates/emails/da/<name>.txt"
    assert used - set(PLACEHOLDERS) == set(), "explain these in core.outbox.placeholders"


def test_the_edited_text_is_sent_and_only_in_its_language(save, queue, now):
    save()
    queue()
    queue(2, language="en")

    send_due(now=now)

    danish, english = mail.outbox
    assert danish.subject == "Vi ses: DP-1"
    assert "Hej 7.A" in danish.body
    assert "Hej 7.A" in danish.alternatives[0].content
    assert "Du har booket på Dannelsesportalen." in danish.body
    assert english.subject == "Booking DP-2 is in place"


def test_an_edited_text_costs_one_read_a_mail(save, queue, now):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            send_due(now=now)
        return len(queries)

    queue()
    send_due(now=now)
    queue(2)
    standard = cost()
    save()
    queue(3)

    assert cost() == standard
    with CaptureQueriesContext(connection) as queries:
        queue(4)
        send_due(now=now)
    assert sum("mailtextversion" in query["sql"] for query in queries) == 1


def test_values_are_never_read_as_placeholders_or_markup(save, queue, now):
    save(change(body=OURS.body.replace("Hej", "<b>Hej</b> &")))
    queue()

    send_due(now=now)

    assert "&lt;b&gt;Hej&lt;/b&gt; &amp;" in mail.outbox[0].alternatives[0].content


def test_saving_the_same_text_again_makes_no_version(save):
    save()
    save(change(body=OURS.body.replace("\n", "\r\n") + "  \r\n"), seen=0)

    assert MailTextVersion.objects.count() == 1
    assert Entry.objects.filter(action="mail_text.saved").count() == 1


def test_saving_the_standard_text_is_no_change(save, sample_type):
    assert save(default_wording("sample", "da")) is None
    assert not MailTextVersion.objects.exists()


def test_two_writers_do_not_overwrite_each_other(save):
    save()

    with pytest.raises(MailTextChangedError):
        save(change(subject="Min: {reference}"), seen=0)

    assert save(change(subject="Min: {reference}"), seen=1).number == 2
    assert [version.number for version in MailTextVersion.objects.in_use()] == [2]


def test_reset_sends_the_standard_text_again_and_keeps_the_history(save, sample_type, author, queue, now):
    save()

    editing.reset_text(mail_type=sample_type, language="da", seen=1, actor=Actor.of(author), now=now)

    queue()
    send_due(now=now)
    assert mail.outbox[0].subject == "Booking DP-1 er på plads"
    assert [(each.number, each.is_in_use, each.is_reset) for each in MailTextVersion.objects.all()] == [
        (2, False, True),
        (1, False, False),
    ]
    assert Entry.objects.get(action="mail_text.reset").subject == "mail_text:sample:da"


def test_an_earlier_version_is_taken_into_use_as_a_new_one(save, sample_type, author, now):
    save(change(body=OURS.body.replace("{note}", "")), may_leave_out=True)
    save(seen=1)

    editing.restore_version(
        mail_type=sample_type, language="da", number=1, seen=2, actor=Actor.of(author), now=now
    )

    used = MailTextVersion.objects.in_use().get()
    assert (used.number, "{note}" in used.body, used.saved_by) == (3, False, author)


def test_a_new_standard_text_never_replaces_an_edited_one_and_is_told_of(
    save, shipped, sample_type, author, queue, now
):
    version = save()
    shipped("Vi har noteret", "Vi har modtaget")

    standing = editing.standing_of(sample_type, "da", version)
    queue()
    send_due(now=now)

    assert standing.has_new_standard
    assert mail.outbox[0].subject == "Vi ses: DP-1"

    editing.keep_text(mail_type=sample_type, language="da", actor=Actor.of(author), now=now)
    version.refresh_from_db()
    assert not editing.standing_of(sample_type, "da", version).has_new_standard


def test_a_text_that_the_mail_no_longer_fills_gives_way_to_the_standard_text(save, sample_type, queue, now):
    version = save()
    MailTextVersion.objects.update(body=OURS.body + "\n{gone}")
    version.refresh_from_db()
    queue()

    send_due(now=now)

    assert mail.outbox[0].subject == "Booking DP-1 er på plads"
    assert not editing.standing_of(sample_type, "da", version).is_usable


def test_the_database_holds_one_text_in_use(save):
    save()

    with pytest.raises(IntegrityError, match=r"mail_text_one_in_use|UNIQUE"), transaction.atomic():
        MailTextVersion.objects.create(
            mail_type="sample", language="da", number=9, is_in_use=True, saved_at="2026-11-20T12:00Z"
        )


def try_out(sample_type, author, now, wording=OURS):
    editing.send_trial(
        mail_type=sample_type,
        language="da",
        wording=wording,
        to=author.email,
        author_id=author.pk,
        actor=Actor.of(author),
        now=now,
    )


def test_a_trial_goes_to_its_writer_with_invented_values_and_changes_no_mail(sample_type, author, queue, now):
    try_out(sample_type, author, now)
    queue()

    send_due(now=now)

    trial, real = mail.outbox
    assert trial.to == [author.email]
    assert trial.subject == "Prøve: Vi ses: DP-7K3M-42"
    assert trial.attachments == []
    assert real.subject == "Booking DP-1 er på plads"
    assert not MailTextVersion.objects.exists()


def test_the_next_trial_replaces_the_one_before(sample_type, author, now):
    try_out(sample_type, author, now)
    try_out(sample_type, author, now.replace(second=1), change(subject="Igen {reference}"))

    assert MailTextTrial.objects.get().subject == "Igen {reference}"
    assert Message.objects.count() == 2


def test_a_broken_text_is_not_sent_as_a_trial(sample_type, author, now):
    with pytest.raises(MailTextRefusedError):
        try_out(sample_type, author, now, change(body="{gone}"))

    assert not Message.objects.exists()


def test_preview_shows_the_newest_mail_without_its_links(sample_type, queue, now):
    queue()
    queue(2)

    seen = preview(sample_type, "da", OURS, may_see_messages=True, now=now)

    assert seen.message.ids == {"number": 2}
    assert seen.rendered.subject == "Vi ses: DP-2"
    assert "/booking/abc/" not in seen.rendered.text + seen.rendered.html
    assert seen.attachments == ("booking.ics",)


def test_preview_passes_over_what_is_no_longer_relevant_and_over_trials(sample_type, author, queue, now):
    queue()
    queue(2, ids={"number": 2, "irrelevant_from": "2026-01-01T00:00+00:00"})
    queue(3, ids={})
    try_out(sample_type, author, now)

    seen = preview(sample_type, "da", OURS, may_see_messages=True, now=now)

    assert seen.rendered.subject == "Vi ses: DP-1"


def test_preview_for_whoever_may_not_see_mails_is_invented(sample_type, queue, now):
    queue()

    seen = preview(sample_type, "da", OURS, may_see_messages=False, now=now)

    assert seen.message is None
    assert seen.rendered.subject == "Vi ses: DP-7K3M-42"
