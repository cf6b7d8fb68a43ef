"""Reading the Institutionsregister: its JSON, or our CSV, into plain records with a reason for each bad row."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from workshops.enums import SchoolType

UMBRELLA_UNIT = "hovedskole_med_enheder"
UNIT_TYPES = {
    "institution uden enheder": "institution_uden_enheder",
    "hovedskole med enheder": UMBRELLA_UNIT,
    "afdeling": "afdeling",
}
MUNICIPAL_OWNER = "Kommunale"


class RegisterUnreadableError(Exception):
    """The file is neither the register's JSON nor our CSV: nothing of it was used."""

    code = "register_unreadable"


@dataclass(frozen=True)
class SchoolRecord:
    """One school as a file tells it. Empty means that the file does not say."""

    number: str
    name: str
    school_type: str
    unit_type: str = ""
    parent_number: str = ""
    owner: str = ""
    address: str = ""
    postal_code: str = ""
    city: str = ""
    municipality: str = ""
    district_number: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    website: str = ""
    cvr: str = ""
    line: int = 0

    @property
    def can_book(self) -> bool:
        """Whether a new school can book: no umbrella, and known by more than its name (DESIGN.md 5, Schools)."""
        return self.unit_type != UMBRELLA_UNIT and bool(self.number or self.address)


@dataclass(frozen=True)
class RowError:
    """A row that was left out: its line (CSV) or place in the list (JSON), and why."""

    line: int
    reason: str


@dataclass(frozen=True)
class ReadResult:
    """What a file held."""

    records: Sequence[SchoolRecord]
    errors: Sequence[RowError]


class _BadRowError(Exception):
    pass


def read_register(content: bytes) -> ReadResult:
    """Read a file of schools; bad rows are reported, the others used.

    Raises:
        RegisterUnreadableError: not UTF-8, broken JSON, or a CSV without the columns we need.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RegisterUnreadableError(_("The file is not UTF-8 text.")) from error
    rows = _json_rows(text) if text.lstrip().startswith(("[", "{")) else _csv_rows(text)
    records: list[SchoolRecord] = []
    errors: list[RowError] = []
    seen: set[str] = set()
    for line, row in rows:
        try:
            record = _record(line, row)
            key = record.number or record.name
            if key in seen:
                raise _BadRowError(_("The school “%(key)s” is in the file already.") % {"key": key})
        except _BadRowError as error:
            errors.append(RowError(line, str(error)))
        else:
            seen.add(key)
            records.append(record)
    return ReadResult(records, errors)


def school_type_of(institution_type: str, owner: str) -> str | None:
    """Return our type for the register's words; None when it is no kind of school we know."""
    words = institution_type.casefold()
    if words in SchoolType.values:
        return words
    if "special" in words:
        return SchoolType.SPECIAL
    if "international" in words:
        return SchoolType.INTERNATIONAL if owner == MUNICIPAL_OWNER else SchoolType.FRI_PRIVAT
    if "privat" in words or "friskole" in words:
        return SchoolType.FRI_PRIVAT
    if "folkeskole" in words:
        return SchoolType.FOLKESKOLE
    return None


def is_cvr(text: str) -> bool:
    """Say whether a text is a CVR number: eight digits whose weighted sum is divisible by 11."""
    weights = (2, 7, 6, 5, 4, 3, 2, 1)
    if not re.fullmatch(r"\d{8}", text):
        return False
    return sum(int(digit) * weight for digit, weight in zip(text, weights, strict=True)) % 11 == 0


def _json_rows(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        data = json.loads(text)
    except ValueError as error:
        raise RegisterUnreadableError(_("The file looks like JSON, but cannot be read as JSON.")) from error
    if not isinstance(data, list):
        raise RegisterUnreadableError(_("The file must hold a list of schools."))
    names = {
        "id": "institution_no",
        "parentId": "parent_institution_no",
        "unitType": "unit_type",
        "institutionType": "school_type",
        "postalCode": "postal_code",
        "cvr": "cvr_owner",
    }
    rows: list[Mapping[str, Any]] = [
        {names.get(str(key), str(key)): value for key, value in row.items()} if isinstance(row, dict) else {}
        for row in data
    ]
    return iter(list(enumerate(rows, start=1)))


def _csv_rows(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text))
    missing = {"institution_no", "name", "school_type"} - set(reader.fieldnames or [])
    if missing:
        raise RegisterUnreadableError(
            _("The file has no column called %(names)s.") % {"names": ", ".join(sorted(missing))}
        )
    return iter([(reader.line_num, {**row}) for row in reader])


def _record(line: int, row: Mapping[str, Any]) -> SchoolRecord:
    def text(name: str) -> str:
        value = row.get(name)
        return "" if value is None else str(value).strip()

    number, name, owner, raw_type = text("institution_no"), text("name"), text("owner"), text("school_type")
    if not name:
        raise _BadRowError(_("The school has no name."))
    if number and not re.fullmatch(r"\d{6}", number):
        raise _BadRowError(_("The institution number “%(number)s” is not six digits.") % {"number": number})
    school_type = school_type_of(raw_type, owner)
    if school_type is None:
        raise _BadRowError(_("The type “%(type)s” is not a kind of school we know.") % {"type": raw_type})
    postal_code, cvr = text("postal_code"), text("cvr_owner")
    if postal_code and not re.fullmatch(r"\d{4}", postal_code):
        raise _BadRowError(_("The postal code “%(code)s” is not four digits.") % {"code": postal_code})
    if cvr and not is_cvr(cvr):
        raise _BadRowError(_("The CVR number “%(cvr)s” is not valid.") % {"cvr": cvr})
    unit_type = text("unit_type")
    return SchoolRecord(
        number=number,
        name=name,
        school_type=school_type,
        unit_type=UNIT_TYPES.get(unit_type.casefold(), unit_type),
        parent_number=text("parent_institution_no"),
        owner=owner,
        address=text("address"),
        postal_code=postal_code,
        city=text("city"),
        municipality=text("municipality"),
        district_number=_number(text("bydel_no"), int),
        latitude=_number(text("lat"), float),
        longitude=_number(text("lng"), float),
        website=text("website"),
        cvr=cvr,
        line=line,
    )


def _number[N: (int, float)](text: str, kind: type[N]) -> N | None:
    if not text:
        return None
    try:
        return kind(text)
    except ValueError as error:
        raise _BadRowError(_("“%(text)s” is not a number.") % {"text": text}) from error
