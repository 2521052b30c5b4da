-- Which id a custom object type of an account has, by the name that a sync is configured with; asked for anew once a day.
select object_type_id from assocd.object_type
where portal_id = $1::bigint and name = $2 and fetched_at > clock_timestamp() - interval '1 day'
