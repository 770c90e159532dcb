-- How long a care takes with one practitioner, where that is not what the care type says.

create table practitioner_care (
  id              uuid    primary key,
  practitioner_id uuid    not null references resource on delete restrict,
  care_key        text    not null,
  minutes         integer not null,
  constraint practitioner_care_once unique (practitioner_id, care_key),
  constraint practitioner_care_on_the_grid check (minutes between 5 and 180 and minutes % 5 = 0)
);
