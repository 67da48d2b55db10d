"""The discoveries page and a package's page in a browser, most of it with JavaScript switched off."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine
from sqlmodel import Session

from registry.import_log import Tally, finish_run, note_progress, start_run

pytestmark = pytest.mark.browser
Look = Callable[..., Page]


def test_filters_combine_and_come_off_by_clicking_without_javascript(look: Look, address: str) -> None:
    page = look("/", javascript=False)
    expect(page.locator(".total")).to_have_text("33 packages by attention")
    page.locator(".facet.category").get_by_text("cs.LG", exact=True).click()
    page.locator(".entry .tags").get_by_text("#quantization").first.click()
    assert page.url == f"{address}/?category=cs.LG&tag=quantization"
    narrowed = page.locator(".entry").count()
    assert 0 < narrowed < 25
    page.get_by_label("Remove the filter cs.LG").click()
    assert page.url == f"{address}/?tag=quantization"
    assert page.locator(".entry").count() > narrowed
    page.go_back()
    assert page.locator(".entry").count() == narrowed


def test_a_value_can_be_left_out(look: Look, address: str) -> None:
    page = look("/", javascript=False)
    item = page.locator(".facet.category li", has_text="cs.CL")
    item.hover()
    item.get_by_label("Leave out cs.CL").click()
    assert page.url == f"{address}/?-category=cs.CL"
    expect(page.locator(".entry", has_text="cs.CL")).to_have_count(0)


def test_an_abstract_opens_in_place_without_javascript(look: Look) -> None:
    page = look("/?category=cs.LG&category=cs.DC", javascript=False)
    rest = page.locator(".abstract .rest")
    expect(rest).to_be_hidden()
    page.locator(".abstract summary").click()
    expect(rest).to_be_visible()


def test_tex_is_typeset(look: Look) -> None:
    page = look("/packages/arxiv/2205.14135")
    expect(page.locator("h1")).to_have_text("FlashAttention: 2.4× Faster on H2O")
    formula = page.locator(".abstract math").first
    expect(formula).to_be_visible()
    assert (
        page.evaluate("document.querySelector('.abstract math').namespaceURI") == "http://www.w3.org/1998/Math/MathML"
    )
    text = page.locator("main").inner_text()
    assert not any(mark in text for mark in ("\\", "$", "{", "}"))


def test_the_next_page_is_a_click_away(look: Look) -> None:
    def shown() -> list[str]:
        found: list[str] = page.eval_on_selector_all(".entry h2 a", "links => links.map(link => link.href)")
        return found

    page = look("/?limit=20", javascript=False)
    first = shown()
    page.get_by_role("link", name="Next page").click()
    second = shown()
    assert (len(first), len(second)) == (20, 13)
    assert not set(first) & set(second)
    page.get_by_role("link", name="Back to the first page").click()
    assert shown() == first


def test_a_hostile_title_runs_nothing(look: Look) -> None:
    page = look("/packages/arxiv/2301.00003")
    expect(page.locator("h1")).to_have_text('<script>alert("x")</script>')


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/?tag=quantization&-category=cs.DC", "/packages/arxiv/2205.14135", "/problems"])
def test_nothing_sticks_out_sideways(look: Look, path: str, width: int, scheme: str) -> None:
    page = look(path, width=width, scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_keyboard_reaches_the_content_first(look: Look) -> None:
    page = look("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_every_control_has_a_name_and_every_id_is_its_own(look: Look) -> None:
    page = look("/?tag=quantization&-tag=llm")
    nameless = page.evaluate(
        "[...document.querySelectorAll('a, summary, progress')]"
        ".filter(e => !(e.getAttribute('aria-label') || e.textContent.trim())).map(e => e.outerHTML)"
    )
    assert nameless == []
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    assert page.locator("h1").count() == 1


def test_the_import_notice_keeps_itself_up_to_date(look: Look, engine: Engine) -> None:
    with Session(engine) as session:
        run = start_run(session, "arxiv", {})
        note_progress(session, run, Tally(created=40), step="cs.LG", expected=200)
        session.commit()
        page = look("/")
        expect(page.locator(".notice")).to_contain_text("40 of 200")
        note_progress(session, run, Tally(created=80), step="cs.LG", expected=200)
        session.commit()
        expect(page.locator(".notice")).to_contain_text("80 of 200", timeout=15_000)
        finish_run(session, run, Tally(created=90))
        session.commit()
        expect(page.get_by_role("link", name="Show what came in")).to_be_visible(timeout=15_000)
