"""The vocabulary: sound data, exact lookups, and an extension that adds, overrides, maps, merges and bans."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.errors import InvalidSettings
from registry.tags import TagInput, Vocabulary, default_vocabulary, derive_tags
from registry.tags.vocabulary_file import is_name
from registry.tags.words import fold


def extended(tmp_path: Path, text: str) -> Vocabulary:
    path = tmp_path / "tags.toml"
    path.write_text(text, encoding="utf-8")
    return Vocabulary.load(path)


@pytest.mark.parametrize(
    "text",
    [
        "KV cache", "key-value cache", "kv-caching", "KV caches", "kv-cache", "#kv-cache", "keyvalue cache",
        r"\textsc{KV} Cache", "$KV$-caches", "key-value (KV) cache",
    ],
)  # fmt: skip
def test_every_spelling_of_the_kv_cache_is_one_tag(text: str) -> None:
    assert default_vocabulary().normalise(text) == "kv-cache"


def test_unknown_and_empty_texts_are_no_tag() -> None:
    vocabulary = default_vocabulary()
    assert vocabulary.normalise("wholly unheard-of thing") is None
    assert vocabulary.normalise("") is None
    assert vocabulary.normalise("$$") is None


def test_there_are_over_five_hundred_tags_each_with_one_line_on_what_it_is() -> None:
    vocabulary = default_vocabulary()
    assert len(vocabulary.tags) >= 500
    for tag in vocabulary.tags:
        definition = vocabulary.definition(tag) or ""
        assert is_name(tag)
        assert definition.endswith((".", "?", "!"))
        assert "\n" not in definition
        assert 15 < len(definition) <= 200


def test_related_tags_exist_and_are_not_the_tag_itself() -> None:
    vocabulary = default_vocabulary()
    for tag, entry in vocabulary.entries.items():
        assert set(entry.related) <= set(vocabulary.tags), tag
        assert tag not in vocabulary.related(tag)
    assert "cache-eviction" in vocabulary.related("kv-cache")


def test_every_phrase_of_the_vocabulary_is_found_again_by_the_lookup() -> None:
    vocabulary = default_vocabulary()
    lost = [
        (tag, phrase)
        for tag, entry in vocabulary.entries.items()
        for phrase in entry.synonyms
        if vocabulary.normalise(phrase) is None
    ]
    assert lost == []


def test_no_sure_phrase_of_a_tag_is_also_ambiguous_for_it() -> None:
    for tag, entry in default_vocabulary().entries.items():
        sure = {fold(phrase) for phrase in entry.synonyms if phrase == phrase.lower()}
        assert not sure & {fold(phrase) for phrase in entry.ambiguous if phrase == phrase.lower()}, tag


def test_ambiguous_phrases_have_something_to_settle_them() -> None:
    for tag, entry in default_vocabulary().entries.items():
        assert not entry.ambiguous or entry.categories or entry.context or entry.synonyms, tag


def test_an_extension_adds_a_tag(tmp_path: Path) -> None:
    vocabulary = extended(tmp_path, '[tags.sourdough]\ndefinition = "Bread."\nsynonyms = ["levain"]\n')
    assert vocabulary.normalise("Levains") == "sourdough"
    assert vocabulary.definition("sourdough") == "Bread."
    assert [tag.name for tag in derive_tags(TagInput("On levain"), vocabulary)] == ["sourdough"]


def test_an_extension_overrides_only_the_keys_it_names(tmp_path: Path) -> None:
    vocabulary = extended(tmp_path, '[tags.kv-cache]\ndefinition = "Ours."\n')
    assert vocabulary.definition("kv-cache") == "Ours."
    assert vocabulary.normalise("key-value cache") == "kv-cache"


def test_an_extension_maps_merges_and_bans(tmp_path: Path) -> None:
    vocabulary = extended(
        tmp_path, 'ban = ["blockchain"]\n[map]\n"our special word" = "attention"\n[merge]\nlora = "fine-tuning"\n'
    )
    assert vocabulary.normalise("our special words") == "attention"
    assert vocabulary.normalise("lora") == "fine-tuning"
    assert vocabulary.normalise("blockchain") is None
    names = [tag.name for tag in derive_tags(TagInput("LoRA and a blockchain: our special word"), vocabulary)]
    assert "fine-tuning" in names
    assert "attention" in names
    assert "lora" not in names
    assert "blockchain" not in names


def test_a_banned_keyword_makes_no_tag(tmp_path: Path) -> None:
    vocabulary = extended(tmp_path, 'ban = ["best-paper"]\n')
    assert derive_tags(TagInput("Zyx", keywords=("Best paper",)), vocabulary) == ()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("[tags.x", ("not TOML", "end of document")),
        ("[tags.Big_Name]\ndefinition = 'x'", ("Big_Name", "kv-cache")),
        ("[tags.ours]\nsynonyms = ['a']", ("[tags.ours]", "definition")),
        ("[tags.ours]\ndefinition = 'x'\nsynonym = ['a']", ("[tags.ours.synonym]", "unknown key", "synonyms")),
        ("[tags.ours]\ndefinition = 'x'\nsynonyms = ['...']", ("[tags.ours.synonyms.0]", "no word")),
        ("[tags.ours]\ndefinition = 'x'\ncategories = ['CS LG']", ("categories.0", "arXiv category")),
        ("[map]\nfoo = 'no-such-tag'", ("[map.foo]", "#no-such-tag", "[tags]")),
        ("[merge]\nlora = 'no-such-tag'", ("[merge.lora]", "#no-such-tag")),
        ("ban = ['attention']\n[map]\nfoo = 'attention'", ("[map.foo]", "banned")),
        ("[merge]\nlora = 'bert'\nbert = 'llm'", ("[merge.bert]", "last")),
    ],
)
def test_a_faulty_extension_names_file_entry_and_mend(tmp_path: Path, text: str, parts: tuple[str, ...]) -> None:
    with pytest.raises(InvalidSettings) as caught:
        extended(tmp_path, text)
    message = str(caught.value)
    assert "tags.toml" in message
    for part in parts:
        assert part in message


def test_a_missing_extension_says_so(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="cannot be read"):
        Vocabulary.load(tmp_path / "none.toml")


def test_the_version_changes_with_the_data_and_only_then(tmp_path: Path) -> None:
    plain = Vocabulary.load()
    assert plain.version == Vocabulary.load().version
    assert extended(tmp_path, "").version == plain.version
    assert extended(tmp_path, 'ban = ["nlp"]').version != plain.version
    assert extended(tmp_path, '[map]\nfoo = "nlp"').version != plain.version
