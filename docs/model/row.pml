/*
 * The row of one item, what an attempt knows of it, and the statements that change it. A statement of SQL is atomic, so
 * each is one step here. What decides nothing is left out: texts, keys, addresses, the log.
 */

/* `checking` and `blocked` ask for the same steps as `creating` (nextStep of domain/itemState.ts). */
mtype = { CREATING, LOCKING, FOLLOWING, PAUSED, RELEASED, NOT_READY };
mtype phase = CREATING;
byte generation = 1;
byte rowToken;     /* claim_token; 0: null */
bool sent;         /* sent_at is not null */
byte searchableIn; /* units until `send_before` + timeout + lateWrite + readAfterWrite; 0 also where that is null */
byte devItem;      /* dev_item_id: the generation that it was made for, FOREIGN, or 0: null */
#define FOREIGN 3  /* a dev item that people made */
bool known[4];     /* the row has held this dev item, or names it as a duplicate or a dismissed one */

/* What attempts know. Global, so that a fresh token is never one that somebody holds still: so it stands for a UUID. */
byte token[WORKERS];     /* ctx.claim.token of activities/step/itemContext.ts */
byte maySendIn[WORKERS]; /* units in which it may send, by its own clocks; 0: deadline.passed() */
bool readSent[WORKERS];  /* ctx.link, as it was when the attempt began */
byte readItem[WORKERS];
byte readGeneration[WORKERS];
mtype readPhase[WORKERS] = CREATING;
bool isGood[WORKERS];    /* how the last statement or check ended */

#define isAtRest(p) (p == PAUSED || p == RELEASED || p == NOT_READY)

#if defined(MUTANT_NO_LEASE) || defined(MUTANT_NO_TOKEN)
#define holds(w) true
#else
#define holds(w) (rowToken == token[w])
#endif
#if defined(MUTANT_NO_LEASE) || defined(MUTANT_NO_DEADLINE)
#define inTime(w) true
#else
#define inTime(w) (maySendIn[w] > 0)
#endif

inline freshToken(t) {
  t = 1;
  do
  :: t == rowToken || t == token[0] || t == token[1] -> t++
  :: else -> break
  od
}

/* OPEN of ledger/opening.ts, as loadContext (activities/step/loadContext.ts) takes it */
inline readRow(w) {
  token[w] = rowToken; /*: reads the row */
  readSent[w] = sent;
  readItem[w] = devItem;
  readGeneration[w] = generation;
  readPhase[w] = phase
}

inline forget(w) {
  token[w] = 0;
  maySendIn[w] = 0;
  readSent[w] = false;
  readItem[w] = 0;
  readGeneration[w] = 0;
  readPhase[w] = CREATING;
  isGood[w] = false;
  awaited[w] = false;
  answer[w] = NONE
}

/*
 * TAKE_LEASE of ledger/links/leases.ts: it never waits and never fails. What takeLease (activities/writes/lease.ts) and
 * `allowed`, its caller, conclude from the row as it was before is concluded here, since that changes no more.
 */
inline takeLease(w, t, allowed) {
  atomic {
    isGood[w] = (holds(w) && !(phase != readPhase[w] && isAtRest(phase)) && allowed);
    freshToken(t);
    token[w] = t; /*: takes the lease */
    rowToken = t;
    searchableIn = SEARCHABLE;
    t = 0
  }
}
/* adopt of activities/writes/adoptDevItem.ts; createLease of activities/handOver/createDevItem.ts */
#define mayAdopt(w) (devItem == 0 && generation == readGeneration[w])
#ifdef MUTANT_OPEN_CREATE_NOT_LOOKED_AT
#define mayCreate(w) mayAdopt(w)
#else
#define mayCreate(w) (mayAdopt(w) && !sent)
#endif

/* NOTE_SENT of ledger/links/leases.ts */
#ifdef MUTANT_PHASE_NOT_LOOKED_AT
#define isSamePhase(w) true
#else
#define isSamePhase(w) (phase == readPhase[w])
#endif
inline noteSent(w) {
  atomic {
    isGood[w] = (holds(w) && isSamePhase(w));
    sent = (isGood[w] -> true : sent) /*: notes its create, if it may */
  }
}

/* CLEAR_SENT of ledger/links/leases.ts */
inline clearSent(w) {
  sent = (holds(w) -> false : sent) /*: takes the create as one that was not made, if it may say so */
}

/*
 * STORE_DEV_ITEM of ledger/links/pairings.ts. Where the token is an older one, storeDevItem of
 * activities/writes/storeDevItem.ts: a row that knows of nothing gets the create as an open one (RECALL of
 * ledger/continuity/sentCreates.ts), one with another dev item names this one.
 */
inline storeDevItem(w, t, item) {
  atomic {
    if
    :: holds(w) -> /*: links the dev item */
       devItem = item; known[item] = true; phase = (phase == PAUSED -> PAUSED : LOCKING)
    :: !holds(w) && devItem != 0 && devItem != item -> known[item] = true
    :: (!holds(w) && devItem == 0 && phase != RELEASED &&
        (readGeneration[w] > generation || (readGeneration[w] == generation && !sent))) ->
recalled:
      generation = readGeneration[w];
      sent = true;
      phase = (phase == PAUSED -> PAUSED : CREATING);
      freshToken(t);
      rowToken = t;
      t = 0
    :: else
    fi
  }
}

/* setPhase of activities/writes/lease.ts with a phase that ends the item: setUnder of ledger/links/phases.ts */
#ifdef MUTANT_ENDED_WITH_OPEN_CREATE
#define hasOpenCreate false
#else
#define hasOpenCreate (sent && devItem == 0)
#endif
inline endUnder(w, end) {
  atomic {
    isGood[w] = (holds(w) && (phase != PAUSED || readPhase[w] == PAUSED) && !hasOpenCreate);
    phase = (isGood[w] -> end : phase) /*: ends the item, if it may */
  }
}

/* SET_AS_READ of ledger/links/phases.ts, by changePhase (activities/step/changePhase.ts): it decides by the newest row. */
inline pauseRow(t) {
  phase = PAUSED; /*: the operator pauses the item */
  if
  :: rowToken == 0 -> freshToken(t); rowToken = t; t = 0
  :: else
  fi
}
