"""Running text: each case is a form seen in real titles, abstracts or names."""

from __future__ import annotations

import pytest

from web.typeset import plain, typeset

SMALL = '<span class="small-capitals">'


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"73\% of 5\,000 \& more \#1 a\_b", "73% of 5\u202f000 &amp; more #1 a_b"),
        (r"Erd\H{o}s--R\'{e}nyi, G\"odel, \v{C}ern\'y, Qu\h{a}ng", "Erdős–Rényi, Gödel, Černý, Quảng"),
        (r"{\L}ukasiewicz, na\"ive, Lyngs{\o}, \AA ngstr\"om", "Łukasiewicz, naïve, Lyngsø, Ångström"),
        (r"zawarto\'s\'c, mo\.zliwo\'sci", "zawartość, możliwości"),
        (r"Jan\v{c}ar, P\u{a}un, M\k{a}dry, \'{\i}ndice", "Jančar, Păun, Mądry, índice"),
        (r"today\'s and \'a la", "today’s and á la"),
        ("``quoted'' and `so', it's --- or -- not, f: A --> B", "“quoted” and ‘so’, it's — or – not, f: A → B"),
        (
            r"\emph{x \textbf{y}} {\em z} {\bf b} \texttt{f()}",
            "<em>x <strong>y</strong></em> <em>z</em> <strong>b</strong> <code>f()</code>",
        ),
        (r"\textsc{Lean}, {\sc Coq}", f"{SMALL}Lean</span>, {SMALL}Coq</span>"),
        (r"we present \ours{}, \CFE{} and \sysname", "we present ours, CFE and sysname"),
        (r"shown before \cite{a,b}. Also~\citep[p. 3]{c}, as", "shown before. Also, as"),
        (r"In \cite{Spi}, we", "In [Spi], we"),
        (r"Section~\ref{x} shows \label{y}it", "Section shows it"),
        (r"code\footnote{Soon online.} here", "code (Soon online.) here"),
        (r"an \enquote{odd} \textcolor{red}{word}", "an “odd” word"),
        (r"Spearman's \r{ho} and \b{eta}", "Spearman's ρ and β"),
        (r"20{\deg}C, {\omega}(n), \alpha-helix, n \leq m", "20°C, ω(n), α-helix, n ≤ m"),
        (r"\SI{65}{\nano\meter} at \SI{2}{\giga\hertz}", "65\u00a0nm at 2\u00a0GHz"),
        (
            r"10^6, 10^-3, O(n^2), x_1, a^{n+1}, c_{i}(r)",
            "10<sup>6</sup>, 10<sup>−3</sup>, O(n<sup>2</sup>), "
            "x<sub>1</sub>, a<sup>n+1</sup>, c<sub>i</sub>(r)",
        ),
        ("snake_case and my_variable_2 stay", "snake_case and my_variable_2 stay"),
        ("over {0,1}^n and {B}ayes", "over {0,1}<sup>n</sup> and Bayes"),
        ("Task~8, Fig.~2, ~170 points, 8~16 machines", "Task\u00a08, Fig.\u00a02, ~170 points, 8~16 machines"),
        ("Caf&eacute; &amp; tea, a &lt; b, &amp;lt;x&amp;gt;", "Café &amp; tea, a &lt; b, &lt;x&gt;"),
        ("CO<sub>2</sub> in <i>E. coli</i>, a <b> c", "CO<sub>2</sub> in <em>E. coli</em>, a &lt;b&gt; c"),
        ("**bold** and _so called_ words", "<strong>bold</strong> and <em>so called</em> words"),
        ("use `pip install` now", "use <code>pip install</code> now"),
        ("a { b } } c {", "a b c"),
        ("null\x00byte \u202egnp\u202c end", "null byte gnp end"),
        ("", ""),
    ],
)  # fmt: skip
def test_text_reads_as_typeset(source: str, expected: str) -> None:
    assert typeset(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("costs $5 and $10 each", "costs $5 and $10 each"),
        ("between $1,000 and $2k a year", "between $1,000 and $2k a year"),
        ("a $30M fund, 12$ units of $x$", "a $30M fund, 12 units of x"),
        ("saves $ 1.236 millions or 23%", "saves $ 1.236 millions or 23%"),
        ("in GB/$ and ($/1k queries)", "in GB/$ and ($/1k queries)"),
        (r"hardware under \$100", "hardware under $100"),
        ("time (log n)$ bits are needed", "time (log n) bits are needed"),
        (r"top-\$p\$ sampling", "top-p sampling"),
        ("$unclosed and more", "unclosed and more"),
    ],
)
def test_a_dollar_is_money_or_maths_or_nothing(source: str, expected: str) -> None:
    assert plain(source) == expected


def test_addresses_become_links_that_pass_nothing_on() -> None:
    markup = typeset(r"See \url{https://a.b/c\_d}, \href{https://x.y}{here}, https://github.com/a/b.")
    assert markup == (
        'See <a href="https://a.b/c_d" rel="nofollow noopener ugc">https://a.b/c_d</a>, '
        '<a href="https://x.y" rel="nofollow noopener ugc">here</a>, '
        '<a href="https://github.com/a/b" rel="nofollow noopener ugc">https://github.com/a/b</a>.'
    )


def test_a_link_with_its_parts_in_the_wrong_order_still_leads_there() -> None:
    assert typeset(r"\href{this link}{http://l.net/c/}").startswith('<a href="http://l.net/c/"')


def test_no_link_is_made_inside_a_link() -> None:
    assert typeset(r"A \url{https://a.b} title", links=False) == "A https://a.b title"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//evil", "JaVaScRiPt:x", "file:///etc"]
)
def test_other_schemes_are_shown_and_lead_nowhere(address: str) -> None:
    assert "href" not in typeset(rf"\href{{{address}}}{{x}} \url{{{address}}}")


def test_lists_are_lists() -> None:
    source = r"We: \begin{itemize}\item prove $x$; \item[b] stop.\end{itemize} End."
    assert typeset(source) == "We: <ul><li>prove <math><mi>x</mi></math>; </li><li>stop.</li></ul> End."
    assert plain(source) == "We: • prove x; • stop. End."


def test_markup_is_markup_and_plain_is_not() -> None:
    assert typeset("<script>alert(1)</script>") == "&lt;script&gt;alert(1)&lt;/script&gt;"
    assert plain("<script>alert(1)</script>") == "<script>alert(1)</script>"
