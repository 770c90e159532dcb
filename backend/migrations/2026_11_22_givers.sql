-- Who gives a care, by the practitioners' codes; an empty list is everybody with one of its skills.
alter table care_type add column practitioners text[] not null default '{}';
