"""A small OpenID Connect issuer of our own: the demo's «Demo-broker, ikke MitID», and what the tests ask.

It checks what a real one checks (client, redirect address, PKCE, one use of a code) and signs with a key of its
own, made when it starts. Whoever opens its page chooses who to be: it proves nothing and says so.
"""

import base64
import hashlib
import hmac
import html
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

KEY_ID = "demo"
CODE_SECONDS = 60
LEVELS = {"substantial": "Betydelig", "low": "Lav"}


@dataclass(frozen=True)
class Identity:
    """Somebody one can be at the demo broker."""

    subject: str
    name: str
    identity_type: str = "private"
    organisation: str = ""
    cvr: str = ""


@dataclass
class Grant:
    """A code that was given out, and what it stands for."""

    params: Mapping[str, str]
    identity: Identity
    level: str
    made_at: float
    is_used: bool = False


@dataclass
class Issuer:
    """One issuer with its client. `amend` and `key` are there for tests that need a dishonest one."""

    client_id: str
    client_secret: str
    redirect_uri: str
    people: Callable[[], Sequence[Identity]]
    url: str = ""
    amend: Callable[[dict[str, Any]], dict[str, Any]] = field(default=lambda claims: claims)
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    published_key: rsa.RSAPrivateKey | None = None
    grants: dict[str, Grant] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def configuration(self) -> dict[str, Any]:
        """Return the discovery document."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            "acr_values_supported": list(LEVELS),
        }

    def keys(self) -> dict[str, Any]:
        """Return the public key."""
        public = (self.published_key or self.key).public_key()
        numbers = jwt.algorithms.RSAAlgorithm.to_jwk(public, as_dict=True)
        return {"keys": [{**numbers, "kid": KEY_ID, "use": "sig", "alg": "RS256"}]}

    def refusal_of(self, params: Mapping[str, str]) -> str:
        """Return what is wrong with a question, or an empty text."""
        if params.get("client_id") != self.client_id or params.get("redirect_uri") != self.redirect_uri:
            return "Ukendt klient eller svaradresse."
        if params.get("response_type") != "code" or "openid" not in params.get("scope", "").split():
            return "Kun response_type=code med scope openid."
        if params.get("code_challenge_method") != "S256" or not params.get("code_challenge"):
            return "PKCE med S256 mangler."
        return ""

    def grant(self, params: Mapping[str, str], identity: Identity, level: str) -> str:
        """Return a code for somebody who has chosen who to be."""
        code = secrets.token_urlsafe(24)
        self.grants[code] = Grant(dict(params), identity, level, time.time())
        return code

    def token(self, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """Exchange a code, once: status and answer."""
        if form.get("client_id") != self.client_id or not hmac.compare_digest(
            form.get("client_secret", ""), self.client_secret
        ):
            return 401, {"error": "invalid_client"}
        with self.lock:
            grant = self.grants.get(form.get("code", ""))
            is_right = (
                grant is not None
                and not grant.is_used
                and time.time() - grant.made_at < CODE_SECONDS
                and form.get("grant_type") == "authorization_code"
                and form.get("redirect_uri") == grant.params["redirect_uri"]
                and _challenge(form.get("code_verifier", "")) == grant.params["code_challenge"]
            )
            if grant is None or not is_right:
                return 400, {"error": "invalid_grant"}
            grant.is_used = True
        return 200, {
            "access_token": secrets.token_urlsafe(24),
            "token_type": "Bearer",
            "expires_in": 60,
            "id_token": jwt.encode(
                self.amend(self._claims(grant)), self.key, algorithm="RS256", headers={"kid": KEY_ID}
            ),
        }

    def _claims(self, grant: Grant) -> dict[str, Any]:
        identity, now = grant.identity, int(time.time())
        claims = {
            "iss": self.url,
            "aud": self.client_id,
            "sub": identity.subject,
            "nonce": grant.params.get("nonce", ""),
            "iat": now,
            "exp": now + 300,
            "auth_time": int(grant.made_at),
            "acr": grant.level,
            "amr": ["demo"],
            "identity_type": identity.identity_type,
            "name": identity.name,
            "transaction_id": secrets.token_hex(8),
        }
        if identity.cvr:
            claims |= {"cvr": identity.cvr, "organisation": identity.organisation}
        return claims


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


class _Handler(BaseHTTPRequestHandler):
    """The issuer's four addresses."""

    issuer: Issuer

    def do_GET(self) -> None:
        """Answer discovery, keys and the page where one chooses who to be."""
        parts = urlsplit(self.path)
        if parts.path == "/.well-known/openid-configuration":
            self._send_json(200, self.issuer.configuration())
        elif parts.path == "/jwks":
            self._send_json(200, self.issuer.keys())
        elif parts.path == "/authorize":
            params = _single(parts.query)
            refusal = self.issuer.refusal_of(params)
            if refusal:
                self._send(400, _page("Det går ikke", f"<p>{html.escape(refusal)}</p>"))
            else:
                self._send(200, _choice_page(params, self.issuer.people()))
        else:
            self._send(404, _page("Findes ikke", ""))

    def do_POST(self) -> None:
        """Take the choice, and exchange codes."""
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), 20_000)).decode()
        parts, form = urlsplit(self.path), _single(body)
        if parts.path == "/token":
            self._send_json(*self.issuer.token(form))
            return
        params = _single(parts.query)
        if parts.path != "/authorize" or self.issuer.refusal_of(params):
            self._send(400, _page("Det går ikke", ""))
            return
        people = {identity.subject: identity for identity in self.issuer.people()}
        identity = people.get(form.get("who", ""))
        level = form.get("level", "substantial")
        if identity is None:
            answer = {"error": "access_denied"}
        else:
            answer = {"code": self.issuer.grant(params, identity, level)}
        query = urlencode({**answer, "state": params.get("state", ""), "iss": self.issuer.url})
        self.send_response(303)
        self.send_header("Location", f"{params['redirect_uri']}?{query}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send_json(self, status: int, value: Mapping[str, Any]) -> None:
        self._send(status, jwt.utils.force_bytes(_json(value)), kind="application/json")

    def _send(self, status: int, body: bytes, *, kind: str = "text/html; charset=utf-8") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: addresses hold codes."""


def _json(value: Mapping[str, Any]) -> str:
    import json

    return json.dumps(value)


def _single(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}


def _choice_page(params: Mapping[str, str], people: Sequence[Identity]) -> bytes:
    rows = []
    for number, identity in enumerate(people):
        about = f"{identity.organisation}, CVR {identity.cvr}" if identity.cvr else "privat"
        rows.append(
            f'<p><input type="radio" name="who" id="who-{number}" value="{html.escape(identity.subject)}"'
            f"{' checked' if number == 0 else ''}>"
            f'<label for="who-{number}">{html.escape(identity.name)} ({html.escape(about)})</label></p>'
        )
    levels = "".join(
        f'<p><input type="radio" name="level" id="level-{value}" value="{value}"'
        f'{" checked" if value == "substantial" else ""}><label for="level-{value}">{text}</label></p>'
        for value, text in LEVELS.items()
    )
    action = html.escape(f"/authorize?{urlencode(params)}")
    return _page(
        "Demo-broker, ikke MitID",
        "<p>Her vælger du selv, hvem du er. Det er lavet til at prøve portalen med og beviser ikke noget.</p>"
        f'<form method="post" action="{action}"><fieldset><legend>Hvem er du?</legend>{"".join(rows)}</fieldset>'
        f"<fieldset><legend>Sikringsniveau, der svares med</legend>{levels}</fieldset>"
        '<p><button type="submit">Bekræft</button></p></form>'
        f'<form method="post" action="{action}"><p><button type="submit">Afbryd</button></p></form>',
    )


_STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;color:#000}"
    "fieldset{margin:1rem 0;padding:.5rem 1rem;border:1px solid #767676}p{margin:.6rem 0}"
    "input{width:1.5rem;height:1.5rem;vertical-align:middle;margin-right:.6rem}"
    "button{font:inherit;padding:.5rem 1rem}"
)


def _page(title: str, content: str) -> bytes:
    return (
        f'<!doctype html><html lang="da"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>'
        f"<body><main><h1>{html.escape(title)}</h1>{content}</main></body></html>"
    ).encode()


def server_for(issuer: Issuer, *, port: int = 0) -> ThreadingHTTPServer:
    """Return a server of the issuer on this machine only; its address becomes the issuer's name."""
    handler = type("Handler", (_Handler,), {"issuer": issuer})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    issuer.url = f"http://localhost:{server.server_address[1]}"
    return server


@contextmanager
def serving(issuer: Issuer) -> Iterator[Issuer]:
    """Serve the issuer from a thread while the block runs."""
    server = server_for(issuer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
