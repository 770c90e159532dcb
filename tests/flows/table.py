"""Who may enter where: every route of the app with its rule, as a table to be read.

A row is a method, a route, the rule, and what to send. `{names}` in what is sent are those of `scene.Scene`.
A route may stand twice, with another object in its place. A new route without a row fails the walks.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import msgspec


class Outcome(StrEnum):
    """What a person meets."""

    IN = "in"
    SIGN_IN = "sign in"
    NO = "no"
    UNKNOWN = "unknown"


IN, SIGN_IN, NO, UNKNOWN = Outcome
PATIENTS = ("mother", "mother_by_code", "father", "teen", "outsider", "helper", "elder")
STAFF = ("receptionist", "assistant", "dentist", "surgeon", "owner")
PERSONAS = ("anonymous", *PATIENTS, *STAFF)


def _rule(anybody: Outcome, **persons: Outcome) -> Mapping[str, Outcome]:
    return MappingProxyType({**dict.fromkeys(PERSONAS, anybody), **persons})


OPEN = _rule(IN)
SIGNED = _rule(IN, anonymous=SIGN_IN)
PASSKEY = _rule(IN, anonymous=SIGN_IN, mother_by_code=SIGN_IN)
# Something of Lila's: both her parents, and nobody else's parent, helper or dentist by this way.
FAMILY = _rule(UNKNOWN, anonymous=SIGN_IN, mother=IN, mother_by_code=IN, father=IN)
# The same where it says more than time, place and practitioner of a coming visit.
FAMILY_CARE = _rule(UNKNOWN, anonymous=SIGN_IN, mother=IN, father=IN)
# What only the account that made it has: a browser, a device, a request.
MINE = _rule(UNKNOWN, anonymous=SIGN_IN, mother=IN, mother_by_code=IN)
MINE_CARE = _rule(UNKNOWN, anonymous=SIGN_IN, mother=IN)
MINE_PASSKEY = _rule(UNKNOWN, anonymous=SIGN_IN, mother=IN, mother_by_code=SIGN_IN)
DESK = _rule(NO, anonymous=SIGN_IN, **dict.fromkeys(STAFF, IN))


class Row(msgspec.Struct, frozen=True):
    """One way to knock. `path` fills the route's places, `query` follows it; a form or JSON is sent.

    `refusal` is the status that whoever may enter gets, where what is sent is not enough or comes too late.
    """

    method: str
    route: str
    rule: Mapping[str, Outcome]
    path: str
    query: str = ""
    form: dict[str, Any] | None = None
    json: dict[str, Any] | None = None
    refusal: int = 200


def _row(method: str, route: str, rule: Mapping[str, Outcome], path: str = "", **sent: Any) -> Row:
    return Row(method, route, rule, path or route, **sent)


KEY = "/compte/cles/{passkey_id:uuid}"
VISIT = "/rendez-vous/{appointment_id:uuid}"
RUN = "/prendre-rendez-vous/{run_id:uuid}"
QUESTION = RUN + "/questions/{place:int}"
TRIAGE = "/prendre-rendez-vous/{triage_id:uuid}"
HELD = "/prendre-rendez-vous/retenu/{hold_id:uuid}"
DESK_VISIT = "/bureau/rendez-vous/{visit_id:uuid}"
API_VISIT = "/api/v1/appointments/{appointment_id:uuid}"
API_RUN = "/api/v1/triage/{run_id:uuid}"

PLACE = {"start": "{place}", "practitioner_id": "{practitioner}"}
DESK_PLACE = {"version": "1", "jour": "{place_day}", "heure": "{place_hour}", "praticien": "{practitioner}"}
CALL = {"phone": "06 39 98 00 01"}
ASKED = {"kind": "question", "reason": "Faut-il venir à jeun ?", **CALL}
CHECKED = {"red_flags": ["none"], "what": ["checkup"], "health": ["none"], "help": []}
BORN = {"birth_date_day": "3", "birth_date_month": "4", "birth_date_year": "2019"}
NEW = {"given_name": "Zoé", "family_name": "Roche"}
NO_PASSKEY = {"id": "x", "rawId": "eA", "type": "public-key", "response": {"clientDataJSON": "e30"}}
# The curve's own base point: a public key that nobody would choose, and still one.
POINT = "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"
PUSH = {
    "endpoint": "https://fcm.googleapis.com/fcm/send/new",
    "keys": {"p256dh": POINT, "auth": "AAAAAAAAAAAAAAAAAAAAAA"},
}

THE_APP = (
    *("/", "/sw.js", "/manifest.webmanifest", "/favicon.ico", "/hors-connexion", "/confidentialite"),
    *("/accessibilite", "/urgence", "/healthz", "/api", "/api/openapi.json"),
)
SIGNING_IN = (
    _row("GET", "/connexion", OPEN),
    _row("POST", "/connexion", OPEN, form={"email": "camille.roche@example.org"}),
    _row("GET", "/connexion/code", OPEN, query="?demande={code}"),
    _row("POST", "/connexion/code", OPEN, form={"demande": "{code}", "code": "1"}, refusal=422),
    _row("GET", "/inscription", OPEN),
    _row("POST", "/inscription", OPEN, form={"email": "new@example.org", **NEW}),
    _row("POST", "/deconnexion", OPEN),
    _row("GET", "/invitation/{token:str}", OPEN, "/invitation/{invitation}"),
    _row("POST", "/invitation/{token:str}", OPEN, "/invitation/{invitation}", refusal=422),
    _row("POST", "/api/v1/sign-in/options", OPEN),
    _row("POST", "/api/v1/sign-in", OPEN, json=NO_PASSKEY, refusal=400),
)
ACCOUNT = (
    _row("GET", "/compte", SIGNED),
    _row("POST", "/compte/coordonnees", SIGNED, form=NEW),
    _row("POST", "/compte/canaux", SIGNED, form={"wants_email": "1"}),
    _row("GET", "/compte/email", PASSKEY),
    _row("POST", "/compte/email", PASSKEY, form={"email": "other@example.org"}),
    # Whoever has a passkey already proves it first; the others may make their first one.
    _row("GET", "/compte/cles/nouvelle", PASSKEY),
    _row("POST", "/api/v1/passkeys/options", PASSKEY),
    _row("POST", "/api/v1/passkeys", SIGNED, json=NO_PASSKEY, refusal=400),
    _row("GET", KEY, MINE_PASSKEY, "/compte/cles/{passkey}"),
    _row("POST", KEY, MINE_PASSKEY, "/compte/cles/{passkey}", form={"name": "Mon téléphone"}),
    _row("GET", KEY + "/retirer", MINE_PASSKEY, "/compte/cles/{passkey}/retirer"),
    _row("POST", KEY + "/retirer", MINE_PASSKEY, "/compte/cles/{passkey}/retirer"),
    _row("POST", "/compte/sessions/{session_id:uuid}/fermer", MINE, "/compte/sessions/{session}/fermer"),
    _row("POST", "/compte/sessions/fermer-les-autres", SIGNED),
    _row("POST", "/compte/appareils/{device_id:uuid}/retirer", MINE, "/compte/appareils/{device}/retirer"),
    _row("POST", "/api/v1/push-subscriptions", SIGNED, json={"subscription": PUSH}),
    _row("DELETE", "/api/v1/push-subscriptions", SIGNED, json={"endpoint": "{endpoint}"}),
)
FAMILIES = (
    _row("GET", "/famille", SIGNED),
    _row("GET", "/famille/bienvenue", SIGNED),
    _row("POST", "/famille/bienvenue", SIGNED, form=BORN),
    _row("GET", "/famille/enfant", SIGNED),
    _row("POST", "/famille/enfant", SIGNED, form={**NEW, **BORN, "authority": "1"}),
)
QUESTIONS = (
    _row("GET", "/prendre-rendez-vous", SIGNED),
    _row("POST", "/prendre-rendez-vous", FAMILY, form={"patient": "{patient}"}),
    _row("GET", QUESTION, MINE_CARE, "/prendre-rendez-vous/{open_run}/questions/1"),
    _row(
        *("POST", QUESTION, MINE_CARE, "/prendre-rendez-vous/{open_run}/questions/2"),
        form={"question": "what", "answer": "checkup"},
    ),
    _row("GET", RUN + "/verifier", MINE_CARE, "/prendre-rendez-vous/{ready_run}/verifier"),
    _row("POST", RUN + "/verifier", MINE_CARE, "/prendre-rendez-vous/{ready_run}/verifier"),
    _row("GET", RUN + "/resultat", FAMILY_CARE, "/prendre-rendez-vous/{result}/resultat"),
    _row("POST", "/api/v1/triage", FAMILY, json={"patient_id": "{patient}"}),
    _row("POST", "/api/v1/triage", FAMILY, json={"patient_id": "{patient}", "answers": CHECKED}),
    _row("GET", API_RUN, MINE_CARE, "/api/v1/triage/{open_run}"),
    _row("GET", API_RUN, MINE_CARE, "/api/v1/triage/{result}"),
    _row(
        *("POST", API_RUN + "/answers", MINE_CARE, "/api/v1/triage/{open_run}/answers"),
        json={"question": "what", "answers": ["checkup"]},
    ),
    _row("POST", API_RUN + "/decide", MINE_CARE, "/api/v1/triage/{ready_run}/decide"),
)
PLACES = (
    _row("GET", TRIAGE + "/creneaux", FAMILY_CARE, "/prendre-rendez-vous/{result}/creneaux"),
    # Her mother holds a place for Lila: her father waits until that ends.
    _row(
        *("POST", TRIAGE + "/retenir", FAMILY_CARE, "/prendre-rendez-vous/{result}/retenir"),
        form=PLACE,
        refusal=409,
    ),
    _row("GET", HELD, MINE_CARE, "/prendre-rendez-vous/retenu/{hold}"),
    _row("POST", HELD, MINE_CARE, "/prendre-rendez-vous/retenu/{hold}"),
    _row("GET", "/api/v1/slots", FAMILY_CARE, query="?triage={result}"),
    _row("POST", "/api/v1/holds", FAMILY_CARE, json={"triage_id": "{result}", **PLACE}, refusal=409),
    _row("POST", "/api/v1/appointments", MINE_CARE, json={"hold_id": "{hold}"}),
)
GROUP = "/prendre-rendez-vous/ensemble/{group_id:uuid}"
API_GROUP = "/api/v1/groups/{group_id:uuid}"
THE_GROUP, API_THE_GROUP = "/prendre-rendez-vous/ensemble/{group}", "/api/v1/groups/{group}"
BUNDLE = {"start": "{together_start}", "arrangement": "{together_how}"}
# Lila and Noé, chosen together, before they have places.
GROUPS = (
    _row("GET", GROUP, MINE, THE_GROUP),
    _row("POST", GROUP + "/questions", MINE, THE_GROUP + "/questions", form={"patient": "{patient}"}),
    _row("POST", GROUP + "/seul", MINE, THE_GROUP + "/seul", form={"patient": "{patient}"}),
    _row("GET", GROUP + "/creneaux", MINE_CARE, THE_GROUP + "/creneaux"),
    _row("POST", GROUP + "/creneaux", MINE_CARE, THE_GROUP + "/creneaux", form=BUNDLE),
    _row("GET", API_GROUP + "/slots", MINE_CARE, API_THE_GROUP + "/slots"),
    _row("POST", API_GROUP + "/holds", MINE_CARE, API_THE_GROUP + "/holds", json=BUNDLE),
)
# The same where no places are held: told so.
GROUPS_NOT_HELD = (
    # Nobody ticked: from two to four come together.
    _row("POST", "/prendre-rendez-vous/ensemble", SIGNED, refusal=422),
    _row("GET", GROUP + "/verifier", MINE, THE_GROUP + "/verifier", refusal=409),
    _row("POST", GROUP + "/verifier", MINE, THE_GROUP + "/verifier", refusal=409),
    _row("POST", "/api/v1/groups", SIGNED, json={"triage_ids": []}, refusal=422),
    _row("POST", API_GROUP + "/appointments", MINE, API_THE_GROUP + "/appointments", refusal=409),
)
# Their visits: both parents see both, Noé his own, and so he cannot change both at once.
TOGETHER = _rule(UNKNOWN, anonymous=SIGN_IN, mother=IN, mother_by_code=IN, father=IN, teen=IN)
TOGETHER_VISITS = "/rendez-vous/ensemble/{group_id:uuid}"
VERSIONS = {"version_{first}": "1", "version_{second}": "1"}
JSON_VERSIONS = {"versions": {"{first}": 1, "{second}": 1}}
VISITS_TOGETHER = (
    *(
        _row("GET", TOGETHER_VISITS + page, TOGETHER, "/rendez-vous/ensemble/{visits}" + page)
        for page in ("", "/deplacer", "/annuler")
    ),
    *(
        _row(
            *("POST", TOGETHER_VISITS + deed, TOGETHER, "/rendez-vous/ensemble/{visits}" + deed),
            form={**VERSIONS, **place},
            refusal=409,
        )
        for deed, place in (("/deplacer", BUNDLE), ("/annuler", {}), ("/confirmer", {}))
    ),
    *(
        _row(
            *("POST", API_GROUP + deed, TOGETHER, "/api/v1/groups/{visits}" + deed),
            json={**JSON_VERSIONS, **place},
            refusal=409,
        )
        for deed, place in (("/move", BUNDLE), ("/cancel", {}), ("/confirm", {}))
    ),
)
# A code opens coming visits, without their care, and no past one.
VISITS = (
    _row("GET", "/rendez-vous", SIGNED),
    _row("GET", "/rendez-vous", FAMILY, query="?qui={patient}"),
    _row("GET", "/api/v1/appointments", SIGNED),
    *(
        _row("GET", route + page, rule, f"{where}/{visit}{page}")
        for route, where, pages in (
            (VISIT, "/rendez-vous", ("", "/calendrier.ics", "/deplacer", "/annuler")),
            (API_VISIT, "/api/v1/appointments", ("",)),
        )
        for page in pages
        for visit, rule in (("{appointment}", FAMILY), ("{past}", FAMILY_CARE))
    ),
    *(
        _row(
            *("POST", VISIT + deed, rule, f"/rendez-vous/{visit}{deed}"),
            form={"version": "1", **place},
            refusal=refusal,
        )
        for deed, place in (("/deplacer", PLACE), ("/annuler", {}), ("/confirmer", {}))
        for visit, rule, refusal in (("{appointment}", FAMILY, 200), ("{past}", FAMILY_CARE, 409))
    ),
    *(
        _row(
            *("POST", API_VISIT + deed, rule, f"/api/v1/appointments/{visit}{deed}"),
            json={"version": 1, **place},
            refusal=refusal,
        )
        for deed, place in (("/move", PLACE), ("/cancel", {}), ("/confirm", {}))
        for visit, rule, refusal in (("{appointment}", FAMILY, 200), ("{past}", FAMILY_CARE, 409))
    ),
)
# A secret address takes the passkey; a mother's own is hers alone.
FAMILY_PASSKEY = _rule(UNKNOWN, anonymous=SIGN_IN, mother_by_code=SIGN_IN, mother=IN, father=IN)
FEEDS = (
    _row("GET", "/agenda", PASSKEY),
    _row("POST", "/agenda", FAMILY_PASSKEY, form={"patient": "{patient}", "montre": "lieu"}),
    _row("POST", "/agenda/{feed_id:uuid}/retirer", MINE_PASSKEY, "/agenda/{feed}/retirer"),
)
WISHED = {"jours": "1", "heures": "matin", "preavis": "60"}
WISHES = tuple(
    _row(
        *(method, VISIT + page, rule, f"/rendez-vous/{visit}{page}"),
        form=WISHED if method == "POST" else None,
        refusal=refusal if method == "POST" else 200,
    )
    for method, page in (("GET", "/plus-tot"), ("POST", "/plus-tot"), ("POST", "/plus-tot/arreter"))
    for visit, rule, refusal in (("{appointment}", FAMILY, 200), ("{past}", FAMILY_CARE, 409))
)
REQUESTS = (
    _row("GET", "/demandes", SIGNED),
    _row("GET", "/demandes/nouvelle", SIGNED),
    _row("GET", "/demandes/rappel", SIGNED),
    _row("POST", "/demandes", FAMILY, form={**ASKED, "patient_id": "{patient}"}),
    _row("POST", "/demandes", FAMILY, form={**ASKED, "triage_id": "{result}"}),
    _row("POST", "/demandes/rappel", FAMILY, form={**CALL, "triage_id": "{open_run}"}),
)
LINKS = (
    _row("GET", "/m/{token:str}", OPEN, "/m/{link}"),
    _row("GET", "/m/{token:str}/annuler", OPEN, "/m/{link}/annuler"),
    _row("POST", "/m/{token:str}/confirmer", OPEN, "/m/{link}/confirmer"),
    _row("POST", "/m/{token:str}/annuler", OPEN, "/m/{link}/annuler"),
    _row("GET", "/agenda/{name:str}", OPEN, "/agenda/{feed_token}.ics"),
    _row("GET", "/place/{token:str}", OPEN, "/place/{offer_link}"),
    _row("POST", "/place/{token:str}/accepter", OPEN, "/place/{offer_link}/accepter"),
    _row("POST", "/place/{token:str}/refuser", OPEN, "/place/{offer_link}/refuser"),
)
# The practice-wide choice is the owner's.
OWNER = _rule(NO, anonymous=SIGN_IN, owner=IN)
FREED = "/bureau/places-liberees"
GAP = "/bureau/temps-libre/{practitioner_id:uuid}/{chair_id:uuid}/{moment:str}"
GAP_THERE = "/bureau/temps-libre/{chair}/{chair}/{day}T0300"
FREED_PLACES = (
    _row("GET", FREED, DESK),
    _row(
        *("POST", FREED + "/{place_id:uuid}/proposer", DESK, FREED + "/{offered_place}/proposer"),
        form={"attente": "{offered_place}"},
        refusal=409,
    ),
    _row("POST", FREED + "/mode", OWNER, form={"mode": "equipe"}),
    # Nothing is free at that hour: whoever may enter is told that the place is gone.
    _row("GET", GAP, DESK, GAP_THERE, refusal=409),
    _row(
        "POST",
        GAP + "/proposer",
        DESK,
        GAP_THERE + "/proposer",
        form={"attente": "{offered_place}"},
        refusal=409,
    ),
)
ELSEWHERE = "/bureau/agendas-externes"
ELSEWHERE_FORM = {"praticien": "{practitioner}", "nom": "Faculté", "adresse": "https://agenda.example/a.ics"}
CALENDARS = (
    _row("GET", ELSEWHERE, DESK),
    _row("POST", ELSEWHERE, OWNER, form=ELSEWHERE_FORM),
    *(
        _row(
            "POST",
            ELSEWHERE + "/{calendar_id:uuid}/" + deed,
            OWNER,
            f"{ELSEWHERE}/{{external_calendar}}/{deed}",
        )
        for deed in ("synchroniser", "retirer")
    ),
)
# Whoever gives care has a column; the address in these rows is the mother's.
GIVES_CARE = _rule(NO, anonymous=SIGN_IN, dentist=IN, surgeon=IN)
OWN_FEEDS = (
    _row("GET", "/bureau/mon-agenda", GIVES_CARE),
    _row("POST", "/bureau/mon-agenda", GIVES_CARE, form={"montre": "lieu"}),
    _row(
        *("POST", "/bureau/mon-agenda/{feed_id:uuid}/retirer"),
        _rule(NO, anonymous=SIGN_IN, dentist=UNKNOWN, surgeon=UNKNOWN),
        "/bureau/mon-agenda/{feed}/retirer",
    ),
)
CARES, ONE_CARE = "/bureau/soins", "/bureau/soins/{key:str}"
VALUES = "/bureau/soins/supplements"
# What was shown is not sent: whoever may change it is told that it has changed meanwhile.
THE_SET_UP = (
    *(_row("GET", path, OWNER) for path in (CARES, CARES + "/nouveau", VALUES)),
    _row("GET", ONE_CARE, OWNER, "/bureau/soins/CTRL"),
    _row("POST", CARES + "/nouveau", OWNER, form={"key": "CTRL"}, refusal=422),
    _row("POST", ONE_CARE, OWNER, "/bureau/soins/CTRL", refusal=422),
    *(
        _row("POST", f"{ONE_CARE}/{deed}", OWNER, f"/bureau/soins/CTRL/{deed}", refusal=409)
        for deed in ("retirer", "reprendre", "proposition")
    ),
    _row("POST", ONE_CARE + "/revenir", OWNER, "/bureau/soins/CTRL/revenir", refusal=422),
    _row("POST", VALUES, OWNER, refusal=422),
    _row("POST", VALUES + "/proposition", OWNER, refusal=409),
    _row("POST", VALUES + "/revenir", OWNER, refusal=422),
)
HOURS = "/bureau/horaires"
PLAN, THE_PLAN = HOURS + "/{owner_id:uuid}", HOURS + "/{practitioner}"
NEW_HOURS, SOME_HOURS = "/{kind:str}/nouveau", "/{kind:str}/{place:int}"
THE_HOURS = (
    _row("GET", HOURS, OWNER),
    _row("GET", PLAN, OWNER, THE_PLAN),
    _row("GET", PLAN + NEW_HOURS, OWNER, THE_PLAN + "/semaine/nouveau"),
    _row("GET", PLAN + SOME_HOURS, OWNER, THE_PLAN + "/semaine/0"),
    _row("POST", PLAN + NEW_HOURS, OWNER, THE_PLAN + "/semaine/nouveau", refusal=409),
    _row("POST", PLAN + SOME_HOURS, OWNER, THE_PLAN + "/semaine/0", refusal=409),
    _row("POST", PLAN + SOME_HOURS + "/retirer", OWNER, THE_PLAN + "/semaine/0/retirer", refusal=409),
    _row("POST", PLAN + "/revenir", OWNER, THE_PLAN + "/revenir", refusal=422),
    _row("POST", PLAN + "/regles", OWNER, HOURS + "/{site}/regles", refusal=409),
)
LENGTHS = "/bureau/durees"
LENGTH = {"praticien": "{practitioner}", "soin": "CTRL", "minutes": "30"}
REAL_LENGTHS = (
    _row("GET", LENGTHS, OWNER),
    # Nothing is proposed yet: whoever may decide is told so.
    *(
        _row("POST", f"{LENGTHS}/{deed}", OWNER, form={**LENGTH, "prevu": "20"}, refusal=409)
        for deed in ("accepter", "plus-tard")
    ),
    _row("POST", LENGTHS + "/fixer", OWNER, form=LENGTH),
)
THE_DESK = (
    _row("GET", "/bureau", DESK),
    _row("GET", "/bureau/jour/{day:date}", DESK, "/bureau/jour/{day}", query="?rdv={appointment}"),
    _row("GET", "/bureau/semaine/{day:date}", DESK, "/bureau/semaine/{day}", query="?qui={chair}"),
    # A stream that begins never ends: whoever may enter is told that this is no day.
    _row("GET", "/bureau/direct", DESK, query="?jour=demain", refusal=400),
    _row("GET", "/bureau/cabinet", DESK),
    _row("POST", "/bureau/touches", DESK, form={"lettres": "non"}),
    _row("GET", "/bureau/demandes", DESK, query="?choix={request}"),
    _row("GET", "/bureau/taches-bloquees", DESK),
    _row("POST", "/bureau/chercher", DESK, form={"nom": "Roche Lila"}),
    *(
        _row("POST", "/bureau/demandes/{request_id:uuid}/" + deed, DESK, "/bureau/demandes/{request}/" + deed)
        for deed in ("prendre", "terminer")
    ),
    *(
        _row("POST", f"{DESK_VISIT}/{deed}", DESK, "/bureau/rendez-vous/{appointment}/" + deed, form=form)
        for deed, form in (
            ("duree", {"version": "1", "minutes": "20"}),
            ("deplacer", DESK_PLACE),
            ("annuler", {"version": "1"}),
            ("etat", {"version": "1", "vu": "booked", "etat": "arrived"}),
        )
    ),
    # Nobody sits in the chair yet.
    _row(
        *("POST", f"{DESK_VISIT}/corriger", DESK, "/bureau/rendez-vous/{appointment}/corriger"),
        form={"version": "1"},
        refusal=409,
    ),
    _row(
        "POST",
        f"{DESK_VISIT}/reprendre",
        DESK,
        "/bureau/rendez-vous/{appointment}/reprendre",
        form={"changement": "{appointment}"},
        refusal=409,
    ),
)
DEMO = (
    _row("GET", "/demo", OPEN),
    _row("GET", "/demo/messages", OPEN),
    _row("POST", "/demo/enter", OPEN, form={"person": "mother"}),
    _row("POST", "/demo/clock", OPEN, form={"to": "2000-01-01T00:00:00Z"}),
)

TABLE = (
    *(_row("GET", path, OPEN) for path in THE_APP),
    _row("GET", "/static/{fingerprint:str}/{name:path}", OPEN, "/static/x/patient.css"),
    *SIGNING_IN,
    *ACCOUNT,
    *FAMILIES,
    *QUESTIONS,
    *PLACES,
    *GROUPS,
    *GROUPS_NOT_HELD,
    *VISITS,
    *VISITS_TOGETHER,
    *WISHES,
    *FEEDS,
    *REQUESTS,
    *LINKS,
    *THE_DESK,
    *FREED_PLACES,
    *THE_SET_UP,
    *THE_HOURS,
    *REAL_LENGTHS,
    *CALENDARS,
    *OWN_FEEDS,
    *DEMO,
)
