-- Deletes exactly what that snapshot saw, however many there are. Rows out of the future came with a
-- dump of another server.
delete from assocd.touched where sync = $1 and (pg_visible_in_snapshot(txid, $2::pg_snapshot)
    or txid >= (select pg_snapshot_xmax(pg_current_snapshot())))
