-- Places that each practitioner keeps back for emergencies, weekly, in the site's own time.

create table emergency_place (
  id              uuid primary key,
  practitioner_id uuid    not null references resource on delete restrict,
  weekday         integer not null,
  starts          time    not null,
  minutes         integer not null
);
