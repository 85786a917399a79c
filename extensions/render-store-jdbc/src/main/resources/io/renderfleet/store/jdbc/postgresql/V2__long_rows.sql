-- A row may hold many transitions of one job that follow each other (form 2): then "seq", "position" and "at" are those of
-- the last. Compressing them would take longer than writing them.
alter table renderfleet_transition alter column body set storage external;
