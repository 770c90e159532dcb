"""Everything in `shared/` that can be wrong is read before the first request, and a mistake stops the start
with file, line and cure."""

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
