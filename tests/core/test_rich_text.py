"""Rich text: what it shows, and that nothing typed leaves the subset."""

import re
from html import unescape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cae_backoffice.core.rich_text import to_html, to_plain

ALLOWED = re.compile(r'</?(?:p|strong|ul|ol|li)>|<br>|<ol start="\d+">')
MARKUP = st.text(alphabet=st.sampled_from(list("<>&\"'*_-+1.2) \n\t`#[]()!\\/=:abéscript&lt;")), max_size=80)


@pytest.mark.parametrize(
    ("typed", "html", "plain"),
    [
        ("", "", ""),
        ("Un texte", "<p>Un texte</p>", "Un texte"),
        ("Deux\nlignes", "<p>Deux<br>lignes</p>", "Deux\nlignes"),
        ("Un\n\nDeux", "<p>Un</p><p>Deux</p>", "Un\nDeux"),
        ("En **gras** ici", "<p>En <strong>gras</strong> ici</p>", "En gras ici"),
        ("- un\n- deux", "<ul><li>un</li><li>deux</li></ul>", "- un\n- deux"),
        ("1. un\n2. deux", "<ol><li>un</li><li>deux</li></ol>", "1. un\n2. deux"),
        ("3. un\n4. deux", '<ol start="3"><li>un</li><li>deux</li></ol>', "3. un\n4. deux"),
        ("0. zéro", '<ol start="0"><li>zéro</li></ol>', "0. zéro"),
        ("- un\n  - sous", "<ul><li>un<ul><li>sous</li></ul></li></ul>", "- un\n  - sous"),
        ("- un\n\n  suite\n\nfin", "<ul><li><p>un</p><p>suite</p></li></ul><p>fin</p>", "- un\n  suite\nfin"),
        ("2*3*4 et a_b_c", "<p>2*3*4 et a_b_c</p>", "2*3*4 et a_b_c"),
        ("__pas gras__", "<p>__pas gras__</p>", "__pas gras__"),
        ("\\*\\*tel quel\\*\\*", "<p>**tel quel**</p>", "**tel quel**"),
        ("<b>x</b> & y", "<p>&lt;b&gt;x&lt;/b&gt; &amp; y</p>", "<b>x</b> & y"),
        ("# titre", "<p># titre</p>", "# titre"),
        ("[ici](javascript:x)", "<p>[ici](javascript:x)</p>", "[ici](javascript:x)"),
        ("https://example.org", "<p>https://example.org</p>", "https://example.org"),
        ("    code", "<p>code</p>", "code"),
    ],
)
def test_what_is_shown(typed: str, html: str, plain: str) -> None:
    assert (to_html(typed), to_plain(typed)) == (html, plain)


@given(st.one_of(MARKUP, st.text(max_size=80)))
@example("<script>alert(1)</script>")
@example('1. <ol start="x" onclick="y">')
@example("**<img src=x onerror=y>**")
def test_nothing_typed_yields_a_tag_outside_the_subset(typed: str) -> None:
    """What is left once the allowed tags are gone has no angle bracket, and every tag is closed in order."""
    html = str(to_html(typed))
    assert not set(ALLOWED.sub("", html)) & set("<>")
    open_tags: list[str] = []
    for closing, tag in re.findall(r"<(/?)(p|strong|ul|ol|li)\b", html):
        if closing:
            assert open_tags.pop() == tag
        else:
            open_tags.append(tag)
    assert open_tags == []


@given(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1, max_size=60))
def test_words_are_never_lost(typed: str) -> None:
    assert unescape(ALLOWED.sub("", str(to_html(typed)))) == typed
    assert to_plain(typed) == typed
