/* How the ledger of restore.pml loses what it knew, its clock, and its judge. */

inline loseRow() {
  isRow = false; rowToken = 0; sent = false; searchableIn = 0; linked = false
}

inline putBackRow() {
  isRow = cRow; rowToken = cToken; sent = cSent; searchableIn = cSearchableIn; linked = cLinked
}

inline putBackLedger() {
  putBackRow();
  noted = cNoted; notedIn = cNotedIn; isMarked = cMarked; doubts = cDoubts; compared = cCompared; claim = cClaim;
  aliveAt = 0; era = 2
}

/*
 * Who goes on after a restore has used the ledger between the copy and the restore, and says so by `seen`: the others
 * are why a ledger that nobody used for two minutes is in doubt, which is not modelled, since it is one doubt more.
 */
#ifdef MUTANT_PROCESS_THAT_SAW_NOTHING
#define isRemembered true
#else
#define isRemembered (seen[0] == 1 && seen[1] == 1)
#endif

proctype Losses() {
end_copy:
  atomic {
    !isCopied ->
    isCopied = true; era = 1;
    cRow = isRow; cToken = rowToken; cSent = sent; cSearchableIn = searchableIn; cLinked = linked;
    cNoted = noted; cNotedIn = notedIn; cMarked = isMarked; cDoubts = doubts; cCompared = compared; cClaim = claim
  };
end_loss:
  if
  :: atomic { isRemembered -> putBackLedger() }
  :: atomic { putBackRow() }
  :: atomic { loseRow() }
  fi;
  atomic { isCopied = false; cRow = false; cToken = 0; cSent = false; cSearchableIn = 0; cLinked = false; cNoted = false;
    cNotedIn = 0; cMarked = false; cDoubts = 0; cCompared = 0; cClaim = 0 }
}

proctype Clock() {
end_clock:
  do
  :: d_step {
      (isToolTicking || maySendIn[0] + maySendIn[1] + searchableIn + notedIn + comparableIn + cSearchableIn + cNotedIn > 0) && !isOverdue(0) && !isOverdue(1) ->
      tickTool();
      down(maySendIn[0]); down(maySendIn[1]); down(searchableIn); down(notedIn); down(comparableIn);
      down(cSearchableIn); down(cNotedIn)
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
