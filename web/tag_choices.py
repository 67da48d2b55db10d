"""A tag given to a package by hand, or taken from it: the owner's word against what the words of the paper give."""

from __future__ import annotations

from pathlib import Path

from sqlmodel import Session

from registry.errors import InvalidInput, NotFound
from registry.identifiers import PackageId
from registry.packages import read_package
from registry.tag_sources import choose_tag, forget_choice
from registry.tags import PROVENANCE, Vocabulary, vocabulary_in_force
from web.retagging import retag_one

_MAX_CHARACTERS = 100


def give_tag(
    session: Session, package_id: PackageId, written: str, *, by: str, tags_file: Path | None
) -> tuple[str, ...]:
    """Let a package have the tag that ``written`` stands for; its tags from now on.

    The caller may change the package. Raises InvalidInput for what can be no tag, PackageNotFound, Withdrawn.
    """
    vocabulary = vocabulary_in_force(tags_file)
    tag = _tag(written, vocabulary)
    read_package(session, package_id)
    choose_tag(session, package_id, tag, given=True, by=by)
    return retag_one(session, str(package_id), vocabulary)


def take_tag(
    session: Session, package_id: PackageId, written: str, *, by: str, tags_file: Path | None
) -> tuple[str, ...]:
    """Let a package not have a tag, whatever its words say; its tags from now on. One given by hand is given up.

    The caller may change the package. Raises NotFound if it has no such tag, InvalidInput, PackageNotFound, Withdrawn.
    """
    vocabulary = vocabulary_in_force(tags_file)
    tag = _tag(written, vocabulary)
    if tag not in read_package(session, package_id).item.tags:
        raise NotFound(f"{package_id} has no tag #{tag}.")
    forget_choice(session, package_id, tag)
    left = retag_one(session, str(package_id), vocabulary)
    if tag not in left:
        return left
    choose_tag(session, package_id, tag, given=False, by=by)
    return retag_one(session, str(package_id), vocabulary)


def _tag(written: str, vocabulary: Vocabulary) -> str:
    shown = written[:_MAX_CHARACTERS]
    if vocabulary.normalise(shown) in PROVENANCE:
        raise InvalidInput(f"#{shown} says where a package comes from; it is not given or taken by hand.")
    tag = vocabulary.name_of(shown) if len(written) <= _MAX_CHARACTERS else None
    if tag is None:
        raise InvalidInput(
            f"{shown!r} can be no tag here: write at most four words with a letter among them, and none that the "
            "operator banned."
        )
    return tag
