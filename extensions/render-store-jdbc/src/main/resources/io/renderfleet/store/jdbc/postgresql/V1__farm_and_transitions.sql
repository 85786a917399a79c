-- The one row of a farm: who leads it, and how far its history goes. Every write changes it, and only a leader's can.
create table renderfleet_farm (
    id           smallint     primary key check (id = 1),
    farm         varchar(128) not null,
    epoch        bigint       not null,
    next_seq     bigint       not null,
    last_attempt bigint       not null,
    holder       varchar(512) not null,
    lease_until  timestamp with time zone not null
);

-- What happened to jobs, in order. "body" is JSON of the form that "form" counts; its field names are in the code.
create table renderfleet_transition (
    seq      bigint       primary key,
    epoch    bigint       not null,
    position bigint       not null,
    job      varchar(128) not null,
    kind     varchar(40)  not null,
    form     smallint     not null,
    at       timestamp with time zone not null,
    body     text         not null
);

create index renderfleet_transition_job on renderfleet_transition (job);
