-- Tells the runs of this sync (NULL: of all) whose process is gone as interrupted, as many as a second allows.
select assocd.interrupt_runs_within($1, interval '1 second')
