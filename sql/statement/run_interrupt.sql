-- Tells the runs of this sync (NULL: of all) whose process is gone as interrupted.
select assocd.interrupt_runs($1)
