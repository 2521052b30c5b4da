-- What HubSpot told of missing from-records ($3) that it is not asked about yet: 0, or what they were merged into. In a
-- run that may archive anything it is asked: a link may have come with a merge since.
select assocd.record_id(from_id), coalesce(merged_into, 0) from assocd.reject
where sync = $1 and origin = 'source' and to_id is null and type is null and retry_at > clock_timestamp()
    and (category = 'deleted' or (category = 'merged' and merged_into is not null))
    and assocd.record_id(from_id) = any ($3::bigint[])
    and not exists (select from assocd.change where run_id = $2::bigint and operation = 'archive' and state <> 'reported')
order by 1
