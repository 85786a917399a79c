-- Small texts that the software keeps by name, such as what it knows of nodes; "part" says which part of it.
create table renderfleet_value (
    part varchar(40)  not null,
    name varchar(200) not null,
    body character varying(65536) not null,
    primary key (part, name)
);
