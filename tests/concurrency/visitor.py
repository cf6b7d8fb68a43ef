"""A visitor of a running portal, over plain HTTP: cookies, the form's protection, nothing else a browser does."""

import re
import time
import uuid
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, RemoteDisconnected
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

_SEEN = re.compile(r'name="seen" value="([^"]+)"')
_IDLE_SECONDS = 5
"""The server hangs up on a connection that is not used; a browser notices and opens another."""

_CSRF = "c" * 32
"""Any secret does: the server only compares the cookie with the form."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    location: str
    body: str
    size: int


class Visitor:
    """One browser with an address of its own."""

    def __init__(self, base_url: str, number: int) -> None:
        self.number = number
        self._base_url = base_url
        self.email = f"visitor{number}@example.dk"
        self.requests = 0
        self.forms = 0
        self._used_at = 0.0
        self._address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        self._connection = HTTPConnection(urlsplit(base_url).netloc, timeout=120)
        self._cookies = {"csrftoken": _CSRF}

    def get(self, path: str) -> Answer:
        """Fetch a page."""
        return self._send("GET", path, None)

    def post(self, path: str, data: dict[str, str] | None = None) -> Answer:
        """Send a form."""
        return self._send("POST", path, urlencode({"csrfmiddlewaretoken": _CSRF, **(data or {})}))

    def forget(self, cookie: str) -> None:
        """Lose a cookie."""
        self._cookies.pop(cookie, None)

    def carry(self, cookie: str, value: str) -> None:
        """Carry a cookie, such as that of somebody who is logged in."""
        self._cookies[cookie] = value

    def twin(self) -> "Visitor":
        """Return a second tab of this browser, with a connection of its own."""
        tab = Visitor(self._base_url, self.number)
        tab.share(self)
        return tab

    def share(self, other: "Visitor") -> None:
        """Take over another tab's cookies."""
        self._cookies = dict(other._cookies)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def seats(self, *, seats: int = 1) -> dict[str, str]:
        """Return the answers of the sign-up form for an evening."""
        self.forms += 1
        return {
            "submission_key": str(uuid.uuid4()),
            "kind": "person",
            "seats": str(seats),
            "contact_name": f"Gæst {self.number}",
            "contact_email": self.email,
        }

    def send_what_is_held(self, session_id: int) -> Answer:
        """Read the review page and send the booking."""
        review = f"/book/{session_id}/tjek/"
        seen = _SEEN.search(self.get(review).body)
        return self.post(review, {"seen": seen[1] if seen else ""})

    def _exchange(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> tuple[HTTPResponse, bytes]:
        try:
            self._connection.request(method, path, body=body, headers=headers)
            response = self._connection.getresponse()
            return response, response.read()
        except (HTTPException, OSError):
            self._connection.close()
            raise

    def _send(self, method: str, path: str, body: str | None) -> Answer:
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            "X-Forwarded-For": self._address,
            "Accept-Language": "da",
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.requests += 1
        if time.monotonic() - self._used_at > _IDLE_SECONDS:
            self._connection.close()
        try:
            response, content = self._exchange(method, path, body, headers)
        except (RemoteDisconnected, BrokenPipeError):
            # Hung up before a byte came back: a browser asks again, and so does this one, once.
            self._connection.close()
            response, content = self._exchange(method, path, body, headers)
        self._used_at = time.monotonic()
        for header in response.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(header).items():
                self._cookies[name] = morsel.value
        location = response.headers.get("Location", "")
        return Answer(response.status, location, content.decode(errors="replace"), len(content))
