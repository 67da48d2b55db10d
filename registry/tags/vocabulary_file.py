"""Vocabulary files: TOML in, checked entries out.

The curated files beside this module and an operator's extension have one form (docs/tags.md); an extension may also
map, merge and ban. Reading and checking only: what entries do to each other is `registry.tags.vocabulary`'s work.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from registry.errors import InvalidSettings
from registry.tags.words import fold

MAX_NAME: Final = 48
_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_CATEGORY: Final = re.compile(r"[a-z]+(?:-[a-z]+)?(?:\.[A-Za-z]+(?:-[a-z]+)?)?")


def is_name(text: str) -> bool:
    """Whether ``text`` can be a tag's name: lower-case words and digits joined by hyphens, 2 to 48 characters."""
    return 2 <= len(text) <= MAX_NAME and _NAME.fullmatch(text) is not None


def _name(text: str) -> str:
    text = text.removeprefix("#")
    if not is_name(text):
        raise ValueError(f"{text!r} is no tag name: use lower-case words joined by hyphens, such as kv-cache")
    return text


def _phrase(text: str) -> str:
    if not fold(text):
        raise ValueError(f"{text!r} has no word in it: write the words to look for, or remove it")
    return text


def _category(text: str) -> str:
    if not _CATEGORY.fullmatch(text):
        raise ValueError(f"{text!r} is no arXiv category: write one as cs.LG, or an archive as cs")
    return text


Name = Annotated[str, AfterValidator(_name)]
Phrase = Annotated[str, AfterValidator(_phrase)]
Category = Annotated[str, AfterValidator(_category)]


class Entry(BaseModel):
    """One tag. Phrases match whatever their case (unless they hold a capital), number, hyphens and spelling.

    ``synonyms`` mean the tag wherever they stand; ``ambiguous`` ones do in a paper of one of ``categories`` (a
    category or an archive) or one that has a phrase of ``context``; ``except`` phrases are those in which the words
    mean something else. The tag's own name is a synonym unless listed as ambiguous. A ``broad`` tag is worth giving
    only where the title, the keywords or repeated mention say it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    definition: Annotated[str, Field(max_length=200)] = ""
    synonyms: tuple[Phrase, ...] = ()
    ambiguous: tuple[Phrase, ...] = ()
    except_: tuple[Phrase, ...] = Field(default=(), alias="except")
    categories: tuple[Category, ...] = ()
    context: tuple[Phrase, ...] = ()
    related: tuple[Name, ...] = ()
    broad: bool = False


class VocabularyFile(BaseModel):
    """One file: tags by name; and, in an extension, texts mapped to tags, tags merged into others, tags banned."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tags: dict[Name, Entry] = Field(default_factory=dict)
    map: dict[Phrase, Name] = Field(default_factory=dict)
    merge: dict[Name, Name] = Field(default_factory=dict)
    ban: tuple[Name, ...] = ()


def read_vocabulary_file(path: Path) -> VocabularyFile:
    """The checked content of ``path``.

    Raises InvalidSettings naming the file, the entry and what to change.
    """
    try:
        return VocabularyFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InvalidSettings(
            f"{path}: the tag vocabulary cannot be read ({error.strerror}); check the path"
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidSettings(f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise InvalidSettings(f"{path}: not TOML: {error}; mend that line") from error
    except ValidationError as error:
        raise InvalidSettings("\n".join(_explain(path, error))) from error


def _explain(path: Path, error: ValidationError) -> list[str]:
    """One sentence for every fault, each with file, entry and mend."""
    sentences = []
    for fault in error.errors(include_url=False):
        entry = ".".join(str(part) for part in fault["loc"] if part != "[key]")
        reason = fault["msg"].removeprefix("Value error, ")
        if fault["type"] == "extra_forbidden":
            known = Entry if fault["loc"][0] == "tags" else VocabularyFile
            names = ", ".join(field.alias or name for name, field in known.model_fields.items())
            reason = f"unknown key; use one of {names}, or remove it"
        sentences.append(f"{path}: [{entry}] {reason}")
    return sentences
