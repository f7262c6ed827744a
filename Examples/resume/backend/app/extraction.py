"""Text out of uploaded files: libmagic says what a file is, poppler's pdftotext reads it."""

import subprocess
from dataclasses import dataclass

import magic

TIMEOUT_SECONDS = 20


class ExtractionError(Exception):
    pass


@dataclass(frozen=True)
class Document:
    text: str
    pages: int


def extract(content: bytes) -> Document:
    kind = magic.from_buffer(content[:4096], mime=True)
    if kind == "text/plain":
        return Document(text=content.decode("utf-8", errors="replace").strip(), pages=1)
    if kind != "application/pdf":
        raise ExtractionError(f"a PDF or plain text is needed, this is {kind}")
    return _extract_pdf(content)


def _extract_pdf(content: bytes) -> Document:
    command = ["pdftotext", "-enc", "UTF-8", "-layout", "-", "-"]
    try:
        result = subprocess.run(command, input=content, capture_output=True, timeout=TIMEOUT_SECONDS, check=False)
    except FileNotFoundError:
        raise RuntimeError("pdftotext is not installed, it comes with poppler-utils") from None
    except subprocess.TimeoutExpired:
        raise ExtractionError("reading the PDF took too long") from None
    if result.returncode != 0:
        raise ExtractionError("the PDF is damaged or protected by a password")
    # pdftotext ends each page with a form feed.
    pages = result.stdout.decode("utf-8", errors="replace").split("\f")[:-1]
    text = "\n\n".join(page.strip() for page in pages).strip()
    if not text:
        raise ExtractionError("the PDF contains no text, only images")
    return Document(text=text, pages=len(pages))
