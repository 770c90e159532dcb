"""A Django site around django-appointment, run by the peer's own Python: never imported by the product.

`python -m tests.bench.peer_site load FILE` fills its database. Its best light: no session, no cross-site
check, nobody signs in, persistent connections, no mail, and one view that lists every day in one
request.
"""

import json
import logging
import os
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import include, path

settings.configure(
    SECRET_KEY="bench",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    TIME_ZONE="Europe/Paris",
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django.contrib.sessions",
        "django.contrib.messages",
        "appointment",
    ],
    MIDDLEWARE=[f"{__name__}.somebody_is_signed_in"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
    LOGGING_CONFIG=None,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": os.environ["BENCH_DATABASE"],
            "USER": os.environ["BENCH_USER"],
            "HOST": os.environ["BENCH_HOST"],
            "CONN_MAX_AGE": None,
        }
    },
)
django.setup()
logging.disable()

from appointment.models import (  # noqa: E402  # noqa: E402
    Appointment,
    AppointmentRequest,
    Config,
    DayOff,
    Service,
    StaffMember,
    Unavailability,
    WorkingHours,
)
from appointment.services import get_available_slots_for_staff  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.contrib.messages.storage.cookie import CookieStorage  # noqa: E402


def somebody_is_signed_in(next_handler):
    """The session and the user that the peer's booking views expect, at no cost."""
    users = []

    def handle(request: HttpRequest):
        if not users:
            users.append(User.objects.get(username="patient"))
        request.user, request.session = users[0], {}
        request._messages = CookieStorage(request)
        return next_handler(request)

    return handle


def slots(request: HttpRequest) -> JsonResponse:
    """The peer's own function for each practitioner and day, in one request."""
    first, days = date.fromisoformat(request.GET["first"]), int(request.GET["days"])
    run = [first + timedelta(days=number) for number in range(days)]
    return JsonResponse(
        {
            staff.user.username: [
                slot.isoformat()
                for day in run
                for slot in get_available_slots_for_staff(day, staff, day.isoweekday() % 7)
            ]
            for staff in StaffMember.objects.select_related("user")
        }
    )


def load(diary: dict) -> None:
    """Staff, hours, days off and appointments; see `tests.bench.peer.diary`."""
    Config.objects.create(slot_duration=30, appointment_buffer_time=0)
    service = Service.objects.create(name="Soin", duration=timedelta(minutes=30), price=0)
    client = User.objects.create(username="patient", first_name="Banc", email="banc@tilleuls.example")
    for number, taken in diary["taken"].items():
        user = User.objects.create(
            username=number, first_name=f"Dr {number}", email=f"{number}@tilleuls.example"
        )
        staff = StaffMember.objects.create(user=user)
        staff.services_offered.add(service)
        for weekday in range(1, 6):
            WorkingHours.objects.create(
                staff_member=staff, day_of_week=weekday, start_time=time(9), end_time=time(19)
            )
        lunch = {"staff_member": staff, "start_time": time(12), "end_time": time(14)}
        Unavailability.objects.bulk_create(
            Unavailability(date=date.fromisoformat(day), **lunch) for day in diary["days"]
        )
        for day in diary["closed"]:
            DayOff.objects.create(staff_member=staff, start_date=day, end_date=day)
        _book(client, service, staff, [datetime.fromisoformat(start) for start in taken])


def _book(client: User, service: Service, staff: StaffMember, taken: list[datetime]) -> None:
    asked = AppointmentRequest.objects.bulk_create(
        AppointmentRequest(
            date=start.date(),
            start_time=start.time(),
            end_time=(start + timedelta(minutes=30)).time(),
            service=service,
            staff_member=staff,
            id_request=f"{staff.pk}-{number}",
        )
        for number, start in enumerate(taken)
    )
    Appointment.objects.bulk_create(
        Appointment(client=client, appointment_request=one, phone="", id_request=one.id_request)
        for one in asked
    )


urlpatterns = [path("bench/slots", slots), path("", include("appointment.urls"))]
application = get_wsgi_application()

if __name__ == "__main__":
    if sys.argv[1] == "load":
        load(json.loads(Path(sys.argv[2]).read_text()))
    else:
        from django.core.management import call_command

        call_command(*sys.argv[1:])
