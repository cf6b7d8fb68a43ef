"""A document for Word (DOCX) from a printed snapshot: headings, paragraphs and tables in Word's own styles.

Written by hand: it is four small parts, and whoever edits it in Word gets real headings and header rows. The times in
the file are those of the closing, so that the same snapshot gives the same bytes.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_FIRST_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WIDTH = 9638
"""Of the text on A4 with margins of 2 cm, in twentieths of a point."""

_TYPES = (
    f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{DOCX_TYPE}.main+xml"/>'
    '<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.styles+xml"/>'
    '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
    "</Types>"
)
_RELATIONS = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
    f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
    "</Relationships>"
)
_DOCUMENT_RELATIONS = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
)


def word_document(facts: Mapping[str, Any], *, made_at: datetime) -> bytes:
    """Return the document of a printed snapshot."""
    words = facts["words"]
    body = [
        _paragraph(facts["title"], "Title"),
        _paragraph(facts["lead"]),
        _table([words["fact"], words["value"]], facts["facts"]),
        _paragraph(words["summary"], "Heading1"),
        *[_paragraph(text) for text in facts["summary"]],
    ]
    for table in facts["tables"]:
        body.append(_paragraph(table["title"], "Heading1"))
        if table["rows"]:
            body.append(_table(table["columns"], table["rows"], table["numeric"], table["widths"]))
        else:
            body.append(_paragraph(table["none"]))
        if table["note"]:
            body.append(_paragraph(table["note"]))
    body.append(_paragraph(words["definitions"], "Heading1"))
    for term, meaning in facts["definitions"]:
        body += [_paragraph(term, "Heading2"), _paragraph(meaning)]
    return _zipped(
        {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": _RELATIONS,
            "docProps/core.xml": _properties(facts, made_at),
            "word/_rels/document.xml.rels": _DOCUMENT_RELATIONS,
            "word/styles.xml": _styles(),
            "word/document.xml": f"{_HEAD}<w:document {_W}><w:body>{''.join(body)}{_PAGE}</w:body></w:document>",
        }
    )


_PAGE = (
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" '
    'w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>'
)


def _text(text: str) -> str:
    return escape(_NOT_IN_XML.sub("", text))


def _paragraph(text: str, style: str = "", *, bold: bool = False, right: bool = False) -> str:
    about = f'<w:pStyle w:val="{style}"/>' if style else ""
    about += '<w:jc w:val="right"/>' if right else ""
    run = "<w:rPr><w:b/></w:rPr>" if bold else ""
    about = f"<w:pPr>{about}</w:pPr>" if about else ""
    return f'<w:p>{about}<w:r>{run}<w:t xml:space="preserve">{_text(text)}</w:t></w:r></w:p>'


def _table(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    numeric: Sequence[bool] = (False, False),
    parts: Sequence[int] = (1, 2),
) -> str:
    """Return a table whose first row is repeated on each page and read out as its head."""
    widths = [_WIDTH * part // sum(parts) for part in parts]

    def row(cells: Sequence[str], *, is_head: bool) -> str:
        about = "<w:trPr><w:cantSplit/>" + ("<w:tblHeader/>" if is_head else "") + "</w:trPr>"
        filled = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{size}" w:type="dxa"/></w:tcPr>'
            f"{_paragraph(cell, 'Cell', bold=is_head, right=is_right)}</w:tc>"
            for cell, size, is_right in zip(cells, widths, numeric, strict=True)
        )
        return f"<w:tr>{about}{filled}</w:tr>"

    grid = "".join(f'<w:gridCol w:w="{size}"/>' for size in widths)
    return (
        '<w:tbl><w:tblPr><w:tblStyle w:val="Figures"/><w:tblW w:w="0" w:type="auto"/>'
        '<w:tblLook w:firstRow="1" w:lastRow="0" w:firstColumn="1" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{row(columns, is_head=True)}"
        f"{''.join(row(cells, is_head=False) for cells in rows)}</w:tbl>{_paragraph('')}"
    )


def _styles() -> str:
    def style(
        name: str, shown: str, size: int, *, before: int, after: int, bold: bool, level: int | None
    ) -> str:
        outline = "" if level is None else f'<w:keepNext/><w:outlineLvl w:val="{level}"/>'
        keep, outline_level = (
            ("<w:keepNext/>", outline.removeprefix("<w:keepNext/>")) if outline else ("", "")
        )
        return (
            f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{shown}"/><w:basedOn w:val="Normal"/>'
            f'<w:next w:val="Normal"/><w:qFormat/><w:pPr>{keep}<w:spacing w:before="{before}" w:after="{after}"/>'
            f'{outline_level}</w:pPr><w:rPr>{"<w:b/>" if bold else ""}<w:sz w:val="{size}"/></w:rPr></w:style>'
        )

    edge = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="8C8C8C"/>'
        for side in ("top", "bottom", "insideH")
    )
    return (
        f'{_HEAD}<w:styles {_W}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" '
        'w:cs="Calibri"/><w:sz w:val="22"/><w:lang w:val="da-DK"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>'
        '<w:spacing w:after="120" w:line="276" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>'
        + style("Title", "Title", 44, before=0, after=200, bold=True, level=None)
        + style("Heading1", "heading 1", 30, before=360, after=120, bold=True, level=0)
        + style("Heading2", "heading 2", 24, before=200, after=60, bold=True, level=1)
        + style("Cell", "Table cell", 20, before=40, after=40, bold=False, level=None)
        + '<w:style w:type="table" w:styleId="Figures"><w:name w:val="Figures"/><w:tblPr>'
        f"<w:tblBorders>{edge}</w:tblBorders></w:tblPr></w:style></w:styles>"
    )


def _properties(facts: Mapping[str, Any], made_at: datetime) -> str:
    stamp = f"{made_at:%Y-%m-%dT%H:%M:%SZ}"
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{_text(facts['title'])}</dc:title><dc:creator>{_text(facts['publisher'])}</dc:creator>"
        "<dc:language>da-DK</dc:language>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{stamp}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{stamp}</dcterms:modified></cp:coreProperties>'
    )


def _zipped(parts: Mapping[str, str]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as target:
        for name, text in parts.items():
            part = zipfile.ZipInfo(name, date_time=_FIRST_ZIP_TIME)
            part.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(part, text.encode())
    return output.getvalue()
