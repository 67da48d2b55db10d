"""What arXiv's sources send, cleaned: every form seen in real data, and the nonsense around it."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.arxiv_text import (
    clean_categories,
    clean_license,
    clean_text,
    is_bare_day,
    parse_day,
    parse_moment,
    parse_size,
    plausible_submission,
)
from registry.identifiers import parse_arxiv_id


@given(st.text())
def test_cleaned_text_can_be_stored_and_cleaning_it_again_changes_nothing(text: str) -> None:
    cleaned = clean_text(text)
    if cleaned is None:
        return
    cleaned.encode("utf-8")
    assert "\0" not in cleaned
    assert cleaned == " ".join(cleaned.split())
    assert unicodedata.is_normalized("NFC", cleaned)
    if "&" not in cleaned:
        assert clean_text(cleaned) == cleaned


@pytest.mark.parametrize("text", ["Â\u200b¡", "A\u0302¡", "Â\u00ad¡"])
def test_misread_text_is_mended_though_something_stood_inside_it(text: str) -> None:
    assert clean_text(text) == "¡"


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("Calculation of prompt\n  diphoton", "Calculation of prompt diphoton"),
        ("  A fully differential\ncalculation.\n", "A fully differential calculation."),
        ("H$_2$O at 73\\% of $2.4\\times$", "H$_2$O at 73\\% of $2.4\\times$"),
        ("Poincar\\'e and {\\em others}", "Poincar\\'e and {\\em others}"),
        ("45&deg; is &lt; 90", "45° is < 90"),
        ("the &#963; of a &#xE9;tude", "the σ of a étude"),
        ("AT&T; R&D a & b; &nosuch; &lt", "AT&T; R&D a & b; &nosuch; &lt"),
        ("e\u0301", "é"),
        ("a\u00a0b\u3000c\u2028d", "a b c d"),
        ("\ufeffTitle\u200b of\u00ad\x00 \x07this\u202e", "Title of this"),
        ("half \ud83d pair", "half \ufffd pair"),
        ("JosÃ© RaÃºl, GÃ¶tz; $Ï\x84$Test, WeiÃ\x9fl, \u00c5\u0081ukasz", "José Raúl, Götz; $τ$Test, Weißl, Łukasz"),
        ("d\u00c3\u00a0 and 5\u00e2\u0080\u009310", "dà and 5–10"),
        ("10 Å² and 3 Å³, SÃO PAULO, «CITÉ», Spaß«, É°", "10 Å² and 3 Å³, SÃO PAULO, «CITÉ», Spaß«, É°"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\n \t", None),
        ("\u200b", None),
        ("", None),
        (None, None),
        (17, None),
        (["a"], None),
        (True, None),
    ],
)
def test_clean_text(raw: object, cleaned: str | None) -> None:
    assert clean_text(raw) == cleaned


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("Mon, 2 Apr 2007 19:18:42 GMT", datetime(2007, 4, 2, 19, 18, 42, tzinfo=UTC)),
        ("Mon, 17 Jul 2023 17:50:36 UTC", datetime(2023, 7, 17, 17, 50, 36, tzinfo=UTC)),
        ("Fri, 27 Dec 2013 21:39:30 -0500", datetime(2013, 12, 28, 2, 39, 30, tzinfo=UTC)),
        ("2 Apr 2007 19:18:42", datetime(2007, 4, 2, 19, 18, 42, tzinfo=UTC)),
        ("2022-05-27T17:53:09Z", datetime(2022, 5, 27, 17, 53, 9, tzinfo=UTC)),
        ("2016-10-09T00:00:00-04:00", datetime(2016, 10, 9, 4, tzinfo=UTC)),
        ("2022-05-27 17:53:09", datetime(2022, 5, 27, 17, 53, 9, tzinfo=UTC)),
        ("2022-05-27 17:53:09 UTC", datetime(2022, 5, 27, 17, 53, 9, tzinfo=UTC)),
        (" 2008-11-26 ", datetime(2008, 11, 26, tzinfo=UTC)),
        ("2008-13-26", None),
        ("2008-02-30", None),
        ("1970-01-01", None),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("2993-01-01", None),
        ("Mon, 99 Apr 2007 19:18:42 GMT", None),
        ("Mon, 2 Apr 2007 19:18:42 +9999999999", None),
        ("2008", None),
        ("yesterday", None),
        ("", None),
        (20081126, None),
        (None, None),
        ({"year": 2008}, None),
    ],
)
def test_parse_moment(raw: object, moment: datetime | None) -> None:
    assert parse_moment(raw) == moment


@given(st.text() | st.from_regex(r"\d{4}-?\d\d-?\d\d[T ]?[\d:.Z+-]*|\w{3}, \d+ \w{3} \d+ [\d:]+ [A-Z+-]*\d*"))
def test_no_text_makes_the_date_reader_raise(text: str) -> None:
    moment = parse_moment(text)
    assert moment is None or moment.utcoffset() == timedelta(0)


def test_tomorrow_is_believed_and_next_week_is_not() -> None:
    now = datetime.now(UTC)
    assert parse_moment((now + timedelta(hours=12)).isoformat()) is not None
    assert parse_moment((now + timedelta(days=7)).isoformat()) is None


def test_days() -> None:
    assert parse_day("Mon, 2 Apr 2007 19:18:42 GMT") == date(2007, 4, 2)
    assert parse_day("nonsense") is None
    assert is_bare_day("2008-11-26")
    assert not is_bare_day("2008-11-26T00:00:00Z")


@pytest.mark.parametrize(
    ("arxiv_id", "day", "believed"),
    [
        ("1706.03762", "2017-06-12", True),
        ("1706.03762", "2023-08-02", False),
        ("1501.00001", "2013-12-27", True),
        ("0704.0002", "2007-03-31", True),
        ("2205.14135", "1993-05-27", False),
        ("cs/9301114", "1991-10-31", True),
        ("math/9201213", "1999-10-01", True),
    ],
)
def test_a_submission_that_the_identifier_contradicts_is_unknown(arxiv_id: str, day: str, believed: bool) -> None:
    moment = parse_moment(day)
    assert plausible_submission(moment, parse_arxiv_id(arxiv_id)) == (moment if believed else None)


@pytest.mark.parametrize(
    ("raw", "categories"),
    [
        ("cs.LG cs.DC", ("cs.LG", "cs.DC")),
        (["cs.LG", "cs.DC", "cs.LG"], ("cs.LG", "cs.DC")),
        (["cs.LG cs.DC"], ("cs.LG", "cs.DC")),
        ("cs.LG, stat.ML;math.OC", ("cs.LG", "stat.ML", "math.OC")),
        ("acc-phys physics.acc-ph", ("physics.acc-ph",)),
        ("cmp-lg", ("cs.CL",)),
        ("hep-th cond-mat.mes-hall q-bio.QM", ("hep-th", "cond-mat.mes-hall", "q-bio.QM")),
        ("cs.lg CS.DC", ("cs.LG", "cs.DC")),
        ("cs.ZZ", ("cs.ZZ",)),
        (["cs.CV", "I.4", "68T05, 68T07", "68U05 (Primary) 65D18 (Secondary)", "I.2.10; H.3"], ("cs.CV",)),
        (["cs.CV", None, 3, ["cs.LG"]], ("cs.CV",)),
        ("", ()),
        (None, ()),
        (7, ()),
    ],
)
def test_clean_categories(raw: object, categories: tuple[str, ...]) -> None:
    assert clean_categories(raw) == categories


@pytest.mark.parametrize(
    "raw",
    [
        "http://creativecommons.org/licenses/by/4.0/",
        "https://creativecommons.org/licenses/by/4.0",
        " https://www.CreativeCommons.org/licenses/by/4.0// ",
        "https://creativecommons.org/licenses/by/4.0/deed.en",
        "http://creativecommons.org/licenses/by/4.0/legalcode",
    ],
)
def test_a_licence_has_one_address(raw: str) -> None:
    assert clean_license(raw) == "http://creativecommons.org/licenses/by/4.0/"


@pytest.mark.parametrize("raw", ["", "None", "CC BY 4.0", "http://", "http://[", "file:///etc/passwd", 4, None])
def test_what_is_no_licence_address(raw: object) -> None:
    assert clean_license(raw) is None


@pytest.mark.parametrize(
    ("raw", "size", "kind"),
    [
        ("199kb", 199 * 1024, None),
        ("0kb,I", 0, "I"),
        ("23kb,AD", 23 * 1024, "AD"),
        ("1,421 KB", 1421 * 1024, None),
        ("2.5 MB", 2621440, None),
        ("big", None, None),
        (None, None, None),
        (199, None, None),
    ],
)
def test_parse_size(raw: object, size: int | None, kind: str | None) -> None:
    assert parse_size(raw) == (size, kind)
