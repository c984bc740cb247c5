"""Output in any encoding: unsupported characters are replaced by ASCII spellings."""

from __future__ import annotations

import codecs
import json
import sys
from typing import Any

HANDLER = "qubatt-spell"
"""Name of the error handler of the standard streams."""

ASCII = "qubatt-ascii"
"""Another name of ASCII; Typer would write UTF-8 to streams with the encoding ``ascii``.
"""

SPELLINGS = {
    "−": "-", "–": "-", "—": "-", "…": "...", "×": "x", "·": "*", "±": "+-", "½": "1/2",
    "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "∝": "~", "∞": "inf", "√": "sqrt ", "∂": "d",
    "†": "^+", "⟨": "<", "⟩": ">", "‖": "||", "→": "->", "⊗": " x ", "ħ": "hbar", "′": "'",
    "↑": "up", "↓": "down", "⊥": "_|_", "⌈": "ceil(", "⌉": ")", "𝓛": "L", "∈": " in ",
    "█": "#", "░": ".", "“": '"', "”": '"', "‘": "'", "’": "'", "ø": "o",
}  # fmt: skip
"""Spellings of characters that the rules of `spell` do not cover."""


def prepare_streams() -> None:
    """Make standard output and error replace unsupported characters with ASCII spellings."""
    codecs.register_error(HANDLER, _spell)
    codecs.register(_ascii)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is None:
            continue
        if codecs.lookup(stream.encoding).name == "ascii":
            reconfigure(encoding=ASCII, errors=HANDLER)
        else:
            reconfigure(errors=HANDLER)


def json_text(data: Any, indent: int | None = None) -> str:
    """Return JSON; non-ASCII characters are ``\\uXXXX`` if standard output does not support all."""
    text = json.dumps(data, indent=indent, ensure_ascii=False, allow_nan=False)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(data, indent=indent, allow_nan=False)
    return text


def _ascii(name: str) -> codecs.CodecInfo | None:
    """Return the codec for the name `ASCII`, None for others; names arrive in lower case."""
    if name.replace("_", "-") != ASCII:
        return None
    plain = codecs.lookup("ascii")
    return codecs.CodecInfo(
        plain.encode,
        plain.decode,
        plain.streamreader,
        plain.streamwriter,
        plain.incrementalencoder,
        plain.incrementaldecoder,
        name=ASCII,
    )


def _spell(error: UnicodeError) -> tuple[str, int]:
    """Replace unsupported characters with ASCII spellings; an error handler for `codecs`."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text, mark = "", ""
    for spelling in map(spell, error.object[error.start : error.end]):
        text += spelling[1:] if mark and spelling.startswith(mark) else spelling
        mark = spelling[:1] if spelling[:1] in ("^", "_") else ""  # 10⁻¹² is 10^-12
    return text, error.end


def spell(character: str) -> str:
    """Return a character in ASCII: ω as omega, ² as ^2, ₁ as _1, é as e; ? if no rule applies."""
    import unicodedata

    if character in SPELLINGS:
        return SPELLINGS[character]
    words = unicodedata.name(character, "").split()
    if words[:1] == ["GREEK"] and words[2:3] == ["LETTER"]:
        return words[3].lower() if words[1] == "SMALL" else words[3].capitalize()
    if unicodedata.combining(character):
        return ""
    kind, _, plain = unicodedata.decomposition(character).rpartition("> ")
    letters = "".join(chr(int(code, 16)) for code in plain.split())
    plain = "".join(part if part.isascii() else spell(part) for part in letters)
    if not plain:
        return "?"
    return {"<super": "^", "<sub": "_"}.get(kind, "") + plain
