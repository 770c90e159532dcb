"""What may be booked or changed at this moment; pure, no database."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from backend.booking.model import Appointment, Duration, Status
from backend.booking.rules import changes

NOW = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
VISIT = Appointment(
    id=UUID(int=1),
    patient_id=UUID(int=2),
    booked_by=None,
    practitioner_id=UUID(int=3),
    chair_id=UUID(int=4),
    site_id=UUID(int=5),
    care_key="CTRL",
    triage_id=None,
    urgency="U4",
    starts_at=NOW + timedelta(days=2),
    ends_at=NOW + timedelta(days=2, minutes=20),
    duration=Duration(minutes=20, lines=()),
    status=Status.BOOKED,
    created_at=NOW,
    version=3,
)


def but(**changed):
    return msgspec.structs.replace(VISIT, **changed)


@pytest.mark.parametrize(
    ("urgency", "latest"),
    [("U2", timedelta(hours=21)), ("U3", timedelta(days=6, hours=21)), ("U4", timedelta(days=180))],
)
def test_how_late_a_visit_may_start(urgency, latest):
    decided_at = NOW - timedelta(hours=3)
    limits = changes.window(urgency, decided_at, NOW)
    assert limits.latest == NOW + latest
    assert limits.earliest > NOW


@pytest.mark.parametrize("urgency", ["U0", "U1"])
def test_emergencies_have_no_window(urgency):
    with pytest.raises(changes.CallInstead):
        changes.window(urgency, NOW, NOW)


def test_only_within_the_window():
    limits = changes.window("U2", NOW, NOW)
    changes.check_start(limits.earliest, limits)
    changes.check_start(limits.latest, limits)
    for start in (NOW, limits.latest + timedelta(minutes=5)):
        with pytest.raises(changes.NotOffered):
            changes.check_start(start, limits)


def test_a_patient_may_until_the_start_the_desk_also_later():
    changes.check_change(VISIT, 3, VISIT.starts_at - timedelta(minutes=1))
    with pytest.raises(changes.NoLongerBooked):
        changes.check_change(VISIT, 3, VISIT.starts_at)
    changes.check_change(VISIT, 3, VISIT.starts_at + timedelta(minutes=10), by_desk=True)


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.ARRIVED, Status.DONE, Status.MISSED])
def test_only_a_booked_visit_changes(status):
    with pytest.raises(changes.NoLongerBooked):
        changes.check_change(but(status=status), 3, NOW)


def test_an_old_version_is_told_so():
    with pytest.raises(changes.ChangedMeanwhile):
        changes.check_change(VISIT, 2, NOW)


def test_late_is_under_24_real_hours():
    assert not changes.is_late(VISIT, VISIT.starts_at - timedelta(hours=24))
    assert changes.is_late(VISIT, VISIT.starts_at - timedelta(hours=23, minutes=59))
