/* The ledger of putBack.pml, its copy, and the clock. */
#define FOREIGN 3      /* a dev item that people made */
/* ---- The row ---- */
byte generation = 1;
byte rowToken;         /* claim_token; 0: null */
bool sent;             /* sent_at is not null */
byte searchableIn;     /* as in row.pml */
bool isOlderThanNote;  /* send_before of the row is earlier than that of sent_create: the row was put back */
byte devItem;          /* dev_item_id: the generation that it was made for, FOREIGN, or 0: null */
bool known[4];         /* the row names this dev item as a duplicate or a dismissed one */
bool told[4];          /* people were told of it, or let it go by a verb: nobody puts that back */

/* ---- The rest of the ledger ---- */
bool noted[GENERATIONS];         /* sent_create has the create of a generation */
byte notedIn[GENERATIONS];       /* units until what sent_create.send_before says is searchable */
bool isMarked[GENERATIONS];      /* sent_create.dev_item_ids names the dev item */
bool linkedForeign[GENERATIONS]; /* the last of sent_create.linked_dev_items is FOREIGN */
byte doubts;                     /* the newest id in ledger_doubt */
byte compared;                   /* marker_comparison.doubt_id */
byte comparableIn;               /* units until a create that was under way at the newest doubt would show */
bool isPutBack;                  /* the ledger's life shows that it was put back, and nobody has looked yet */

/* ---- The copy ---- */
bool isCopied;
bool isNotedSince; /* a create was noted since the copy */
byte cGeneration; byte cToken; bool cSent; byte cDevItem; bool cKnown[GENERATIONS];
#ifdef LEDGER
/* What a copy of all rows says of times is taken as over: it may be as old as it likes. */
#define cSearchableIn 0
bool cNoted[GENERATIONS]; bool cIsMarked[GENERATIONS]; bool cLinkedForeign[GENERATIONS];
#else
byte cSearchableIn;
#endif

proctype Losses() {
end_copy:
  atomic {
    isCopied = true; /*: a copy is taken */
    cGeneration = generation; cToken = rowToken; cSent = sent; cDevItem = devItem;
    cKnown[1] = known[1]; cKnown[2] = known[2];
#ifdef ROW
    cSearchableIn = searchableIn
#else
    cNoted[1] = noted[1]; cIsMarked[1] = isMarked[1]; cLinkedForeign[1] = linkedForeign[1];
    cNoted[2] = noted[2]; cIsMarked[2] = isMarked[2]; cLinkedForeign[2] = linkedForeign[2]
#endif
  };
end_loss:
  atomic {
    isCopied -> /*: what is in the copy is put back */
    generation = cGeneration; rowToken = cToken; sent = cSent; searchableIn = cSearchableIn; devItem = cDevItem;
    known[1] = cKnown[1]; known[2] = cKnown[2];
#ifdef LEDGER
    noted[1] = cNoted[1]; notedIn[1] = 0; isMarked[1] = cIsMarked[1]; linkedForeign[1] = cLinkedForeign[1];
    noted[2] = cNoted[2]; notedIn[2] = 0; isMarked[2] = cIsMarked[2]; linkedForeign[2] = cLinkedForeign[2];
#ifndef MUTANT_PUT_BACK_NOT_NOTICED
    isPutBack = true;
#endif
    cNoted[1] = false; cIsMarked[1] = false; cLinkedForeign[1] = false;
    cNoted[2] = false; cIsMarked[2] = false; cLinkedForeign[2] = false;
#else
    isOlderThanNote = (noted[generation] && isNotedSince);
    cSearchableIn = 0;
#endif
    isCopied = false; isNotedSince = false; cGeneration = 0; cToken = 0; cSent = false; cDevItem = 0;
    cKnown[1] = false; cKnown[2] = false
  }
}

#define ticksOfLedger (searchableIn + notedIn[1] + notedIn[2] + comparableIn + cSearchableIn)
#define ticksOfAttempts (maySendIn[0] + maySendIn[1] + readSearchableIn[0] + readSearchableIn[1])

proctype Clock() {
end_clock:
  do
  :: d_step {
      (isToolTicking || ticksOfLedger + ticksOfAttempts > 0) && !isOverdue(0) && !isOverdue(1) ->
      tickTool(); /*: time passes */
      down(maySendIn[0]); down(maySendIn[1]); down(readSearchableIn[0]); down(readSearchableIn[1]);
#ifdef ROW
      down(cSearchableIn);
#endif
      down(searchableIn); down(notedIn[1]); down(notedIn[2]); down(comparableIn)
    }
  od
}
