"""Asking a time-stamp authority (RFC 3161)."""

from datetime import datetime
from functools import lru_cache
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from asn1crypto import tsp
from pyhanko.sign.timestamps.api import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

TIMEOUT_SECONDS = 8
_MAX_ANSWER = 256 * 1024


class HttpTimeStamper(TimeStamper):
    """Asks the authority of PORTAL_TSA_URL. The address comes from the operator, never from a document."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Send one request."""
        request = Request(  # noqa: S310 - http(s) only: a start-up check refuses other addresses
            self.url,
            data=req.dump(),
            headers={"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"},
        )
        try:
            with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - as above
                return tsp.TimeStampResp.load(answer.read(_MAX_ANSWER), strict=True)
        except (URLError, OSError, ValueError) as error:
            if isinstance(error, HTTPError):
                error.close()
            raise TimestampRequestError(f"{self.url}: {error}") from error


@lru_cache(maxsize=2)
def time_stamper(url: str) -> HttpTimeStamper:
    """Return the authority's client, kept: it remembers how large an answer is."""
    return HttpTimeStamper(url)


def time_of(token: object) -> datetime:
    """Return the time in a time-stamp token (a CMS ContentInfo)."""
    info: datetime = token["content"]["encap_content_info"]["content"].parsed["gen_time"].native  # type: ignore[index]  # asn1crypto
    return info
