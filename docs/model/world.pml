/*
 * Time, attempts and invariants, for all models.
 *
 * Time is counted in units, downwards: what will be over at a moment has a counter of the units that are left, and a
 * tick takes one from each. So the states are finite in number although runs last for ever. Every limit is inclusive:
 * what may happen until a moment may still happen at it.
 */

#define LEASE 1            /* SEND_WITHIN_MS of activities/writes/lease.ts: how long the right to send lasts */
#define LATE_WRITE 1       /* timeout + lateWrite: how long after it was sent a request may still be applied */
#define READ_AFTER_WRITE 1 /* readAfterWrite: how long after it was made an item may be missing in a list */
#define down(counter) counter = (counter > 0 -> counter - 1 : 0)

/* From the lease on, how long the marker may not be looked for: searchableAt of activities/writes/adoptDevItem.ts. */
#if defined(MUTANT_NO_WAIT)
#define SEARCHABLE 0
#elif defined(MUTANT_NO_LATE_WRITE)
#define SEARCHABLE (LEASE + READ_AFTER_WRITE)
#elif defined(MUTANT_NO_READ_AFTER_WRITE)
#define SEARCHABLE (LEASE + LATE_WRITE)
#elif defined(MUTANT_LEASE_BY_PROCESS_CLOCK)
/* `send_before` comes from a process whose clock is two units behind that of the database, by which others wait. */
#define SEARCHABLE (LEASE + LATE_WRITE + READ_AFTER_WRITE - 2)
#else
#define SEARCHABLE (LEASE + LATE_WRITE + READ_AFTER_WRITE)
#endif

/* What is judged: everything, or with -DONLY_I1 or -DONLY_I2 the one invariant that a mutant is to break. */
#ifdef ONLY_I2
#define I1(condition) skip
#else
#define I1(condition) assert(condition)
#endif
#ifdef ONLY_I1
#define I2(condition) skip
#else
#define I2(condition) assert(condition)
#endif

/*
 * Temporal runs one attempt after the other. Here two overlap in every way, which is more than can happen: a worker
 * that is stopped past its time limit and goes on later (a zombie) is one that the other overtakes. So that a worker is
 * stopped needs no line: nothing makes a process go on. That it is killed has one at each step.
 */
#define WORKERS 2
#define OR_KILLED :: goto ended

mtype = { NONE, APPLIED, REFUSED };
bool awaited[WORKERS];         /* the attempt waits for the answer to its request */
mtype answer[WORKERS] = NONE;
