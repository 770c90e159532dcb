-- Hours that hold on one date only, between two dates (a locum), in term or in school holidays only.

alter table site add column school_zone text;

alter table opening_hours
  add column only_on     date,
  add column valid_from  date,
  add column valid_until date,
  add column school      text not null default 'any';
