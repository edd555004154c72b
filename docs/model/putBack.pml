/*
 * What is put back from an older copy (decisions 18, 27 and 38): create and look-up as in create.pml, what is noted
 * beside the row, the doubt and the comparison of markers. At some moment a copy is taken; once, at any later moment,
 * with -DROW the row becomes what it was then, with -DLEDGER all rows do. With -DVERB an operator recreates or relinks
 * the item once, at any moment. A row that is not in the copy is one that was just begun.
 */
#include "world.pml"
#include "tool.pml"


/* ---- What attempts know ---- */
byte token[WORKERS];
byte maySendIn[WORKERS];
byte readGeneration[WORKERS];
bool readSent[WORKERS];
byte readSearchableIn[WORKERS]; /* a token may be valid again: it does not tell when what was read with it was sent */
bool isGood; /* how the last statement ended */
/* What the run knows of its own, KnownDevItem of domain/itemState.ts: from a verb alone, which is less than it may. */
byte knewGeneration = 1;
bool knewForeign;

#include "copy.pml"

#define holds(w) (rowToken == token[w])

inline freshToken(t) {
  t = 1;
  do
  :: t == rowToken || t == token[0] || t == token[1] || (isCopied && t == cToken) -> t++
  :: else -> break
  od
}

/* OPEN_DOUBTS of ledger/continuity/life.ts; BEAT, by whichever process is first, notices a ledger that was put back. */
#define isDoubtful (isPutBack || doubts > compared)
inline raise() {
  doubts++;
  comparableIn = SEARCHABLE
}
inline beat() {
  if
  :: isPutBack ->
     isPutBack = false; /*: notices that the ledger was put back, which is doubted now */
     raise()
  :: else
  fi
}

/* RECALL of ledger/continuity/sentCreates.ts, where isRecallable of ledger/links/sql.ts: of the newest generation */
#define newestNoted (noted[2] -> 2 : 1)
#ifdef MUTANT_OLDER_OPEN_CREATE_NOT_NOTICED
#define isOlder false
#else
#define isOlder isOlderThanNote
#endif
#define isRecallable (noted[newestNoted] && devItem == 0 && \
  (newestNoted > generation || (newestNoted == generation && (!sent || isOlder))))
inline recall(t) {
  generation = newestNoted; /*: takes the create that is noted beside the row as an open one */
  sent = true;
  searchableIn = notedIn[generation]; /* LAST_SENT */
  isOlderThanNote = false;
  freshToken(t);
  rowToken = t;
  t = 0
}
/* REMEMBER of sentCreates.ts: a dev item of generation g that was seen with the marker */
inline remember(g) {
  notedIn[g] = (noted[g] -> notedIn[g] : 0);
  noted[g] = true;
  isMarked[g] = true
}

/* catchUp of activities/handOver/beginItem.ts, which each step whose row lacks something leads to (perform.ts) */
#define isLacking (knewGeneration > generation || \
  (knewGeneration == generation && knewForeign && devItem != FOREIGN && \
   !(devItem == 0 && sent && linkedForeign[generation])))
inline catchUp(t) {
  raise(); /*: knows more than the row, which makes the ledger doubtful */
  if
  :: devItem == 0 && knewGeneration > generation ->
    generation = knewGeneration; sent = false; searchableIn = 0; isOlderThanNote = false;
    freshToken(t); rowToken = t; t = 0
  :: else
  fi;
  if
  :: knewForeign -> notedIn[knewGeneration] = (noted[knewGeneration] -> notedIn[knewGeneration] : 0);
    noted[knewGeneration] = true; linkedForeign[knewGeneration] = true
  :: else
  fi;
  if
  :: isRecallable -> recall(t)
  :: else
  fi;
  knewGeneration = generation; knewForeign = false
}

/* TAKE_LEASE, as in row.pml */
inline takeLease(w, t, allowed) {
  isGood = (holds(w) && allowed);
  freshToken(t);
  token[w] = t; /*: takes the lease */
  rowToken = t;
  searchableIn = SEARCHABLE;
  isOlderThanNote = false;
  t = 0
}
#define isUnlinked(w) (devItem == 0 && generation == readGeneration[w])

/* NOTE_SENT */
#if defined(MUTANT_DOUBT_ASKED_BEFORE_THE_NOTE) || defined(MUTANT_CREATED_IN_DOUBT)
#define mayNote !noted[generation]
#elif defined(MUTANT_SENT_BESIDE_A_NOTED_CREATE)
#define mayNote !isDoubtful
#else
#define mayNote (!noted[generation] && !isDoubtful)
#endif

/* CLEAR_SENT: what is known by its dev item stays noted; nothing is forgotten where a newer create is noted. */
inline clearSent(w) {
  if
  :: holds(w) && sent && !isOlder ->
    sent = false; /*: takes the create as one that was not made */
    noted[generation] = (isMarked[generation] || linkedForeign[generation])
  :: else
  fi
}

/* An attempt ends: it was killed, or came to its end. What it leaves is in the row. */
inline end(w) {
  isGood = false; /*: ends, or is killed */
  token[w] = 0;
  readGeneration[w] = 0;
  readSent[w] = false;
  readSearchableIn[w] = 0;
  maySendIn[w] = 0;
  awaited[w] = false;
  answer[w] = NONE
}
/* Killed after a step is killed before the next one: it does nothing in between. */
#define OR_ENDS :: end(w); goto end_idle

proctype Worker(byte w) {
  byte t;
  byte item;  /* the dev item that was found or listed */
  byte doubt; /* the newest doubt that the comparison settles */
end_idle:
  if
  :: atomic { devItem == 0 || isDoubtful || isLacking -> /* beginItem; loadContext; knownDevItems */
      item = 0; doubt = 0;
      if
      :: isLacking -> catchUp(t)
      :: else
      fi;
      if
      :: isRecallable ->
recalled:
        recall(t);
        goto end_idle
      :: else
      fi;
      token[w] = rowToken; /*: reads the row */
      readGeneration[w] = generation;
      readSent[w] = sent;
      readSearchableIn[w] = (sent && devItem == 0 -> searchableIn : 0);
      if
      :: devItem != 0 || !sent -> goto compare /* createDevItem; compareForSweep */
      :: devItem == 0 && sent && linkedForeign[generation] ->
         item = FOREIGN; goto adopt /*: finds by its id the dev item that the item was linked to last */ /* readKnown */
      :: devItem == 0 && sent && !linkedForeign[generation] && isMarked[generation] ->
         item = generation; goto adopt /*: finds the dev item by its id */
      :: devItem == 0 && sent && !linkedForeign[generation] && !isMarked[generation]
      fi }
  fi;
lookUp: /* lookForLostCreate of adoptDevItem.ts */
  if
  :: atomic { readSearchableIn[w] == 0 ->
      if
      :: made[readGeneration[w]] > 0 -> item = readGeneration[w]; goto adopt /*: finds a dev item by the marker */
      :: !(made[readGeneration[w]] > 0 && unseen[readGeneration[w]] == 0) /*: looks for the marker and finds nothing */
      OR_ENDS /* the same as `unknown` */
      fi }
  OR_ENDS
  fi;
absent: /* CLEAR_SENT, and links.get of createDevItem */
  atomic {
    clearSent(w);
    if
    :: devItem == 0 && !sent -> goto inTurn
    OR_ENDS
    fi
  };
compare: /* compareMarkers */
  atomic {
    beat();
    doubt = doubts;
#ifdef MUTANT_MARKERS_NOT_COMPARED
    compared = doubts; /*: ends the doubt without a comparison */
#endif
    if
    :: doubts == compared && devItem == 0 -> goto inTurn
#ifndef MUTANT_COMPARED_AT_ONCE
    :: doubts > compared && comparableIn > 0 -> end(w); goto end_idle
    :: doubts > compared && comparableIn == 0
#else
    :: doubts > compared
#endif
    OR_ENDS
    fi
  };
  /* listMarked: only the newest generation counts (changesFor of comparisons.ts); it may show before it must. */
  atomic {
    if
    :: made[2] > 0 -> item = 2 /*: lists the dev item of the second generation */
    :: made[1] > 0 && !(made[2] > 0 && unseen[2] == 0) -> item = 1 /*: lists the dev item of the first generation */
    :: !(made[2] > 0 && unseen[2] == 0) && !(made[1] > 0 && unseen[1] == 0) ->
      item = 0 /*: lists the markers, and there are none */
    OR_ENDS /* the same as `unknown` */
    fi
  };
  atomic { /* settle of ledger/continuity/comparisons.ts, whoever holds the claim */
    if
    :: item == 0 || known[item] || devItem == item || generation > item
    :: else ->
      if
      :: devItem != 0 -> /*: names the listed dev item */
         known[item] = true; told[item] = true; remember(item)
      :: devItem == 0 && sent && generation == item && isMarked[item]
      :: else ->
settled:
        remember(item);
        generation = item; /*: gives the row the listed dev item as an open create */
        sent = true; searchableIn = notedIn[item]; isOlderThanNote = false; freshToken(t); rowToken = t; t = 0
      fi
    fi;
    item = 0;
    if
    :: compared = (doubt > compared -> doubt : compared) /*: ends the doubt */ /* conclude */
    OR_ENDS
    fi;
    if
    :: holds(w) && devItem == 0 -> goto inTurn /* isAsRead of createDevItem */
    OR_ENDS
    fi
  };
inTurn: /* authorise of createLease; the clocks are read before, so that the attempt may send no later than this */
  atomic {
    doubt = 0;
    maySendIn[w] = LEASE + 1;
    takeLease(w, t, isUnlinked(w) && !sent);
    if
    :: isGood -> isGood = false
    OR_ENDS
    fi
  };
#ifdef MUTANT_DOUBT_ASKED_BEFORE_THE_NOTE
  atomic {
    if
    :: !isDoubtful ->
       skip /*: asks for a doubt, and there is none */
    OR_ENDS
    fi
  };
#endif
  atomic { /* NOTE_SENT */
    if
    :: holds(w) && mayNote ->
      sent = true; /*: notes its create */
      noted[generation] = true; notedIn[generation] = searchableIn;
      isNotedSince = isCopied
    OR_ENDS
    fi
  };
  if
  :: atomic { maySendIn[w] > 0 && request[w] == 0 ->
      request[w] = readGeneration[w]; /*: sends its create */
      applyIn[w] = LATE_WRITE; awaited[w] = true }
  :: atomic { maySendIn[w] == 0 -> goto notApplied }
  OR_ENDS
  fi;
  if
  :: atomic { answer[w] == APPLIED -> item = readGeneration[w]; goto store }
  :: atomic { answer[w] == REFUSED -> goto notApplied }
  OR_ENDS
  fi;
notApplied:
  atomic { clearSent(w); end(w); goto end_idle };
adopt:
  atomic {
    takeLease(w, t, isUnlinked(w));
    if
    :: isGood -> isGood = false
    OR_ENDS
    fi
  };
store: /* STORE_DEV_ITEM, else storeDevItem and rememberFor of activities/writes/storeDevItem.ts */
  atomic {
    if
    :: holds(w) -> devItem = item /*: links the dev item */
    :: !holds(w) && devItem != 0 && devItem != item -> known[item] = true; told[item] = true
    :: !holds(w) && devItem == item
    :: !holds(w) && devItem == 0 && item == FOREIGN
    :: !holds(w) && devItem == 0 && item != FOREIGN ->
remembered:
      remember(item); /*: notes the dev item of its late answer beside the row */
      if
      :: isRecallable -> recall(t)
      :: else
      fi
    fi;
    end(w);
    item = 0;
    goto end_idle
  }
}

#ifdef VERB
/* One verb: relink, with what relinkTo of activities/follow/operatorVerbs.ts does before; recreate of a done item */
#define isUnderWay (devItem == 0 && ((sent && searchableIn > 0) || notedIn[generation] > 0 || notedIn[newestNoted] > 0))
proctype Operator() {
  byte t;
  bool isGiven;
end_operator:
  do
  :: atomic { !isGiven && !isUnderWay && !isRecallable ->
      if
      :: devItem == 1 || devItem == 2 -> known[devItem] = true; told[devItem] = true
      :: devItem == 0 && sent && made[generation] > 0 -> known[generation] = true; told[generation] = true
      :: else
      fi;
      devItem = FOREIGN; /*: the operator relinks the item to a dev item of people */
      searchableIn = 0; isOlderThanNote = false; freshToken(t); rowToken = t; t = 0;
      noted[generation] = true; linkedForeign[generation] = true;
      knewGeneration = generation; knewForeign = true; isGiven = true }
  :: atomic { !isGiven && generation == 1 && devItem == 1 ->
      known[1] = true; told[1] = true;
      generation = 2; /*: the operator recreates the item */
      devItem = 0; sent = false; searchableIn = 0; isOlderThanNote = false; freshToken(t); rowToken = t; t = 0;
      knewGeneration = 2; isGiven = true }
  od
}
#endif

/* When nothing more can happen, the newest dev item is linked, or named, or a person has let it go. */
proctype Judge() {
end_judge:
  timeout ->
    I2(made[2] == 0 || devItem == 2 || told[2]);
    I2(made[1] == 0 || made[2] > 0 || devItem == 1 || told[1])
}

init {
  atomic {
    run Tool(); run Worker(0); run Worker(1); run Clock(); run Losses(); run Judge();
#ifdef VERB
    run Operator()
#endif
  }
}
