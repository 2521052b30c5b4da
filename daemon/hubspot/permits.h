/*
 * permits.h: what the client asks before every request it sends.
 */
#ifndef HUBSPOT_PERMITS_H
#define HUBSPOT_PERMITS_H

#include "base/attr.h"
#include "base/error.h"

/* Who may send a request, and when: answered by the caller's shared budget (journal/rate_budget).
 */
struct client_permits {
    void *owner;
    /* Asks for one request now. *wait_ms 0: granted, it will be sent; else ask again after so long.
     * ERROR_QUOTA when the day's budget is spent. */
    bool (*acquire)(void *owner, int64_t *wait_ms, struct error *err);
    /* HubSpot asked the whole account to wait (429, 477): policy is its policyName, "" if absent.
     */
    bool (*hold)(void *owner, const char *policy, int64_t hold_ms, struct error *err);
};

#endif
