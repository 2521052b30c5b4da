/*
 * envelope.h: takes a batch response apart while it arrives. The root object's members come out
 * one by one, its arrays element by element, each as a complete JSON text; never more than one of
 * them is held in memory. Only the frame is checked here (root, commas, member names, duplicates,
 * nothing behind the end); whoever reads an item checks the item, and every item has to be read.
 */
#ifndef HUBSPOT_ENVELOPE_H
#define HUBSPOT_ENVELOPE_H

#include "base/attr.h"
#include "base/buf.h"

enum {
    ENVELOPE_ITEM_MAX = 16 << 20, /* bytes of one value or element */
    ENVELOPE_KEYS_MAX = 32,
    ENVELOPE_KEY_SIZE = 64, /* longer names are cut: no name of ours is that long */
};

struct envelope {
    const char *at; /* what was fed and not yet taken */
    const char *end;
    const char *why; /* what was wrong; NULL: nothing so far */
    struct buf part; /* the beginning of an item whose end has not arrived */
    bool handed; /* `part` holds the item handed out last */
    uint8_t state;
    bool in_string; /* within an item */
    bool escape;
    uint32_t depth;
    uint8_t keys_count;
    char keys[ENVELOPE_KEYS_MAX][ENVELOPE_KEY_SIZE];
};

struct envelope_item {
    const char *key;
    const char *text; /* valid until the next call */
    size_t length;
    bool element; /* an element of the array `key`; else its whole value */
    bool array; /* the array `key` begins; text is empty */
};

/* Back to the beginning; keeps the memory. `{0}` is a fresh one. */
void envelope_reset(struct envelope *envelope);
void envelope_clear(struct envelope *envelope);

/* Hands in the next fragment, after the last one was taken up by envelope_next. It is borrowed
 * until then. */
void envelope_feed(struct envelope *envelope, const char *bytes, size_t length);

/* The next complete item; false when more must be fed, or on failure (see why). */
bool envelope_next(struct envelope *envelope, struct envelope_item *item);

/* Reading an object twice, for its end and for what is in it, is spared where it can be: if an
 * element that is an object comes next, item->text is where it begins and item->length reaches to
 * the end of what was fed. The caller reads the object there and says where it ended; if it met no
 * end it has read nothing, and envelope_next waits for the whole of it. */
bool envelope_object(struct envelope *envelope, struct envelope_item *item);
void envelope_pass(struct envelope *envelope, const char *end);

/* True if the text ended where it should: call it after the last fragment. */
bool envelope_end(struct envelope *envelope);

#endif
