-- What a client asked for under a key of its own is done once.

create table client_action (
  id         uuid primary key,
  account_id uuid not null references account on delete restrict,
  key        text not null,
  content    bytea not null,
  answer_id  uuid not null,
  asked_at   timestamptz not null,
  constraint client_action_once unique (account_id, key)
);

create index client_action_by_age on client_action (asked_at);
