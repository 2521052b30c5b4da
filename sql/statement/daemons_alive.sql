-- How many daemons were seen within the last ten seconds?
select count(*) from assocd.daemon where seen_at > clock_timestamp() - interval '10 seconds'
