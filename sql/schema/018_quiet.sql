-- A daemon with nothing to do says rarely that it lives, and when it will say so again. Version 18.

alter table assocd.daemon add column next_at timestamptz;
comment on column assocd.daemon.next_at is 'By when it says so again; a daemon that is 10 seconds late is gone.';
comment on column assocd.daemon.seen_at is 'When it last said that it lives: every second while runs are under way or a source is watched, otherwise every daemon.poll.';
