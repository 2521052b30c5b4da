/*
 * source_type.h: which association type a row of the source means: by its type column, by its
 * columns of type id and category, or, if the source has neither, by the sync's only type. An empty
 * cell is never a wish for a label: it means the plain type, and only where the sync manages that.
 */
#ifndef SOURCE_SOURCE_TYPE_H
#define SOURCE_SOURCE_TYPE_H

#include "base/attr.h"
#include "model/definition.h"
#include "model/types.h"

enum {
    SOURCE_EXCERPT_MAX = 81, /* of a cell in a message */
    SOURCE_MESSAGE_MAX = 320,
    SOURCE_TYPE_CELLS = 2, /* type alone, or type id and category */
};

struct source_type {
    const struct sync_definition *sync;
    const struct types *types; /* borrowed */
    uint32_t implied; /* what a row means that says nothing; TYPE_NONE: such a row is invalid */
    char said[2 * SOURCE_EXCERPT_MAX]; /* CATEGORY:id of the row read last */
};

/* To be called when it is known which types are managed. */
void source_type_init(
    struct source_type *rule, const struct sync_definition *sync, const struct types *types);

/* Does the row name a type? One without to_id need not, as a LEFT JOIN leaves it, which may have a
 * constant for its category: that alone is no type. A type that is named has to be one of the
 * sync's all the same. */
bool source_type_is_said(char *const cells[static SOURCE_TYPE_CELLS]);

/* The managed type that these cells mean (NULL for NULL), or TYPE_NONE with the reason in message.
 * *said is what the row says in one text, NULL if nothing; borrowed until the next call. */
uint32_t source_type_read(struct source_type *rule, char *const cells[static SOURCE_TYPE_CELLS],
    const char **said, char message[static SOURCE_MESSAGE_MAX]);

/* The beginning of a cell, for a message; never a part of a character. */
const char *source_excerpt(const char *cell, char space[static SOURCE_EXCERPT_MAX]);

#endif
