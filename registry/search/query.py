r"""What a person types into the search box, read into what it means.

    2205.14135  arXiv:2205.14135v2  10.1145/3600006  https://arxiv.org/abs/2205.14135   that package
    author:dao  author:"Tri Dao"    tag:kv-cache  #kv-cache    category:cs.LG    title:flash
    year:2022   year:2020-2023      licence:cc-by   namespace:hosted    reproduced:yes
    "exact words"    -word  -"some words"  -tag:survey  -category:cs.AI    plain words

Nothing a person types is an error, save its length: what fits no form is words. Pure: no database; looking words up
and mending slips is `registry.search.lexicon`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from registry.errors import InvalidIdentifier, InvalidQuery
from registry.identifiers import ARXIV_NAMESPACE, HOSTED_NAMESPACE, PackageId, parse_arxiv_id, parse_package_id

MAX_CHARACTERS = 500
MAX_WORDS = 24
MAX_WORD_CHARACTERS = 40
_UNUSABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")
_TOKEN = re.compile(r'(?P<minus>-?)(?:(?P<field>[A-Za-z]{2,9}):)?(?:"(?P<quoted>[^"]*)"?|(?P<bare>[^\s"]+))')
_JOINED = re.compile(r"[{}$^_]|['’]s?\b")
_WORD = re.compile(r"[^\W_]+")
_TEX_COMMAND = re.compile(r"\\([A-Za-z]+)")
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(?P<doi>10\.\d{4,9}/\S{1,200})", re.IGNORECASE)
_YEARS = re.compile(r"(?P<first>\d{4})?(?P<range>-|\.\.)?(?P<last>\d{4})?")
_YEAR_WORD = re.compile(r"19[89]\d|20[0-4]\d")
_FIELDS = {
    "au": "author",
    "author": "author",
    "cat": "category",
    "category": "category",
    "tag": "tag",
    "ti": "title",
    "title": "title",
    "year": "year",
    "license": "licence",
    "licence": "licence",
    "namespace": "namespace",
    "reproduced": "reproduced",
}
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """One query, read. All that is given must hold; words are in lower case, letters and digits only.

    ``package`` or ``doi`` is set where the query names one paper; then the rest does not matter. ``years`` is first
    and last, inclusive; ``year_words`` are years among the words, which a paper is of or has in its text. ``authors``,
    ``phrases`` and ``without`` hold runs of words, ``without`` also single ones.
    """

    text: str = ""
    package: PackageId | None = None
    doi: str | None = None
    words: Words = ()
    titles: Words = ()
    phrases: tuple[Words, ...] = ()
    authors: tuple[Words, ...] = ()
    without: tuple[Words, ...] = ()
    tags: Words = ()
    without_tags: Words = ()
    categories: Words = ()
    without_categories: Words = ()
    licences: Words = ()
    namespaces: Words = ()
    years: tuple[int, int] | None = None
    year_words: tuple[int, ...] = ()
    reproduced: bool | None = None

    @property
    def all_words(self) -> Words:
        """The plain words with years among them."""
        return (*self.words, *map(str, self.year_words))

    @property
    def says_nothing(self) -> bool:
        """Whether something was typed of which nothing could be read: signs alone."""
        asked = (
            self.package,
            self.doi,
            self.has_text,
            self.year_words,
            self.tags,
            self.without_tags,
            self.categories,
            self.without_categories,
        )
        return bool(self.text) and not any(
            (*asked, self.licences, self.namespaces, self.years, self.reproduced is not None)
        )

    @property
    def has_text(self) -> bool:
        """Whether there is anything to look up in texts."""
        return bool(self.words or self.titles or self.phrases or self.authors or self.without)


@dataclass(slots=True)
class _Gathered:
    lists: dict[str, list[str]] = field(default_factory=dict)
    runs: dict[str, list[Words]] = field(default_factory=dict)
    years: tuple[int, int] | None = None
    reproduced: bool | None = None

    def add(self, name: str, values: Words) -> None:
        known = self.lists.setdefault(name, [])
        known += [value for value in dict.fromkeys(values) if value not in known]

    def add_run(self, name: str, run: Words) -> None:
        if run and run not in (known := self.runs.setdefault(name, [])):
            known.append(run)


def parse_query(text: str) -> SearchQuery:
    """Read what was typed. Raises InvalidQuery for a query over `MAX_CHARACTERS` or over `MAX_WORDS` words."""
    cleaned = _UNUSABLE.sub(" ", text).strip()
    if len(cleaned) > MAX_CHARACTERS:
        raise InvalidQuery(f"the query has {len(cleaned)} characters; {MAX_CHARACTERS} is the most")
    if named := _named_paper(cleaned):
        return named
    gathered = _Gathered()
    for token in _TOKEN.finditer(cleaned):
        _take(token, gathered)
    words = gathered.lists.pop("words", [])
    read = SearchQuery(
        text=cleaned,
        years=gathered.years,
        reproduced=gathered.reproduced,
        year_words=tuple(int(word) for word in words if _YEAR_WORD.fullmatch(word)),
        words=tuple(word for word in words if not _YEAR_WORD.fullmatch(word)),
        **{name: tuple(values) for name, values in gathered.lists.items()},  # type: ignore[arg-type]
        **{name: tuple(runs) for name, runs in gathered.runs.items()},  # type: ignore[arg-type]
    )
    count = len(words) + len(read.titles) + sum(map(len, (*read.phrases, *read.authors, *read.without)))
    if count > MAX_WORDS:
        raise InvalidQuery(f"the query has {count} words; {MAX_WORDS} is the most")
    return read


def split_words(text: str) -> Words:
    """The words of a text, in order: lower case, letters and digits only, TeX's signs and apostrophes taken off."""
    plain = _TEX_COMMAND.sub(r" \1 ", unicodedata.normalize("NFKC", text))
    return tuple(word[:MAX_WORD_CHARACTERS] for word in _WORD.findall(_JOINED.sub("", plain).lower()))


def _named_paper(text: str) -> SearchQuery | None:
    """The query as one paper's name: whole, or with words around an identifier that cannot be mistaken."""
    if package := _package(text):
        return SearchQuery(text, package=package)
    if found := _DOI.fullmatch(text):
        return SearchQuery(text, doi=found["doi"].rstrip(".,;").lower())
    for token in text.split():
        bare = token.strip("()[]<>,;.")
        if (bare.lower().startswith(("arxiv:", "http")) or re.fullmatch(r"\d{4}\.\d{4,5}(v\d+)?", bare)) and (
            package := _package(bare)
        ):
            return SearchQuery(text, package=package)
    return None


def _package(text: str) -> PackageId | None:
    try:
        if text.lower().startswith(f"{HOSTED_NAMESPACE}:"):
            return parse_package_id(text)
        return PackageId(ARXIV_NAMESPACE, parse_arxiv_id(text).id)
    except InvalidIdentifier:
        return None


def _take(token: re.Match[str], gathered: _Gathered) -> None:
    minus = bool(token["minus"])
    value = token["quoted"] if token["quoted"] is not None else token["bare"]
    name = _FIELDS.get((token["field"] or "").lower())
    if name is None and token["field"]:  # foo:bar is words
        value = f"{token['field']} {value}"
    if name is None and value.startswith("#") and len(value) > 1:
        name, value = "tag", value[1:]
    if name in ("tag", "category", "licence", "namespace"):
        _take_filter(name, value, gathered, minus=minus)
    elif name == "year" and not minus and (years := read_years(value)):
        gathered.years = years
    elif name == "reproduced" and (said := read_yes_or_no(value)) is not None:
        gathered.reproduced = said != minus
    else:
        _take_words(name, split_words(value), gathered, minus=minus, quoted=token["quoted"] is not None)


def _take_filter(name: str, value: str, gathered: _Gathered, *, minus: bool) -> None:
    value = value.strip().removeprefix("#")
    plural = {"tag": "tags", "category": "categories", "licence": "licences", "namespace": "namespaces"}[name]
    if name in ("tag", "licence", "namespace"):
        value = "-".join(value.lower().split())
    if value and len(value) <= 100 and not (minus and name in ("licence", "namespace")):
        gathered.add(f"without_{plural}" if minus else plural, (value,))


def _take_words(name: str | None, words: Words, gathered: _Gathered, *, minus: bool, quoted: bool) -> None:
    if minus:
        gathered.add_run("without", words)
    elif name == "author":
        gathered.add_run("authors", words)
    elif quoted and len(words) > 1:
        gathered.add_run("phrases", words)
    elif name == "title":
        gathered.add("titles", words)
    else:
        gathered.add("words", words)


def read_yes_or_no(value: str) -> bool | None:
    """What is said by yes, no, true or false; None for anything else."""
    return {"yes": True, "true": True, "no": False, "false": False}.get(value.strip().lower())


def read_years(value: str) -> tuple[int, int] | None:
    """First and last year, inclusive, of 2022, 2020-2023, 2020.. or ..2019; None for anything else."""
    found = _YEARS.fullmatch(value.strip())
    if found is None or not (found["first"] or found["last"]):
        return None
    if not found["range"]:
        return (int(found["first"]), int(found["first"])) if found["first"] and not found["last"] else None
    return int(found["first"] or 0), int(found["last"] or 9999)
