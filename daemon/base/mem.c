/*
 * mem.c: allocation that ends the process when memory is out.
 */
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *mem_check(void *memory)
{
    if (memory == NULL) {
        fputs("assocd: out of memory\n", stderr);
        abort();
    }
    return memory;
}

void *mem_new(size_t count, size_t size)
{
    return mem_check(calloc(count > 0 ? count : 1, size));
}

void *mem_resize(void *old, size_t count, size_t size)
{
    return mem_check(reallocarray(old, count > 0 ? count : 1, size));
}

char *mem_text(const char *text)
{
    return text == NULL ? NULL : mem_check(strdup(text));
}

char *mem_text_part(const char *text, size_t length)
{
    char *copy = mem_new(length + 1, 1);
    memcpy(copy, text, length);
    return copy;
}

void mem_grow(void *items_address, size_t *room, size_t need, size_t size)
{
    if (need <= *room)
        return;
    size_t wider = *room > 0 ? *room : 16;
    while (wider < need)
        wider = wider <= SIZE_MAX / 2 ? wider * 2 : need;
    void *items;
    memcpy(&items, items_address, sizeof items);
    items = mem_resize(items, wider, size);
    memcpy(items_address, &items, sizeof items);
    *room = wider;
}
