/*
 * Create, lease, look-up and adoption of one item (design 3, createDevItem): two workers make attempts at it at the same
 * time and without end. With -DVERBS=n an operator gives n verbs meanwhile: pause, resume, release, relink, recreate.
 * What is written to Craft.io afterwards is left out; a row that is lost is in lostRow.pml.
 */
#include "world.pml"
#include "tool.pml"
#include "row.pml"

bool isReady = true; /* the Craft item matches the readiness rule */
bool releaseOrdered; /* run.pendingRelease of workflows/itemSync/run.ts */

/* Which item a search for the marker finds; the oldest, where there are two (adopt of adoptDevItem.ts). */
#ifdef MUTANT_MARKER_WITHOUT_GENERATION
#define found(g) (made[1] > 0 -> 1 : 2)
#define isThere(g) (made[1] + made[2] > 0)
#else
#define found(g) g
#define isThere(g) (made[g] > 0)
#endif
#define isListed(g) (isThere(g) && unseen[g] == 0)

/* takeStep of workflows/itemSync/steps.ts, and nextStep of domain/itemState.ts */
#define asksForCreate (devItem == 0 && !isAtRest(phase))
#define asksForRelease (releaseOrdered && !isAtRest(phase))

proctype Worker(byte w) {
  byte t;
  bool releases;
end_idle:
  do
  :: asksForCreate || asksForRelease ->
    atomic { readRow(w); releases = asksForRelease };
    if
    :: isAtRest(readPhase[w]) || (readItem[w] != 0 && !releases) -> goto ended
    :: else
    fi;
    if
    :: readItem[w] != 0 || !readSent[w] -> goto nothingOpen
    :: else
    fi;
lookUp: /* lookForLostCreate of adoptDevItem.ts */
    if
    /* The row says when, as it was read. Where it has changed since, nothing comes of this, whatever it says now. */
    :: rowToken == token[w] && searchableIn > 0 -> goto ended
    :: rowToken != token[w] || searchableIn == 0
    fi;
    if
    :: isThere(readGeneration[w]) -> goto adopt /*: finds a dev item by the marker */
    :: !isListed(readGeneration[w]) /*: looks for the marker and finds nothing */
#ifdef MUTANT_UNKNOWN_IS_ABSENT
    :: true /*: looks for the marker, and cannot tell */
#endif
    OR_KILLED /* the same as `unknown`: it is asked again later */
    fi;
absent:
    clearSent(w);
    if
    :: devItem == 0 && !sent /* links.get of createDevItem and of releaseItem */
    OR_KILLED
    fi;
nothingOpen:
    if
    :: releases -> goto release
    :: !releases && (isReady || readGeneration[w] > 1) /* handOverable of activities/handOver/checkReadiness.ts */
    :: !releases && !isReady && readGeneration[w] == 1 -> endUnder(w, NOT_READY); goto ended
    OR_KILLED
    fi;
    /* authorise of createLease: the clocks are read before the query (deadlineFromNow of ledger/links/leases.ts) */
#ifndef MUTANT_CLOCK_READ_AFTER_QUERY
    maySendIn[w] = LEASE + 1;
#endif
leased:
    takeLease(w, t, mayCreate(w));
    if
    :: isGood[w]
    OR_KILLED
    fi;
#ifdef MUTANT_CLOCK_READ_AFTER_QUERY
    maySendIn[w] = LEASE + 1;
#endif
#ifndef MUTANT_SENT_NOT_NOTED
    noteSent(w);
    if
    :: isGood[w]
    OR_KILLED
    fi;
#endif
    /* mayStart of connectors/http/client.ts, asked when the request is about to be written */
    if
    :: atomic { inTime(w) && request[w] == 0 ->
        request[w] = readGeneration[w]; /*: sends its create */
        applyIn[w] = LATE_WRITE; awaited[w] = true }
    :: !inTime(w) -> goto notApplied
    OR_KILLED
    fi;
    if
    :: answer[w] == APPLIED -> goto answered
    :: answer[w] == REFUSED
    OR_KILLED /* the same as a lost answer, and as a time-out */
    fi;
notApplied: /* afterFailedCreate, certainlyNotApplied */
    clearSent(w);
    goto ended;
answered:
    storeDevItem(w, t, readGeneration[w]);
    goto ended;
adopt:
    takeLease(w, t, mayAdopt(w));
    if
    :: isGood[w]
    OR_KILLED
    fi;
adopted:
    storeDevItem(w, t, found(readGeneration[w]));
    goto ended; /* a release begins again with the row that is linked now */
release: /* the end of releaseItem of activities/follow/releaseCraftItem.ts */
    endUnder(w, RELEASED);
ended:
    atomic { forget(w); releases = false } /*: ends, or is killed */
  od
}

/* A tick, never past the moment at which a request is applied at the latest. */
proctype Clock() {
end_clock:
  do
  :: d_step {
      (isToolTicking || maySendIn[0] + maySendIn[1] + searchableIn > 0) && !isOverdue(0) && !isOverdue(1) ->
      tickTool(); /*: time passes */
      down(maySendIn[0]);
      down(maySendIn[1]);
      down(searchableIn)
    }
  od
}

#ifdef VERBS
/* RELINK of ledger/links/pairings.ts, and relinkTo of activities/follow/operatorVerbs.ts before it */
#ifdef MUTANT_RELINKED_OVER_OPEN_CREATE
#define mayRelink true
#define namesIt false
#else
#define mayRelink !(sent && devItem == 0 && searchableIn > 0)
#define namesIt (sent && made[generation] > 0)
#endif
inline relink(t) {
  known[generation] = (namesIt -> true : known[generation]);
  devItem = FOREIGN; /*: the operator relinks the item to a dev item of people */
  phase = LOCKING;
  searchableIn = 0;
  freshToken(t);
  rowToken = t;
  t = 0
}
/* RAISE_GENERATION of ledger/links/pairings.ts */
inline raiseGeneration(t) {
  generation++; /*: the operator recreates the item */
  phase = CREATING;
  devItem = 0;
  sent = false;
  searchableIn = 0;
  freshToken(t);
  rowToken = t;
  t = 0
}

/* The operator: activities/follow/operatorVerbs.ts. Each verb is one statement; a release is a step (Worker). */
proctype Operator() {
  byte verbs = VERBS;
  byte t;
end_operator:
  do
  :: atomic { verbs > 0 && !isAtRest(phase) -> pauseRow(t); verbs-- }
  :: atomic { verbs > 0 && phase == PAUSED -> phase = (devItem == 0 -> CREATING : LOCKING); verbs-- }
  :: atomic { verbs > 0 && !releaseOrdered && phase != RELEASED ->
      releaseOrdered = true; /*: the operator orders a release */
      verbs-- }
  :: atomic { verbs > 0 && mayRelink && devItem != FOREIGN -> relink(t); releaseOrdered = false; verbs-- }
  :: atomic { verbs > 0 && phase == RELEASED && generation == 1 -> raiseGeneration(t); releaseOrdered = false; verbs-- }
  :: verbs > 0 -> verbs = 0
  od
}
#else
/* People at Craft.io take the item back at some moment, or not. */
proctype People() {
end_people:
  isReady -> isReady = false /*: people take the item back in Craft.io */
}
#endif

/* When nothing more can happen, each dev item is linked or named, unless the item is paused. */
proctype Judge() {
end_judge:
  timeout ->
    I2(made[1] == 0 || known[1] || phase == PAUSED);
    I2(made[2] == 0 || known[2] || phase == PAUSED);
    I2(made[generation] == 0 || devItem == generation || devItem == FOREIGN || phase == PAUSED)
}

init {
  atomic {
    run Tool(); run Worker(0); run Worker(1); run Clock(); run Judge();
#ifdef VERBS
    run Operator()
#else
    run People()
#endif
  }
}
