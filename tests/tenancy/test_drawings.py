from pathlib import Path

import pytest

from tests.tenancy.portals import faults_of, portals_folder
from upguide.tenancy.drawings import DrawingError, read_drawing

ROOT = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4" aria-hidden="true"'


def drawn(inside: str) -> str:
    return f"{ROOT}>{inside}</svg>"


def reasons(source: str, *, repeats: bool = False) -> list[str]:
    """Why the drawing is refused; nothing when it is not."""
    try:
        read_drawing(source, "art-", repeats=repeats)
    except DrawingError as error:
        return error.reasons
    return []


def test_drawing_is_written_anew_without_comments_and_instructions() -> None:
    path = drawn("<!-- made by x --><?php 1 ?>\n<path d='M0 0\n1 1' fill='none'/>")
    assert read_drawing(f'<?xml version="1.0"?>\n{path}\n', "art-", repeats=False) == drawn(
        '<path d="M0 0 1 1" fill="none"></path>'
    )


def test_drawing_may_use_variables_gradients_and_its_own_ids() -> None:
    inside = (
        '<defs><linearGradient id="art-sky" x1="0"><stop offset="50%"></stop></linearGradient>'
        '<clipPath id="art-edge"><circle r="2"></circle></clipPath></defs>'
        '<g class="art-hill" transform="rotate(4 2 2) scale(1.5)" mask="url(#art-edge)">'
        '<rect fill="url(#art-sky)" stroke="var(--up-color-ink)"></rect><use href="#art-edge"></use></g>'
    )
    assert read_drawing(drawn(inside), "art-", repeats=False) == drawn(inside)


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ("<script/>", "element <script> is refused"),
        ("<SCRIPT/>", "element <SCRIPT> is refused"),
        ("<foreignObject/>", "element <foreignObject> is refused"),
        ("<image href='#art-x'/>", "element <image> is refused"),
        ("<style/>", "element <style> is refused"),
        ("<animate/>", "element <animate> is refused"),
        ("<a href='https://evil.example'/>", "element <a> is refused"),
        ("<title/>", "element <title> is refused"),
        ("<svg/>", "element <svg> may stand only outermost"),
        ("<g onload='x()'/>", "attribute onload is refused"),
        ("<g ONCLICK='x()'/>", "attribute ONCLICK is refused"),
        ("<g style='fill:red'/>", "attribute style is refused"),
        ("<g filter='url(#art-x)'/>", "attribute filter is refused"),
        ("<use href='https://evil.example/#x'/>", "attribute href is refused"),
        ("<use href='data:image/svg+xml,x'/>", "attribute href is refused"),
        ("<g href='#art-x'/>", "attribute href is refused"),
        ("<g xmlns='http://www.w3.org/1999/xhtml'/>", "attribute xmlns is refused"),
        ("<g xmlns:x='y'/>", "attribute xmlns:x is refused"),
        (
            "<g fill='url(https://evil.example/x)'/>",
            "attribute fill has a value that is refused: 'url(https://evil.example/x)'",
        ),
        (
            "<g fill='url(//evil.example)'/>",
            "attribute fill has a value that is refused: 'url(//evil.example)'",
        ),
        (
            "<g fill='var(--up-color-purple)'/>",
            "attribute fill has a value that is refused: 'var(--up-color-purple)'",
        ),
        ("<g fill='expression(1)'/>", "attribute fill has a value that is refused: 'expression(1)'"),
        ("<g fill='red;}'/>", "attribute fill has a value that is refused: 'red;}'"),
        ("<path d='&#60;script&#62;'/>", "attribute d has a value that is refused: '<script>'"),
        ("<g class='card'/>", "attribute class must begin with art-"),
        ("<g class=''/>", "attribute class must begin with art-"),
        ("<g id='main'/>", "attribute id must begin with art-"),
        ("hello", "text is refused"),
        ("<![CDATA[<script>]]>", "text is refused"),
    ],
)
def test_drawing_that_holds_more_than_shapes_is_refused(inside: str, reason: str) -> None:
    assert reasons(drawn(inside)) == [f"line 1: {reason}"]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("", "is not well-formed XML: no element found: line 1, column 0"),
        ("<svg", "is not well-formed XML: unclosed token: line 1, column 0"),
        (drawn("&lol;"), "is not well-formed XML: undefined entity: line 1, column 77"),
        ("<html/>", 'line 1: must begin with <svg xmlns="http://www.w3.org/2000/svg">'),
        (
            '<svg viewBox="0 0 1 1" aria-hidden="true"/>',
            'line 1: must begin with <svg xmlns="http://www.w3.org/2000/svg">',
        ),
        ('<svg xmlns="http://www.w3.org/2000/svg" aria-hidden="true"/>', "line 1: <svg> lacks viewBox"),
        (drawn("<g id='art-a'/><g id='art-a'/>"), "id art-a stands twice"),
        (drawn("<g fill='url(#art-a)'/>"), "refers to #art-a, which is not in it"),
    ],
)
def test_drawing_that_is_not_a_sound_svg_is_refused(source: str, reason: str) -> None:
    assert reason in reasons(source)


def test_document_type_is_refused_before_its_entities_are_read() -> None:
    bomb = '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/hostname">]>'
    assert reasons(f"{bomb}{drawn('&b;&f;')}") == ["line 1: a document type is refused"]


def test_drawing_that_repeats_on_a_page_holds_no_ids() -> None:
    assert reasons(drawn("<g id='art-a'/>"), repeats=True) == [
        "line 1: attribute id is refused: this drawing may stand on a page more than once"
    ]


def test_refused_drawing_stops_the_start_with_all_reasons(tmp_path: Path) -> None:
    folder = portals_folder(tmp_path)
    (folder / "alpha/logo.svg").write_text(drawn("<g style='x'/>\n<script/>"))
    (folder / "alpha/art.svg").write_text(" " * 20_001)
    assert faults_of(folder) == [
        "tenants/alpha/art.svg: has 20001 bytes, and may have 20000",
        "tenants/alpha/logo.svg: line 1: attribute style is refused",
        "tenants/alpha/logo.svg: line 2: element <script> is refused",
    ]
