"""Lists of revoked certificates for the long-term level, from the addresses that our own certificates name.

Own code rather than pyHanko's fetchers: only lists (CRL), only addresses in certificates that the operator
published or that the time-stamp authority sends, and nothing is left open behind.
"""

from collections.abc import Iterable
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

from asn1crypto import crl
from cryptography import x509

from charter.errors import RevocationDataMissingError
from charter.sealing.certificates import Certificate

TIMEOUT_SECONDS = 8
_MAX_LIST = 8 * 1024 * 1024


def lists_for(certificates: Iterable[Certificate]) -> list[crl.CertificateList]:
    """Return the lists that these certificates name, each once.

    Raises:
        RevocationDataMissingError: none is named, or one cannot be had.
    """
    urls = dict.fromkeys(url for one in certificates for url in _addresses_in(one))
    if not urls:
        raise RevocationDataMissingError("no certificate names a list")
    return [_fetch(url) for url in urls]


def _addresses_in(certificate: Certificate) -> list[str]:
    parsed = x509.load_der_x509_certificate(certificate.der)
    try:
        points = parsed.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return []
    names = (name for point in points for name in point.full_name or [])
    return [name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)]


def _fetch(url: str) -> crl.CertificateList:
    if urlsplit(url).scheme not in {"http", "https"}:
        raise RevocationDataMissingError(url)
    try:
        with urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - http(s) only, and ours
            data = answer.read(_MAX_LIST)
        if b"-----BEGIN" in data[:100]:
            from asn1crypto import pem

            _name, _headers, data = pem.unarmor(data)
        return crl.CertificateList.load(data, strict=True)
    except (OSError, ValueError) as error:
        if isinstance(error, HTTPError):
            error.close()
        raise RevocationDataMissingError(url) from error
