"""The message texts: complete, short, silent about health; and a catalogue that refuses a broken one."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from backend.kit.i18n import LOCALES
from backend.messaging.channels.push import payload
from backend.messaging.model import Channel, PushMessage
from backend.messaging.render import FOLDER, Catalogue, TemplateFaults, catalogue

VALUES = {
    "when": "mercredi 23 septembre à 17 h 30",
    "place": "Cabinet des Tilleuls",
    "address": "12 rue des Tilleuls\n69003 Lyon",
    "practitioner": "Dre Roux",
    "phone": "04 99 00 12 34",
    "others": "Et aussi\u00a0: 17 h 45, mercredi 23 septembre à 18 h, mercredi 23 septembre à 18 h 30.",
    "count": "4",
    "code": "123 456",
    "minutes": "10",
    "until": "11 h",
    "now_at": "jeudi 1er octobre à 9 h",
}
# Word stems that would tell what somebody is treated for, or that they are treated at all.
HEALTH = (
    *("dent", "carie", "gencive", "molaire", "canine", "bouche", "mâchoire", "gouttière", "appareil"),
    *("soin", "santé", "médic", "malad", "douleur", "urgen", "trait", "opér", "chirurg", "implant"),
    *("orthod", "détartr", "extract", "contrôle", "bilan", "radio", "anesth", "enfant", "fille", "fils"),
    *("tooth", "teeth", "care", "health", "pain", "surg", "treat", "check-up", "child", "daughter", "son "),
)


def every_text() -> list[tuple[str, str, str]]:
    """(kind, locale, part) of everything that can leave."""
    parts = {Channel.EMAIL: ("subject", "email"), Channel.PUSH: ("title", "body")}
    return [
        (name, locale, part)
        for name, kind in catalogue().kinds.items()
        for locale in LOCALES
        for channel in kind.channels
        for part in parts[channel]
    ]


def text(name: str, locale: str, part: str) -> str:
    values = {key: VALUES[key] for key in catalogue().kinds[name].values}
    return catalogue().fill(name, locale, {**values, "link": "https://cabinet.example/m/x"})[part]


@pytest.mark.parametrize(("name", "locale", "part"), every_text())
def test_no_text_says_anything_of_health_or_of_whom(name: str, locale: str, part: str) -> None:
    said = text(name, locale, part).lower()
    assert [word for word in HEALTH if word in said] == []


@pytest.mark.parametrize(("name", "locale", "part"), every_text())
def test_no_french_line_may_end_before_a_sign(name: str, locale: str, part: str) -> None:
    """And English sets no space there."""
    said = text(name, locale, part)
    assert re.findall("\\S* [:;?!»]|« ", said) == []
    assert locale == "fr" or "\u00a0" not in said.replace(VALUES["others"], "")


def test_a_plain_space_in_a_file_is_no_plain_space_in_a_message() -> None:
    assert "Téléphone :" in (FOLDER / "appointment_booked" / "fr" / "email.txt").read_text()
    assert "Téléphone\u00a0:" in text("appointment_booked", "fr", "email")


@pytest.mark.parametrize(
    "name", [name for name, kind in catalogue().kinds.items() if "push" in kind.channels]
)
@pytest.mark.parametrize("locale", LOCALES)
def test_a_push_fits_what_a_phone_may_receive(name: str, locale: str) -> None:
    schema = json.loads((FOLDER.parent / "push" / "payload.schema.json").read_text())
    limits = schema["properties"]["notification"]["properties"]
    title, body = text(name, locale, "title"), text(name, locale, "body")
    assert len(title) <= limits["title"]["maxLength"]
    assert len(body) <= limits["body"]["maxLength"]
    sent = json.loads(
        payload(
            PushMessage(
                delivery_id=UUID(int=7),
                locale=locale,
                title=title,
                body=body,
                url="https://cabinet.example/m/x",
                seconds=60,
            )
        )
    )
    assert sent["web_push"] == 8030
    assert set(schema["properties"]["notification"]["required"]) <= set(sent["notification"])
    assert set(sent["notification"]) <= set(limits)


def test_the_reminder_is_short_and_literal() -> None:
    filled = catalogue().fill(
        "appointment_reminder",
        "fr",
        {**{key: VALUES[key] for key in catalogue().kinds["appointment_reminder"].values}, "link": "/"},
    )
    assert filled["title"] == "Rendez-vous mercredi 23 septembre à 17 h 30 au cabinet"


@pytest.mark.parametrize("values", [{}, {"code": "1"}, {"code": "1", "minutes": "2", "name": "Lila"}])
def test_missing_and_extra_values_are_refused(values: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="missing"):
        catalogue().fill("sign_in_code", "fr", values)


def _drop_value(folder: Path) -> None:
    path = folder / "catalogue.json"
    path.write_text(path.read_text().replace('["code", "minutes"]', '["code"]'))


def _unused_value(folder: Path) -> None:
    path = folder / "catalogue.json"
    path.write_text(path.read_text().replace('["code", "minutes"]', '["code", "minutes", "colour"]'))


def _wrong_channel(folder: Path) -> None:
    path = folder / "catalogue.json"
    path.write_text(path.read_text().replace('["email"]', '["pigeon"]'))


def _broken_catalogue(folder: Path) -> None:
    path = folder / "catalogue.json"
    path.write_text(path.read_text().replace("},", "}", 1))


def _broken_braces(folder: Path) -> None:
    path = folder / "appointment_booked" / "fr" / "email.txt"
    path.write_text("Bonjour,\n\n{{ when }\n")


def _no_french(folder: Path) -> None:
    shutil.rmtree(folder / "sign_in_code" / "fr")


def _missing_file(folder: Path) -> None:
    (folder / "appointment_reminder" / "en" / "push.json").unlink()


def _extra_file(folder: Path) -> None:
    (folder / "sign_in_code" / "en" / "push.json").write_text("{}")


def _broken_push(folder: Path) -> None:
    (folder / "appointment_reminder" / "fr" / "push.json").write_text('{\n  "title": "a"\n  "body": "b"\n}')


def _push_without_body(folder: Path) -> None:
    (folder / "appointment_reminder" / "fr" / "push.json").write_text('{"title": "{{ when }}"}')


def _long_subject(folder: Path) -> None:
    (folder / "sign_in_code" / "fr" / "subject.txt").write_text("one\ntwo\n")


def _stray_folder(folder: Path) -> None:
    (folder / "birthday").mkdir()


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (_drop_value, "messages/sign_in_code/fr/email.txt:7: uses 'minutes'"),
        (_unused_value, "lists 'colour', which none of its texts uses"),
        (_wrong_channel, "messages/catalogue.json:"),
        (_broken_catalogue, "messages/catalogue.json:7: is no JSON"),
        (_broken_braces, "messages/appointment_booked/fr/email.txt:3: unexpected '}'"),
        (_no_french, "messages/sign_in_code/fr:1: is missing. French is complete"),
        (_missing_file, "messages/appointment_reminder/en/push.json:1: is missing"),
        (_extra_file, "messages/sign_in_code/en/push.json:1: belongs to no channel"),
        (_broken_push, "messages/appointment_reminder/fr/push.json:3: is no JSON"),
        (
            _push_without_body,
            "messages/appointment_reminder/fr/push.json:1: must have exactly body and title",
        ),
        (_long_subject, "messages/sign_in_code/fr/subject.txt:2: a subject has one line"),
        (_stray_folder, "messages/birthday:1: is no kind of catalogue.json"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_broken_text_is_named_with_file_line_and_cure(
    damage: Callable[[Path], None], told: str, tmp_path: Path
) -> None:
    folder = tmp_path / "messages"
    shutil.copytree(FOLDER, folder)
    damage(folder)
    with pytest.raises(TemplateFaults) as faults:
        Catalogue(folder)
    assert any(told in fault for fault in faults.value.faults), faults.value.faults
