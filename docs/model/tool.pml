/*
 * The dev tool. An item is called by the generation that it was made for.
 *
 * The tool does with a request what it likes, and when: it applies it, refuses it, or never gets it. An attempt that
 * waits no more hears nothing: that is the lost answer, the time-out, and with `applyIn` the late commit.
 */
#define GENERATIONS 3     /* 1 and 2: arrays begin at 0 */
byte made[GENERATIONS];   /* how many items were made for a generation */
byte unseen[GENERATIONS]; /* units until the newest of them is certain to be in every list */
byte request[WORKERS];    /* the generation of a create that is under way; 0: none */
byte applyIn[WORKERS];    /* units until it is applied or lost, at the latest */

#define isToolTicking (unseen[1] + unseen[2] + applyIn[0] + applyIn[1] > 0)
#define isOverdue(w) (request[w] != 0 && applyIn[w] == 0)

inline tickTool() {
  down(unseen[1]);
  down(unseen[2]);
  down(applyIn[0]);
  down(applyIn[1])
}

inline applyCreate(w) {
  made[request[w]]++;
  I1(made[request[w]] <= 1);
  unseen[request[w]] = READ_AFTER_WRITE;
  answer[w] = (awaited[w] -> APPLIED : NONE);
  request[w] = 0;
  applyIn[w] = 0
}

inline loseCreate(w, told) {
  answer[w] = (told -> REFUSED : NONE);
  request[w] = 0;
  applyIn[w] = 0
}

proctype Tool() {
end_tool:
  do
  :: d_step { request[0] != 0 -> applyCreate(0) } /*: the tool applies the create of worker 1 */
  :: d_step { request[1] != 0 -> applyCreate(1) } /*: the tool applies the create of worker 2 */
  :: d_step { request[0] != 0 -> loseCreate(0, false) } /*: the create of worker 1 is lost on its way */
  :: d_step { request[1] != 0 -> loseCreate(1, false) } /*: the create of worker 2 is lost on its way */
  :: d_step { request[0] != 0 && awaited[0] -> loseCreate(0, true) } /*: the tool refuses the create of worker 1 */
  :: d_step { request[1] != 0 && awaited[1] -> loseCreate(1, true) } /*: the tool refuses the create of worker 2 */
  od
}
