/*
 * source_record.h: which records a row of the source means: by their ids, or by business keys.
 */
#ifndef SOURCE_SOURCE_RECORD_H
#define SOURCE_SOURCE_RECORD_H

#include "base/attr.h"
#include "model/record_key.h"
#include "source/source.h"
#include "source/source_type.h"

struct source_record {
    const struct sync_definition *sync;
    enum record_key_kind kinds[2]; /* of keys: from, to */
    char keys[2][RECORD_KEY_MAX + 1]; /* of the row read last */
    char message[SOURCE_MESSAGE_MAX];
};

void source_record_init(struct source_record *rule, const struct sync_definition *sync);

/* Fills the row's ids or keys from its cells. False: it is made an invalid row; its texts are
 * borrowed until the next call. */
MUST_CHECK bool source_record_read(struct source_record *rule, struct source_row *row);

#endif
