"""Talking to an identity broker: django-allauth's OpenID Connect provider with PKCE, without its log-in.

allauth builds the request, keeps the state in the session and exchanges the code. Its views are not used: they
would log people in and create users, and they take parameters of the request over the configured ones
(DOMAIN.md 3.4). The token's signature is checked here against the issuer's keys, always.
"""

import json
import secrets
from dataclasses import dataclass
from typing import Any

import jwt
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import override
from requests import RequestException

from charter.errors import BrokerAnswerError, BrokerAnswerUsedError, BrokerUnreachableError
from charter.methods.profiles import Profile
from core.links.tokens import absolute_url

_DISCOVERY_SECONDS = 600
_PROCESS = "sign"
"""No process of allauth's: should one of its views ever see such a state, it could do nothing with it."""


@dataclass(frozen=True)
class Question:
    """What a person is sent to the broker with."""

    url: str
    state: str


@dataclass(frozen=True)
class Pending:
    """A question that this browser has asked and that was not answered yet."""

    attempt_id: int
    nonce: str
    language: str
    code_verifier: str


class _Adapter(OpenIDConnectOAuth2Adapter):
    """allauth's client for one profile, with the address that answers come to."""

    def __init__(self, request: HttpRequest, provider: OpenIDConnectProvider, profile: Profile) -> None:
        super().__init__(request, profile.name)
        self._provider, self._profile = provider, profile

    def get_provider(self) -> OpenIDConnectProvider:
        return self._provider

    @property
    def openid_config(self) -> dict[str, Any]:
        return discovered(self._profile)

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return answer_address(self._profile)


class _Provider(OpenIDConnectProvider):
    """allauth's provider for one profile: not from its table or settings, and nothing from the request."""

    def __init__(self, request: HttpRequest, profile: Profile) -> None:
        self._profile = profile
        app = SocialApp(
            provider=self.id,
            provider_id=profile.name,
            name=profile.title,
            client_id=profile.client_id,
            secret=profile.client_secret,
            settings={
                "server_url": profile.issuer,
                "oauth_pkce_enabled": True,
                "token_auth_method": profile.token_auth_method or None,
            },
        )
        super().__init__(request, app=app)

    def get_oauth2_adapter(self, request: HttpRequest) -> _Adapter:
        return _Adapter(request, self, self._profile)


def answer_address(profile: Profile) -> str:
    """Return the redirect address of a profile, the same in every language: the broker compares it."""
    with override("da"):
        return absolute_url(reverse("charter_answer", args=(profile.name,)))


def ask(request: HttpRequest, profile: Profile, *, attempt_id: int, language: str) -> Question:
    """Make the request that sends a person to the broker, who must ask them again (`prompt`, `max_age`).

    Raises:
        BrokerUnreachableError: the broker does not tell where its pages are.
    """
    nonce = secrets.token_urlsafe(24)
    params = {
        **(profile.auth_params or {}),
        "nonce": nonce,
        "prompt": "login",
        "max_age": "0",
        **({"acr_values": " ".join(profile.acr_values)} if profile.acr_values else {}),
    }
    before = set(request.session.get("socialaccount_states", {}))
    try:
        discovered(profile)
        response = _Provider(request, profile).redirect(
            request,
            _PROCESS,
            data={"attempt": attempt_id, "nonce": nonce, "language": language},
            scope=list(profile.scope),
            auth_params=params,
        )
    except (RequestException, OAuth2Error, ImmediateHttpResponse, KeyError, ValueError) as error:
        raise BrokerUnreachableError from error
    (state,) = set(request.session["socialaccount_states"]) - before
    return Question(url=response["Location"], state=state)


def take_pending(request: HttpRequest, profile: Profile, state: str) -> Pending:
    """Return the question behind a state and forget it: it can be answered once, in the browser that asked.

    Raises:
        BrokerAnswerUsedError: this browser asked no such question, or it was answered.
    """
    try:
        stashed = _Provider(request, profile).unstash_redirect_state(request, state)
    except PermissionDenied as error:
        raise BrokerAnswerUsedError from error
    data = stashed.get("data") or {}
    if stashed.get("process") != _PROCESS or "attempt" not in data:
        raise BrokerAnswerUsedError
    return Pending(
        attempt_id=data["attempt"],
        nonce=data["nonce"],
        language=data["language"],
        code_verifier=stashed.get("pkce_code_verifier") or "",
    )


def claims_for_code(request: HttpRequest, profile: Profile, pending: Pending) -> dict[str, Any]:
    """Exchange the code in the request for a token and return its claims, its signature checked.

    Raises:
        BrokerUnreachableError: the broker does not answer.
        BrokerAnswerError: it refuses the code, or the token is not signed by it.
    """
    if request.GET.get("iss", profile.issuer) != profile.issuer:  # RFC 9207: another issuer's answer
        raise BrokerAnswerError
    provider = _Provider(request, profile)
    adapter = provider.get_oauth2_adapter(request)
    try:
        client = adapter.get_client(request, provider.app)
        answer = adapter.get_access_token_data(
            request, provider.app, client, pkce_code_verifier=pending.code_verifier
        )
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise BrokerAnswerError
        return _verified(profile, token)
    except RequestException as error:
        raise BrokerUnreachableError from error
    except (OAuth2Error, jwt.PyJWTError, KeyError, ValueError, TypeError) as error:
        raise BrokerAnswerError from error


def discovered(profile: Profile) -> dict[str, Any]:
    """Return what the issuer publishes about itself; it must be the issuer that is configured."""
    key = f"charter.broker:{profile.issuer}"
    found: dict[str, Any] | None = cache.get(key)
    if found is None:
        found = _fetched(f"{profile.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != profile.issuer:
            raise OAuth2Error("The issuer calls itself something else.")
        cache.set(key, found, _DISCOVERY_SECONDS)
    return found


def _verified(profile: Profile, token: str) -> dict[str, Any]:
    """Return the claims of a token that one of the issuer's keys has signed; who it is for is asked elsewhere."""
    header = jwt.get_unverified_header(token)
    algorithm = header.get("alg")
    if algorithm not in profile.algorithms:
        raise BrokerAnswerError
    key = _key_of(profile, header.get("kid"), algorithm)
    # Times and audience are decided in charter.methods.claims, from one clock.
    unchecked = dict.fromkeys(
        ("verify_exp", "verify_nbf", "verify_iat", "verify_aud", "verify_iss", "verify_sub", "verify_jti"),
        False,
    )
    claims: dict[str, Any] = jwt.decode(
        token,
        key,
        algorithms=[algorithm],
        options={"verify_signature": True, **unchecked},  # type: ignore[arg-type]  # all of them flags
    )
    return claims


def _key_of(profile: Profile, key_id: str | None, algorithm: str) -> Any:
    # Fetched each time: signing is rare, and a key that was taken away stops counting at once.
    keys = _fetched(discovered(profile)["jwks_uri"])["keys"]
    fitting = [
        key
        for key in keys
        if key.get("use", "sig") == "sig"
        and (key.get("kid") == key_id or (key_id is None and len(keys) == 1))
    ]
    if len(fitting) != 1 or fitting[0].get("alg", algorithm) != algorithm:
        raise BrokerAnswerError
    return jwt.PyJWK.from_json(json.dumps(fitting[0]), algorithm=algorithm).key


def _fetched(url: str) -> dict[str, Any]:
    with get_adapter().get_requests_session() as session:
        response = session.get(url)
        response.raise_for_status()
        found: dict[str, Any] = response.json()
    return found
