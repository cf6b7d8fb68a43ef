"""What says that certificates are not revoked, for the long-term level: lists (CRL), else a responder's answer (OCSP).

Own code rather than pyHanko's fetchers: only addresses in certificates that the operator published or that the
time-stamp authority sends, and nothing is left open behind.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from asn1crypto import crl, ocsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.ocsp import OCSPRequestBuilder
from cryptography.x509.oid import AuthorityInformationAccessOID

from charter.errors import RevocationDataMissingError
from charter.sealing.certificates import Certificate

TIMEOUT_SECONDS = 8
_MAX_LIST = 8 * 1024 * 1024
_MAX_ANSWER = 256 * 1024


@dataclass(frozen=True)
class RevocationData:
    """What authorities say about certificates today."""

    lists: Sequence[crl.CertificateList]
    answers: Sequence[ocsp.OCSPResponse]


def revocation_data_for(
    certificates: Iterable[Certificate], *, issuers: Iterable[Certificate]
) -> RevocationData:
    """Return the lists that these certificates name, each once; for one that names none, its responder's answer.

    Args:
        issuers: where the issuers of the certificates are, among others.
    Raises:
        RevocationDataMissingError: neither is named, or one cannot be had.
    """
    distinct = {one.fingerprint: one for one in certificates}.values()
    urls = dict.fromkeys(url for one in distinct for url in _addresses_in(one))
    unlisted = [(one, url) for one in distinct if not _addresses_in(one) and (url := _responder_of(one))]
    if not urls and not unlisted:
        raise RevocationDataMissingError("no certificate names a list or a responder")
    known = [x509.load_der_x509_certificate(one.der) for one in issuers]
    return RevocationData([_fetch(url) for url in urls], [_ask(one, url, known) for one, url in unlisted])


def _responder_of(certificate: Certificate) -> str:
    parsed = x509.load_der_x509_certificate(certificate.der)
    try:
        access = parsed.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return ""
    places = [
        one.access_location for one in access if one.access_method == AuthorityInformationAccessOID.OCSP
    ]
    return next((one.value for one in places if isinstance(one, x509.UniformResourceIdentifier)), "")


def _ask(certificate: Certificate, url: str, known: Iterable[x509.Certificate]) -> ocsp.OCSPResponse:
    parsed = x509.load_der_x509_certificate(certificate.der)
    issuer = next((one for one in known if _has_issued(one, parsed)), None)
    if issuer is None or urlsplit(url).scheme not in {"http", "https"}:
        raise RevocationDataMissingError(url)
    # SHA-1 only names the issuer here, and is what every responder understands (RFC 5019).
    question = OCSPRequestBuilder().add_certificate(parsed, issuer, SHA1()).build()  # noqa: S303
    request = Request(  # noqa: S310 - http(s) only, and ours
        url, data=question.public_bytes(Encoding.DER), headers={"Content-Type": "application/ocsp-request"}
    )
    try:
        with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - as above
            response = ocsp.OCSPResponse.load(answer.read(_MAX_ANSWER), strict=True)
        if response["response_status"].native != "successful":
            raise RevocationDataMissingError(url)
    except (OSError, ValueError) as error:
        if isinstance(error, HTTPError):
            error.close()
        raise RevocationDataMissingError(url) from error
    return response


def _has_issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


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
