/*
 * A row that is deleted, once and at any moment (decision 18): create and look-up as in create.pml, with what is noted
 * beside the row. One generation.
 */
#include "world.pml"
#include "tool.pml"

/* ---- The ledger ---- */
bool isRow = true;   /* there is a row */
byte rowToken;       /* claim_token; 0: null */
bool sent;           /* sent_at is not null */
byte searchableIn;   /* as in row.pml */
bool linked;         /* dev_item_id is not null */
bool noted;          /* sent_create has the create */
bool isMarked;       /* sent_create.dev_item_ids names the dev item */
byte notedIn;        /* units until what sent_create.send_before says is searchable */

/* ---- What attempts know ---- */
byte token[WORKERS];
byte maySendIn[WORKERS];
bool readSent[WORKERS];
byte readSearchableIn[WORKERS];
bool isGood[WORKERS];

#define holds(w) (isRow && rowToken == token[w])

inline freshToken(t) {
  t = 1;
  do
  :: t == rowToken || t == token[0] || t == token[1] -> t++
  :: else -> break
  od
}

/* RECALL of ledger/continuity/sentCreates.ts, where isRecallable of ledger/links/sql.ts */
#define isRecallable (noted && isRow && !linked && !sent)
inline recall(t) {
  sent = true; /*: takes the create that is noted beside the row as an open one */
  searchableIn = notedIn; /* LAST_SENT */
  freshToken(t);
  rowToken = t;
  t = 0
}

inline takeLease(w, t, allowed) { /* as in row.pml */
  atomic {
    isGood[w] = (holds(w) && allowed);
    if
    :: isRow -> /*: takes the lease */
       freshToken(t); token[w] = t; rowToken = t; searchableIn = SEARCHABLE; t = 0
    :: else
    fi
  }
}

inline clearSent(w) { /* CLEAR_SENT: what is known by its dev item stays noted */
  atomic {
    if
    :: holds(w) && sent -> /*: takes the create as one that was not made */
       sent = false; noted = isMarked
    :: else
    fi
  }
}

proctype Worker(byte w) {
  byte t;
end_idle:
  do
  :: !isRow || !linked ->
    /* rowFor of activities/handOver/beginItem.ts, beginRow of activities/step/loadContext.ts */
    if
    :: !isRow -> atomic {
       isRow = true; /*: begins a new row */
        rowToken = 0; sent = false; searchableIn = 0; linked = false }
    :: else
    fi;
    atomic { token[w] = rowToken; /*: reads the row */
      readSent[w] = sent; readSearchableIn[w] = (sent -> searchableIn : 0) };
    if
    :: isRow && linked -> goto ended
    :: else
    fi;
    if
    :: readSent[w]
    :: !readSent[w] -> goto nothingOpen
    fi;
    /* readKnown of adoptDevItem.ts: by its id it is found at once, and never absent */
    if
    :: isMarked && made[1] > 0 -> goto adopt
    :: !isMarked && readSearchableIn[w] > 0 -> goto ended
    :: !isMarked && readSearchableIn[w] == 0
    OR_KILLED
    fi;
    if
    :: made[1] > 0 -> goto adopt /*: finds a dev item by the marker */
    :: !(made[1] > 0 && unseen[1] == 0) /*: looks for the marker and finds nothing */
    OR_KILLED
    fi;
    clearSent(w);
    if
    :: isRow && !linked && !sent
    OR_KILLED
    fi;
    goto inTurn;
nothingOpen: /* createDevItem: what was noted beside the row */
#ifndef MUTANT_ADOPTION_SKIPPED_FOR_NEW_ROW
    atomic {
      if
      :: isRecallable ->
recalled:
        recall(t);
        goto ended
      :: else
      fi
    };
#endif
inTurn: /* authorise of createLease */
    maySendIn[w] = LEASE + 1;
    takeLease(w, t, !linked && !sent);
    if
    :: isGood[w]
    OR_KILLED
    fi;
    atomic { /* NOTE_SENT */
#ifdef MUTANT_ADOPTION_SKIPPED_FOR_NEW_ROW
      isGood[w] = holds(w);
#else
      isGood[w] = (holds(w) && !noted);
#endif
      if
      :: isGood[w] -> /*: notes its create */
        sent = true;
#ifndef MUTANT_NOT_NOTED_BESIDE_THE_ROW
        noted = true;
        notedIn = searchableIn
#endif
      :: else
      fi
    };
    if
    :: isGood[w]
    OR_KILLED
    fi;
    if
    :: atomic { maySendIn[w] > 0 && request[w] == 0 ->
        request[w] = 1; /*: sends its create */
        applyIn[w] = LATE_WRITE; awaited[w] = true }
    :: maySendIn[w] == 0 -> goto notApplied
    OR_KILLED
    fi;
    if
    :: answer[w] == APPLIED -> goto store
    :: answer[w] == REFUSED
    OR_KILLED
    fi;
notApplied:
    clearSent(w);
    goto ended;
adopt:
    takeLease(w, t, !linked);
    if
    :: isGood[w]
    OR_KILLED
    fi;
store: /* STORE_DEV_ITEM, else rememberFor of activities/writes/storeDevItem.ts */
    atomic {
      if
      :: holds(w) -> linked = true /*: links the dev item */
      :: !holds(w) && isRow && linked
      :: !holds(w) && !(isRow && linked) ->
remembered:
        notedIn = (noted -> notedIn : 0); noted = true; isMarked = true;
        if
        :: isRecallable -> recall(t)
        :: else
        fi
      fi
    };
ended:
    atomic {
      token[w] = 0; /*: ends, or is killed */
      readSearchableIn[w] = 0; maySendIn[w] = 0; readSent[w] = false; isGood[w] = false;
      awaited[w] = false; answer[w] = NONE
    }
  od
}

/* A person, or a tool of the database, deletes the row. */
proctype Losses() {
end_loss:
  atomic { isRow ->
    isRow = false; /*: the row is deleted */
    rowToken = 0; sent = false; searchableIn = 0; linked = false }
}

#define isTicking (maySendIn[0] + maySendIn[1] + searchableIn + notedIn + readSearchableIn[0] + readSearchableIn[1] > 0)

proctype Clock() {
end_clock:
  do
  :: d_step {
      (isToolTicking || isTicking) && !isOverdue(0) && !isOverdue(1) ->
      tickTool(); /*: time passes */
      down(maySendIn[0]); down(maySendIn[1]); down(searchableIn); down(notedIn);
      down(readSearchableIn[0]); down(readSearchableIn[1])
    }
  od
}

proctype Judge() {
end_judge:
  timeout -> I2(made[1] == 0 || (isRow && linked))
}

init {
  atomic { run Tool(); run Worker(0); run Worker(1); run Clock(); run Losses(); run Judge() }
}
