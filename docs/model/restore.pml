/*
 * A ledger that was put back or lost a row (decisions 18 and 27): create and look-up as in create.pml, with what keeps an
 * older row from a second create. At some moment a copy of the ledger is taken; once, at any later moment, the ledger
 * becomes that copy, or the row alone does, or the row is lost. One generation; the release of a lease, of a claim and of
 * a process's memory by time are free to happen at any moment.
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
byte notedIn;        /* units until what sent_create.send_before says is searchable */
bool isMarked;       /* sent_create.dev_item_ids names the dev item */
byte doubts;         /* the newest id in ledger_doubt */
byte compared;       /* marker_comparison.doubt_id */
byte comparableIn;   /* units until a create that was under way when the newest doubt was noted would show */
byte claim;          /* marker_comparison.claim_token: whose, plus 1; 0: null */
byte aliveAt;        /* ledger_life.alive_at: 0 before the copy, 1 after it, 2 after the ledger was put back */

/* ---- The copy ---- */
bool isCopied;
bool cRow; byte cToken; bool cSent; byte cSearchableIn; bool cLinked; bool cNoted; byte cNotedIn; bool cMarked;
byte cDoubts; byte cCompared; byte cClaim;
byte era; /* the time of day, as far as aliveAt tells it */

/* ---- What attempts and processes know ---- */
byte token[WORKERS];
byte maySendIn[WORKERS];
bool readSent[WORKERS];
bool isGood[WORKERS];
byte readDoubt[WORKERS];
bool isListed[WORKERS];
byte seen[WORKERS];   /* the latest beat that the process saw: `seen` of ledger/continuity/life.ts */

#define holds(w) (isRow && rowToken == token[w])

inline freshToken(t) {
  t = 1;
  do
  :: t == rowToken || t == token[0] || t == token[1] || (isCopied && t == cToken) -> t++
  :: else -> break
  od
}

/* RAISE and BEAT of ledger/continuity/life.ts */
inline raise() {
  doubts++;
  comparableIn = SEARCHABLE
}
inline askDoubt(w) { /* doubt() of life.ts: it beats where the ledger went back in time; isGood: there is none */
  atomic {
#ifndef MUTANT_NOBODY_REMEMBERS
    if
    :: seen[w] > aliveAt -> raise()
    :: else
    fi;
#endif
    aliveAt = era;
    seen[w] = era;
    isGood[w] = (doubts == compared);
    readDoubt[w] = doubts
  }
}

/* RECALL of ledger/continuity/sentCreates.ts, where isRecallable of ledger/links/sql.ts */
#define isRecallable (noted && isRow && !linked && !sent)
inline recall(t) {
  sent = true;
  searchableIn = notedIn;
  freshToken(t);
  rowToken = t;
  t = 0
}

inline takeLease(w, t, allowed) { /* as in row.pml */
  atomic {
    isGood[w] = (holds(w) && allowed);
    if
    :: isRow -> freshToken(t); token[w] = t; rowToken = t; searchableIn = SEARCHABLE; t = 0
    :: else
    fi
  }
}

inline clearSent(w) { /* CLEAR_SENT: what is known by its dev item stays noted */
  atomic {
    if
    :: holds(w) && sent -> sent = false; noted = isMarked
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
    :: !isRow -> atomic { isRow = true; rowToken = 0; sent = false; searchableIn = 0; linked = false }
    :: else
    fi;
    atomic { token[w] = rowToken; readSent[w] = sent };
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
    :: !isMarked && rowToken == token[w] && searchableIn > 0 -> goto ended
    :: !isMarked && !(rowToken == token[w] && searchableIn > 0)
    OR_KILLED
    fi;
    if
    :: made[1] > 0 -> goto adopt
    :: !(made[1] > 0 && unseen[1] == 0)
    OR_KILLED
    fi;
    clearSent(w);
    if
    :: isRow && !linked && !sent
    OR_KILLED
    fi;
    goto inTurn;
nothingOpen: /* createDevItem: what was noted beside the row, then compareMarkers */
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
#ifndef MUTANT_MARKERS_NOT_COMPARED
    askDoubt(w);
    if
    :: isGood[w] -> goto inTurn
    :: !isGood[w]
    OR_KILLED
    fi;
#ifdef MUTANT_COMPARED_AT_ONCE
    claim = w + 1;
#else
    atomic {
      if
      :: comparableIn > 0 -> goto ended
      :: comparableIn == 0 -> claim = w + 1 /* CLAIM of ledger/continuity/claims.ts; an older one may have run out */
      fi
    };
#endif
    if
    :: isListed[w] = (made[1] > 0 && unseen[1] == 0) /* listMarked of the dev tool */
    :: isListed[w] = (made[1] > 0)
    OR_KILLED /* as after `unknown` */
    fi;
    atomic { /* settle of ledger/continuity/comparisons.ts */
      isGood[w] = (claim == w + 1);
      if
      :: isGood[w] && isListed[w] && !(isRow && (linked || (sent && isMarked))) ->
settled:
        noted = true; isMarked = true;
        isRow = true; linked = false; sent = true; searchableIn = 0;
        freshToken(t); rowToken = t; t = 0
      :: else
      fi
    };
    if
    :: isGood[w]
    OR_KILLED
    fi;
    atomic { /* CONCLUDE */
      if
      :: claim == w + 1 -> compared = (readDoubt[w] > compared -> readDoubt[w] : compared); claim = 0
      :: else
      fi
    };
    if
    :: isRow && rowToken == token[w] /* isAsRead */
    OR_KILLED
    fi;
#endif
inTurn: /* authorise of createLease */
    maySendIn[w] = LEASE + 1;
    takeLease(w, t, !linked && !sent);
    if
    :: isGood[w]
    OR_KILLED
    fi;
#ifndef MUTANT_MARKERS_NOT_COMPARED
#ifndef MUTANT_DOUBT_NOT_ASKED_UNDER_LEASE
    askDoubt(w);
    if
    :: isGood[w]
    OR_KILLED
    fi;
#endif
#endif
    atomic { /* NOTE_SENT */
#ifdef MUTANT_SENT_BESIDE_A_NOTED_CREATE
      isGood[w] = (holds(w) && !(noted && isMarked));
#else
      isGood[w] = (holds(w) && !noted);
#endif
      if
      :: isGood[w] ->
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
    :: atomic { maySendIn[w] > 0 && request[w] == 0 -> request[w] = 1; applyIn[w] = LATE_WRITE; awaited[w] = true }
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
      :: holds(w) -> linked = true
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
      token[w] = 0; maySendIn[w] = 0; readSent[w] = false; isGood[w] = false; readDoubt[w] = 0; isListed[w] = false;
      awaited[w] = false; answer[w] = NONE
    }
  :: atomic { seen[w] != era && seen[w] <= aliveAt -> aliveAt = era; seen[w] = era } /* a beat that finds nothing */
  od
}
#include "losses.pml"
