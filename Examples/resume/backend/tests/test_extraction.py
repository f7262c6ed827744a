import shutil

import pytest

from app.extraction import ExtractionError, extract

PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj
4 0 obj<</Length 41>>stream
BT /F1 18 Tf 20 40 Td (Ada Lovelace) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
"""


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")
def test_a_pdf_becomes_text():
    document = extract(PDF)
    assert (document.text, document.pages) == ("Ada Lovelace", 1)


def test_plain_text_stays():
    assert extract("Ada\nLovelace\n".encode()).text == "Ada\nLovelace"


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n" + bytes(40), b"PK\x03\x04" + bytes(40)])
def test_anything_else_is_refused(content):
    with pytest.raises(ExtractionError):
        extract(content)
