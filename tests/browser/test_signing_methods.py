"""Signing with a broker, by keyboard and without JavaScript; what a signer meets when something goes wrong."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from charter.content import ensure_charter
from charter.enums import SignatureMethod, Transition
from charter.methods import codes
from charter.models import CharterText, Provider, Signature, SigningAttempt
from charter.operations import change_provider_state, save_text
from core.accounts.models import User
from core.audit.log import SYSTEM
from portal.demo.broker import Identity, Issuer, serving
from tests.browser.checks import _SCRIPTING_IS_OFF as SCRIPTING_IS_OFF
from tests.browser.checks import assert_fits_the_width, assert_no_axe_findings
from tests.browser.conftest import PHONE
from tests.browser.sessions import enter_as
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.charter import ProviderFactory, ProviderMemberFactory

HOME = "/udbyder/klar-tale/"


@pytest.fixture
def provider(portal) -> Provider:
    ensure_charter(timezone.now() - timedelta(days=1))
    return ProviderFactory(name="Klar Tale", slug="klar-tale", cvr="99000007")


@pytest.fixture
def signer(provider) -> User:
    user = UserFactory(email="mette@klartale.example.dk", first_name="Mette", last_name="Medlem")
    ProviderMemberFactory(provider=provider, user=user)
    return user


@pytest.fixture
def issuer(portal, settings) -> Iterator[Issuer]:
    made = Issuer(
        client_id="portal",
        client_secret="hemmelig",
        redirect_uri=f"{portal.url}/charter/svar/demo/",
        people=lambda: [
            Identity("mette", "Mette Medlem", "professional", "Klar Tale", "99000007"),
            Identity("frida", "Frida Fremmed"),
        ],
    )
    with serving(made):
        settings.PORTAL_SIGNING_BROKERS = [
            {
                "name": "demo",
                "method": "demo_broker",
                "issuer": made.url,
                "client_id": "portal",
                "client_secret": "hemmelig",
                "levels": ["substantial"],
            }
        ]
        yield made


@pytest.fixture(params=["with JavaScript", "without"])
def free_page(request, browser: Browser, portal) -> Iterator[Page]:
    """A page that may go to another site: the broker's."""
    context = browser.new_context(
        base_url=portal.url, viewport=PHONE, java_script_enabled=request.param == "with JavaScript"
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


def fill_the_form(page: Page) -> None:
    page.goto(HOME + "charter/")
    page.get_by_label("Din rolle i organisationen").fill("Direktør")
    page.get_by_label("Jeg er tegningsberettiget efter vedtægterne eller CVR").check()
    for number in (1, 2, 3):
        page.locator(f"#id_statement_{number}").check()


def look(page: Page) -> None:
    """Nothing for axe to find, and nothing wider than the phone; axe needs scripts."""
    assert_fits_the_width(page)
    if not page.evaluate(SCRIPTING_IS_OFF):
        assert_no_axe_findings(page)


def at_the_broker(page: Page, issuer: Issuer) -> None:
    """Wait for the broker's own page: the one that leads on to it names it in its heading too."""
    page.wait_for_url(f"{issuer.url}/**")
    expect(page.get_by_role("heading", name="Demo-broker, ikke MitID", exact=True)).to_be_visible()


def test_a_signer_confirms_at_the_broker_and_signs(free_page: Page, signer: User, issuer: Issuer):
    page = free_page
    enter_as(page, signer)
    fill_the_form(page)
    page.get_by_role("button", name="Fortsæt").click()
    expect(page.get_by_role("heading", name="Bekræft, hvem du er")).to_be_visible()
    look(page)

    page.get_by_role("button", name="Bekræft med Demo-broker, ikke MitID").focus()
    page.keyboard.press("Enter")
    at_the_broker(page, issuer)
    look(page)
    page.get_by_role("button", name="Afbryd").click()
    expect(page.get_by_text("Du afbrød. Intet er underskrevet")).to_be_visible()
    expect(page.get_by_text("Direktør")).to_be_visible()
    look(page)

    page.get_by_role("button", name="Bekræft med Demo-broker, ikke MitID").click()
    page.get_by_label("Lav", exact=True).check()
    page.get_by_role("button", name="Bekræft").click()
    expect(page.get_by_text("på et niveau, der er for lavt")).to_be_visible()
    look(page)

    page.get_by_role("button", name="Bekræft med Demo-broker, ikke MitID").click()
    page.get_by_label("Frida Fremmed").check()
    page.get_by_role("button", name="Bekræft").click()
    expect(page.get_by_text("Du har skrevet et andet navn end Frida Fremmed")).to_be_visible()
    look(page)

    page.get_by_role("button", name="Bekræft med Demo-broker, ikke MitID").click()
    page.get_by_role("button", name="Bekræft").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Du er bekræftet som Mette Medlem")).to_be_visible()
    assert not Signature.objects.exists()
    look(page)
    page.get_by_role("button", name="Underskriv charteret").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Charteret er underskrevet")).to_be_visible()
    expect(page.get_by_text(Signature.objects.get().reference).first).to_be_visible()
    look(page)
    assert Signature.objects.get().method == SignatureMethod.DEMO_BROKER


def test_back_from_the_broker_leads_to_the_page_before(free_page: Page, signer: User, issuer: Issuer):
    """The page that leads on takes no place in the history: one step back is enough."""
    page = free_page
    enter_as(page, signer)
    fill_the_form(page)
    page.get_by_role("button", name="Fortsæt").click()
    page.get_by_role("button", name="Bekræft med Demo-broker, ikke MitID").click()
    at_the_broker(page, issuer)

    page.go_back()

    expect(page.get_by_role("heading", name="Bekræft, hvem du er")).to_be_visible()


@pytest.fixture
def started(page: Page, signer: User) -> SigningAttempt:
    """At the one-time code."""
    enter_as(page, signer)
    fill_the_form(page)
    page.get_by_role("button", name="Fortsæt til koden").click()
    expect(page.get_by_role("heading", name="Skriv engangskoden")).to_be_visible()
    return SigningAttempt.objects.get()


def type_code(page: Page, code: str) -> None:
    page.get_by_label("Engangskode").fill(code)
    page.get_by_role("button", name="Underskriv charteret").click()


def test_a_code_that_is_used_up_or_too_old_says_what_to_do(page: Page, started: SigningAttempt):
    SigningAttempt.objects.update(code_attempts=codes.MAX_TRIES)
    type_code(page, codes.code_of(started))
    expect(page.get_by_text("Bed om en ny").first).to_be_visible()
    assert_no_axe_findings(page)
    SigningAttempt.objects.update(code_attempts=0, code_expires_at=timezone.now())
    type_code(page, codes.code_of(started))
    expect(page.get_by_text("Koden er udløbet").first).to_be_visible()
    assert_no_axe_findings(page)

    page.get_by_role("button", name="Send en ny kode").click()
    type_code(page, codes.code_of(SigningAttempt.objects.get()))

    expect(page.get_by_role("heading", name="Kvittering", exact=True)).to_be_visible()


def test_a_text_that_changed_while_it_was_read_is_shown_again(page: Page, started: SigningAttempt):
    text = CharterText.objects.get(language="da")
    save_text(
        version_id=text.version_id,
        language="da",
        title=text.title,
        notice=text.notice,
        body="<h2>Nyt</h2><p>Alle må tale frit.</p>",
        actor=SYSTEM,
        now=timezone.now(),
    )

    type_code(page, codes.code_of(started))

    expect(page.get_by_text("Charteret er ændret")).to_be_visible()
    expect(page.get_by_role("heading", name="Nyt")).to_be_visible()
    assert_no_axe_findings(page)
    assert not Signature.objects.exists()


def test_a_provider_paused_meanwhile_is_told(page: Page, started: SigningAttempt, provider: Provider):
    change_provider_state(
        provider_id=provider.pk,
        transition=Transition.SUSPEND,
        reason="Klage",
        actor=SYSTEM,
        now=timezone.now(),
    )

    type_code(page, codes.code_of(started))

    expect(page.get_by_text("kan ikke underskrives").first).to_be_visible()
    assert_no_axe_findings(page)


def test_who_is_no_longer_a_signatory_is_told_whom_to_ask(
    page: Page, started: SigningAttempt, provider: Provider
):
    started.user.memberships.update(role="coordinator")

    type_code(page, codes.code_of(started))

    expect(page.get_by_text("En anden skal underskrive").first).to_be_visible()
    assert_no_axe_findings(page)


def test_two_tabs_and_the_back_button_give_one_signature(page: Page, started: SigningAttempt):
    other = page.context.new_page()
    other.goto(page.url)
    type_code(page, codes.code_of(started))
    expect(page.get_by_role("heading", name="Kvittering", exact=True)).to_be_visible()

    type_code(other, codes.code_of(started))
    expect(other.get_by_role("heading", name="Kvittering", exact=True)).to_be_visible()
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", name="Kvittering", exact=True)).to_be_visible()

    assert Signature.objects.count() == 1


def test_a_form_open_in_another_tab_while_it_was_signed_shows_what_is_left_to_sign(
    page: Page, started: SigningAttempt
):
    other = page.context.new_page()
    other.goto(HOME + "charter/")
    other.get_by_label("Din rolle i organisationen").fill("Direktør")
    other.get_by_label("Jeg er tegningsberettiget efter vedtægterne eller CVR").check()
    for number in (1, 2, 3):
        other.locator(f"#id_statement_{number}").check()
    type_code(page, codes.code_of(started))
    expect(page.get_by_role("heading", name="Kvittering", exact=True)).to_be_visible()

    other.get_by_role("button", name="Fortsæt til koden").click()

    expect(other.get_by_text("Der er sket noget")).to_be_visible()
    expect(other.get_by_label("Din rolle i organisationen")).to_have_value("Direktør")
    expect(other.locator("#id_statement_1")).not_to_be_checked()
    assert_no_axe_findings(other)
    assert Signature.objects.count() == 1


def test_a_signer_with_a_passkey_confirms_with_it(page: Page, signer: User):
    """No broker is set up: whoever has a passkey of their own need not wait for a mail."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    signer.set_password(PASSWORD)
    signer.save()
    enter_as(page, signer)
    page.goto("/konto/totrin/noegler/ny/")
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.get_by_role("button", name="Fortsæt").click()
    page.get_by_role("button", name="Tilføj adgangsnøglen").click()
    page.wait_for_url("**/konto/totrin/reservekoder/")

    fill_the_form(page)
    page.get_by_role("button", name="Fortsæt").click()
    assert_no_axe_findings(page)
    page.get_by_role("button", name="Bekræft med din adgangsnøgle").click()
    assert_no_axe_findings(page)
    page.get_by_role("button", name="Brug min adgangsnøgle").click()
    expect(page.get_by_text("Du er bekræftet som Mette Medlem")).to_be_visible()
    assert not Signature.objects.exists()
    page.get_by_role("button", name="Underskriv charteret").click()

    expect(page.get_by_role("heading", name="Charteret er underskrevet")).to_be_visible()
    signature = Signature.objects.get()
    assert signature.method == SignatureMethod.PASSKEY
    assert signature.evidence.proof["level"] == "passkey"
