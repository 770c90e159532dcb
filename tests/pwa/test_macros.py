"""Macros and layouts as a browser gets them: labels tied to fields, mistakes said twice, one h1, a phone."""

import re
from types import SimpleNamespace
from typing import Any

import pytest

from backend.kit import i18n, render
from backend.kit.forms import FormErrors
from backend.kit.problems import ErrorView

FRAME = SimpleNamespace(
    practice_name="Cabinet des Tilleuls",
    phone="04 99 00 12 34",
    phone_link="tel:+33499001234",
    locale="fr",
    path="/rendez-vous/nouveau",
    version="0",
    demo=False,
    given_name="Camille",
    signed_in=True,
    strong=True,
    is_staff=False,
)
MISTAKES: dict[str, tuple[str, dict[str, object]]] = {
    "birth": ("kit.field_date", {}),
    "email": ("kit.field_email", {}),
}
TYPED = {
    "birth_day": "31",
    "birth_month": "2",
    "birth_year": "2019",
    "email": "camille@",
    "note": "<b>&\"'</b>",
    "who": "t",
}
FORM = FormErrors(MISTAKES, TYPED)
WHO = [{"value": "m", "label": "Mère"}, {"value": "t", "label": "Tuteur", "hint": "Désigné"}]
DAYS = [{"value": "1", "label": "Lundi"}, {"value": "2", "label": "Mardi"}]
FIELDS = """
{% from "_parts/field.html" import text, email, tel, code, day with context %}
{% from "_parts/field.html" import birth_date, textarea, select, checkbox, radios, checkboxes with context %}
{% from "_parts/error_summary.html" import error_summary with context %}
{{ error_summary(form) }}
{{ text("given_name", "Prénom", form) }} {{ birth_date("birth", "Date de naissance", form) }}
{{ email("email", "E-mail", form, hint="Pour la confirmation.") }}
{{ tel("phone", "Téléphone", form, required=false) }}
{{ code("code", "Code", form) }} {{ day("from_day", "À partir du", form) }}
{{ textarea("note", "Un mot", form, longest=500) }}
{{ select("role", "Rôle", who, form) }} {{ checkbox("agreed", "D’accord", form) }}
{{ radios("who", "Qui", who, form) }} {{ checkboxes("days", "Jours", days, none, ["2"]) }}
"""


def _written(source: str, **values: Any) -> str:
    def t(key: str, **words: object) -> str:
        return i18n.t("fr", key, **words)

    frame = SimpleNamespace(**{**vars(FRAME), **values.pop("frame", {})})
    template = render._environment.from_string(source)
    return template.render(t=t, frame=frame, view=values.pop("view", None), **values)


@pytest.mark.parametrize("form", [None, FORM])
def test_every_field_has_a_label_and_ids_are_unique(form: FormErrors | None) -> None:
    html = _written(FIELDS, who=WHO, days=DAYS, form=form)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    controls = re.findall(r"<(?:input|textarea|select)[^>]*\sid=\"([^\"]+)\"", html)
    assert len(controls) == 15
    assert set(controls) <= set(re.findall(r'<label for="([^"]+)"', html))
    described = " ".join(re.findall(r'aria-describedby="([^"]+)"', html)).split()
    assert set(described) <= set(ids)


def test_mistakes_are_in_the_summary_and_at_the_field() -> None:
    html = _written(FIELDS, who=WHO, days=DAYS, form=FORM)
    for name, key in (("birth", "kit.field_date"), ("email", "kit.field_email")):
        sentence = i18n.t("fr", key)
        assert f'<a href="#{name}">' in html
        assert re.search(rf'<(input)[^>]*\sid="{name}"', html), "the link leads to a control"
        assert html.count(str(render.jinja2.filters.escape(sentence))) == 2
    assert html.count('aria-invalid="true"') == 5  # the group, its three fields, the address


def test_what_was_typed_is_kept_and_escaped() -> None:
    html = _written(FIELDS, who=WHO, days=DAYS, form=FORM)
    assert 'value="camille@"' in html
    assert 'value="31"' in html
    assert "&lt;b&gt;&amp;&#34;&#39;&lt;/b&gt;</textarea>" in html
    assert re.search(r'value="t" checked', html)
    assert "<b>&" not in html


def test_a_fresh_form_shows_no_mistake() -> None:
    html = _written(FIELDS, who=WHO, days=DAYS, form=None)
    assert 'role="alert"' not in html
    assert "aria-invalid" not in html
    assert re.search(r'value="2" checked', html), "known values are ticked"


def _page(layout: str, **values: Any) -> str:
    return _written(
        f'{{% extends "_layout/{layout}.html" %}}{{% block content %}}<h1>Titre</h1>{{% endblock %}}',
        **values,
    )


@pytest.mark.parametrize("layout", ["patient", "task", "plain"])
def test_every_patient_page_has_the_phone_and_the_emergency_line(layout: str) -> None:
    html = _page(layout)
    assert html.count('href="tel:+33499001234"') == 2
    assert 'href="/urgence"' in html
    assert html.count("<h1") == 1
    assert '<html lang="fr"' in html
    assert 'href="#contenu"' in html
    assert 'id="contenu"' in html
    assert ('class="tabs"' in html) == (layout == "patient")


def test_the_title_says_that_there_are_mistakes() -> None:
    prefix = "{% extends '_layout/plain.html' %}{% set has_mistakes = form %}"
    assert re.search(r"<title>Erreur\s: Cabinet", _written(prefix, form=FORM))
    assert "<title>Cabinet" in _written(prefix, form=None)


@pytest.mark.parametrize(
    ("path", "here"), [("/", "/"), ("/rendez-vous/0192", "/rendez-vous"), ("/urgence", None)]
)
def test_the_tab_of_the_page_is_marked(path: str, here: str | None) -> None:
    marked = re.findall(r'<a href="([^"]+)" aria-current="page"', _page("patient", frame={"path": path}))
    assert marked == ([here] if here else [])


def test_the_demo_says_so() -> None:
    assert 'href="/demo"' in _page("patient", frame={"demo": True})
    assert 'href="/demo"' not in _page("patient")


def test_the_error_and_offline_pages_lead_somewhere() -> None:
    view = ErrorView(title="Introuvable", sentence="Cette page n’existe pas.", status=404)
    html = _written('{% extends "_layout/error.html" %}', view=view)
    assert "<title>Introuvable" in html
    assert 'href="/"' in html
    offline = _written('{% extends "_layout/offline.html" %}')
    assert "Camille" not in offline, "it is kept on the phone"
    assert offline.count('href="tel:+33499001234"') == 3


def test_urgency_is_a_shape_and_a_word() -> None:
    source = '{% from "_parts/tag.html" import urgency_tag %}{{ urgency_tag(level, "Mot") }}'
    shapes = {level: _written(source, level=level) for level in ("U0", "U1", "U2", "U3", "U4")}
    assert all("<svg" in html and "Mot" in html for html in shapes.values())
    assert len({re.sub(r'class="[^"]*"', "", html) for html in shapes.values()}) == 4, (
        "U0 and U1 are both octagons"
    )
    assert len(set(shapes.values())) == 5
