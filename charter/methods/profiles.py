"""The identity brokers of this installation, as configured: whom we ask, and what their answer must say.

Read from the setting PORTAL_SIGNING_BROKERS (docs/configuration.md). Everything that decides whether an answer
is good enough stands here, on our side; nothing of it can come from the request (DOMAIN.md 3.4).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from charter.enums import SignatureMethod
from charter.methods.proof import Proof

METHODS = frozenset({SignatureMethod.MITID, SignatureMethod.MITID_ERHVERV, SignatureMethod.DEMO_BROKER})
"""Methods that a broker can stand behind."""

_NAME = re.compile(r"^[a-z][a-z0-9-]{1,30}$")
_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1"})
_CPR = re.compile(r"cpr|ssn|personnummer", re.IGNORECASE)


@dataclass(frozen=True)
class Profile:
    """One way to confirm through one broker."""

    name: str
    """In our addresses, and so in the redirect address that the broker knows."""

    method: SignatureMethod
    issuer: str
    client_id: str
    client_secret: str
    levels: tuple[str, ...]
    """Levels of assurance that are good enough, as the broker writes them."""

    identity_types: tuple[str, ...] = ()
    """Kinds of identity that are accepted; empty: any, and only the demo may leave it empty."""

    label: str = ""
    """On the page; empty: what the method is called."""

    level_claim: str = "acr"
    identity_type_claim: str = "identity_type"
    name_claim: str = "name"
    email_claim: str = "email"
    cvr_claim: str = ""
    transaction_claim: str = "transaction_id"
    acr_values: tuple[str, ...] = ()
    """What is asked for. Only a wish: what counts is the level that comes back."""

    scope: tuple[str, ...] = ("openid",)
    auth_params: Mapping[str, str] | None = None
    """More parameters of the request, such as `idp_values`."""

    algorithms: tuple[str, ...] = ("RS256", "ES256", "PS256")
    token_auth_method: str = ""

    @property
    def is_for_companies(self) -> bool:
        """Whether the identity is tied to a CVR number."""
        return self.method == SignatureMethod.MITID_ERHVERV

    @property
    def title(self) -> str:
        """What the page calls it."""
        return self.label or {
            SignatureMethod.MITID: "MitID",
            SignatureMethod.MITID_ERHVERV: "MitID Erhverv",
        }.get(self.method, str(self.method.label))


def profiles() -> dict[str, Profile]:
    """Return the configured profiles by name.

    Raises:
        ImproperlyConfigured: one cannot be right; says which and what to write. Asked at start-up too.
    """
    found: dict[str, Profile] = {}
    for number, entry in enumerate(settings.PORTAL_SIGNING_BROKERS, start=1):
        profile = _parsed(entry, where=f"PORTAL_SIGNING_BROKERS, entry {number}")
        if profile.name in found:
            raise ImproperlyConfigured(f"PORTAL_SIGNING_BROKERS: two entries are called {profile.name!r}.")
        found[profile.name] = profile
    return found


def offered_profiles(cvr: str | None) -> list[Profile]:
    """Return the ways through a broker that the signatories of a provider with this CVR number can confirm by.

    MitID Erhverv is tied to a CVR number: a provider without one does not see it.
    """
    return [profile for profile in profiles().values() if bool(cvr) or not profile.is_for_companies]


def offers_email_code(cvr: str | None) -> bool:
    """Return whether the code by e-mail is a way to sign; where there is no other, it always is."""
    return bool(settings.PORTAL_SIGNING_EMAIL_CODE) or not offered_profiles(cvr)


def still_fits(proof: Proof, *, cvr: str | None) -> bool:
    """Return whether a proof counts for a provider: an employee's identity, only for the CVR number it names."""
    return proof.method != SignatureMethod.MITID_ERHVERV or (bool(cvr) and proof.facts.get("cvr") == cvr)


def _parsed(entry: Any, *, where: str) -> Profile:
    if not isinstance(entry, Mapping):
        raise ImproperlyConfigured(f"{where}: write an object with names and values.")
    known = {field.name for field in fields(Profile)}
    if unknown := sorted(set(entry) - known):
        raise ImproperlyConfigured(f"{where}: unknown {', '.join(unknown)}.")
    needed = ("name", "method", "issuer", "client_id", "client_secret", "levels")
    if missing := [name for name in needed if not entry.get(name)]:
        raise ImproperlyConfigured(f"{where}: write {', '.join(missing)}.")
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list | tuple) else value for key, value in entry.items()
    }
    try:
        values["method"] = SignatureMethod(values["method"])
    except ValueError as error:
        raise ImproperlyConfigured(f"{where}: method is one of {_words(METHODS)}.") from error
    profile = Profile(**values)
    for refusal in _refusals(profile):
        raise ImproperlyConfigured(f"{where}: {refusal}")
    return profile


def _refusals(profile: Profile) -> list[str]:
    parts = urlsplit(profile.issuer)
    lists = (profile.levels, profile.identity_types, profile.acr_values, profile.scope, profile.algorithms)
    words = [*profile.scope, *_claim_names(profile), *(profile.auth_params or {})]
    checks = (
        (profile.method in METHODS, f"method is one of {_words(METHODS)}."),
        (bool(_NAME.match(str(profile.name))), "name is a short word of small letters, digits and hyphens."),
        (
            parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL_HOSTS),
            "issuer begins with https://.",
        ),
        (all(isinstance(value, tuple) for value in lists), "levels, scope and the like are lists of words."),
        (
            bool(profile.identity_types) or profile.method == SignatureMethod.DEMO_BROKER,
            "write identity_types: which kinds of identity are accepted.",
        ),
        (
            bool(profile.cvr_claim) or not profile.is_for_companies,
            "write cvr_claim: MitID Erhverv must tell the organisation.",
        ),
        (not any(_CPR.search(str(word)) for word in words), "no CPR number is ever asked for or read."),
        (
            all(algorithm[:2] in {"RS", "ES", "PS"} for algorithm in profile.algorithms),
            "algorithms are signatures with a public key (RS256, ES256, PS256).",
        ),
    )
    return [text for is_right, text in checks if not is_right]


def _claim_names(profile: Profile) -> list[str]:
    return [getattr(profile, field.name) for field in fields(Profile) if field.name.endswith("_claim")]


def _words(methods: frozenset[SignatureMethod]) -> str:
    return ", ".join(sorted(method.value for method in methods))
