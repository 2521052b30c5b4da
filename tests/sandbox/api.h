/*
 * api.h: the calls, one function each; route.c says which path means which.
 */
#ifndef SANDBOX_API_H
#define SANDBOX_API_H

#include "sandbox/call.h"

void api_read(struct call *call);
void api_read_record(struct call *call);
/* Adds the row of a create answer in v4 and later. */
void call_add_created(struct call *call, const struct edge *edge);
void api_create(struct call *call);
void api_associate_default(struct call *call);
void api_archive(struct call *call);
void api_archive_types(struct call *call);
void api_put_pair(struct call *call);
void api_put_default(struct call *call);
void api_delete_pair(struct call *call);
void api_put_name(struct call *call);
void api_delete_name(struct call *call);
void api_types(struct call *call);
void api_labels(struct call *call);
void api_label_create(struct call *call);
void api_label_rename(struct call *call);
void api_label_delete(struct call *call);
void api_maximums(struct call *call);
void api_maximums_all(struct call *call);
void api_maximums_set(struct call *call);
void api_maximums_purge(struct call *call);
void api_account(struct call *call);
void api_usage(struct call *call);
void api_token_info(struct call *call);
void api_oauth(struct call *call);
void api_schema(struct call *call);
void api_limits(struct call *call);
void api_report(struct call *call);
void api_records(struct call *call);
void api_record(struct call *call);
void api_merge(struct call *call);
void api_search(struct call *call);
void api_property(struct call *call);
void api_properties(struct call *call);
void api_list(struct call *call);
void api_counts(struct call *call);

#endif
