"""What is said of a scenario and its errors, in English and in Simplified Chinese.

The English stands in the code where it is said; the Chinese beside it, sentence by sentence, in the files of
the folder ``chinese``. So a message reads in the code as people read it, and no message can be without its
English.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

type Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
FOLDER = Path(__file__).with_name("chinese")
_COMMA: dict[Language, str] = {"en": ", ", "zh": "、"}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text in both languages; make one with :func:`phrase`.

    Attributes:
        english: the text, with {places} for values.
        values: by their place's name: a phrase, which is put into the language asked for; a tuple, whose
            values are listed; anything else as Python formats it.
    """

    english: str
    values: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        """In English."""
        return self.in_("en")

    def in_(self, language: Language) -> str:
        """In one of the languages."""
        text = self.english if language == "en" else chinese().get(self.english, self.english)
        return text.format(**{name: _put(value, language) for name, value in self.values})


def _put(value: object, language: Language) -> object:
    if isinstance(value, Phrase):
        return value.in_(language)
    if isinstance(value, tuple):
        return _COMMA[language].join(str(_put(one, language)) for one in value)
    return value


def phrase(english: str, **values: object) -> Phrase:
    """A text in both languages.

    Args:
        english: the text, a key of the files in ``chinese``, with {places} for values.
        values: what stands in those places.
    """
    return Phrase(english, tuple(values.items()))


def hinted(said: Phrase, *hints: Phrase | None) -> Phrase:
    """A text with what may help behind it, as far as there is such a thing."""
    for hint in hints:
        if hint is not None:
            said = phrase("{said}; {hint}", said=said, hint=hint)
    return said


def listed(names: Iterable[object]) -> tuple[str, ...]:
    """Names as a phrase takes them, to be listed."""
    return tuple(map(str, names))


def in_a_row(sentences: Iterable[Phrase], language: Language) -> str:
    """Sentences one behind the other."""
    return (" " if language == "en" else "").join(sentence.in_(language) for sentence in sentences)


def in_language(text: Phrase | str, language: Language) -> str:
    """A text in one of the languages; one that is there in English alone stays as it is."""
    return text.in_(language) if isinstance(text, Phrase) else text


def in_both(text: Phrase | str) -> dict[Language, str]:
    """A text by language."""
    return {language: in_language(text, language) for language in LANGUAGES}


@cache
def chinese() -> dict[str, str]:
    """The Chinese of each English text."""
    found: dict[str, str] = {}
    for file in sorted(FOLDER.glob("*.toml")):
        found |= tomllib.loads(file.read_text(encoding="utf-8"))
    return found
