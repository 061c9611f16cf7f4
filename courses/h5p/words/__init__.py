"""What libraries say, in the languages of the platform: ``<language>.json`` has it by the English."""

import json
from functools import lru_cache
from pathlib import Path


@lru_cache
def words_in(language: str) -> dict[str, str]:
    """What libraries' titles, labels and the texts on their buttons are in a language, by the English."""
    path = Path(__file__).parent / f"{language}.json"
    known: dict[str, str] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return known
