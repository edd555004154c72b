/**
 * What `npm run test:model` checks: the models of docs/model, and their mutants. A mutant is the model with one guard
 * taken away, and is to be refuted by the invariant that it breaks. A test holds this table against the models' `#if`s
 * and docs/model/README.md.
 */

/** `reached`: labels of steps without which the model would prove nothing. */
export const MODELS = [
  {
    name: 'create',
    file: 'create.pml',
    defines: [],
    reached: ['lookUp', 'absent', 'nothingOpen', 'leased', 'notApplied', 'answered', 'adopt', 'adopted'],
  },
  {
    name: 'verbs',
    file: 'create.pml',
    defines: ['VERBS=2'],
    reached: ['lookUp', 'absent', 'nothingOpen', 'leased', 'notApplied', 'answered', 'adopt', 'adopted', 'release'],
  },
  {
    name: 'lost-row',
    file: 'lostRow.pml',
    defines: [],
    reached: ['nothingOpen', 'recalled', 'inTurn', 'notApplied', 'adopt', 'store', 'remembered'],
  },
];

/** `model`: the one that it is a mutant of; `breaks`: the invariant. */
export const MUTANTS = [
  { name: 'NO_LEASE', model: 'create', breaks: 'I1' },
  { name: 'NO_TOKEN', model: 'create', breaks: 'I1' },
  { name: 'NO_DEADLINE', model: 'create', breaks: 'I1' },
  { name: 'CLOCK_READ_AFTER_QUERY', model: 'create', breaks: 'I1' },
  { name: 'LEASE_BY_PROCESS_CLOCK', model: 'create', breaks: 'I1' },
  { name: 'NO_WAIT', model: 'create', breaks: 'I1' },
  { name: 'NO_LATE_WRITE', model: 'create', breaks: 'I1' },
  { name: 'NO_READ_AFTER_WRITE', model: 'create', breaks: 'I1' },
  { name: 'UNKNOWN_IS_ABSENT', model: 'create', breaks: 'I1' },
  { name: 'SENT_NOT_NOTED', model: 'create', breaks: 'I1' },
  { name: 'OPEN_CREATE_NOT_LOOKED_AT', model: 'create', breaks: 'I1' },
  { name: 'ENDED_WITH_OPEN_CREATE', model: 'create', breaks: 'I2' },
  { name: 'MARKER_WITHOUT_GENERATION', model: 'verbs', breaks: 'I2' },
  { name: 'PHASE_NOT_LOOKED_AT', model: 'verbs', breaks: 'I2' },
  { name: 'RELINKED_OVER_OPEN_CREATE', model: 'verbs', breaks: 'I2' },
  { name: 'ADOPTION_SKIPPED_FOR_NEW_ROW', model: 'lost-row', breaks: 'I1' },
  { name: 'NOT_NOTED_BESIDE_THE_ROW', model: 'lost-row', breaks: 'I1' },
];
