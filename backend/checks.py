"""Everything in `shared/` that can be wrong is read before the first request, and a mistake stops the start
with file, line and cure."""

from backend.audit.repository import can_be_rewritten
from backend.kit import i18n
from backend.kit.settings import settings
from backend.messaging.render import check_templates
from backend.practice.defaults import care_types
from backend.triage.questionnaire import FOLDER, load


def check_everything() -> None:
    """Settings, sentences, message templates, care types and the questionnaire."""
    settings()
    for locale in i18n.LOCALES:
        i18n.sentences(locale)
    load(FOLDER, {care.key for care in care_types()})
    check_templates()


async def refuse_open_journal() -> None:
    """Stop a process whose database role could rewrite the journal. Call once the pool is open."""
    if await can_be_rewritten():
        raise SystemExit(
            "Quenotte does not start: the role in QUENOTTE_DATABASE_URL may change audit rows. "
            "Give the app a role of its own, then run `quenotte migrate` again."
        )
