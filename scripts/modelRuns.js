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
  {
    name: 'row-put-back',
    file: 'putBack.pml',
    defines: ['ROW'],
    reached: ['recalled', 'lookUp', 'absent', 'compare', 'inTurn', 'notApplied', 'adopt', 'store', 'remembered'],
  },
  {
    name: 'ledger-put-back',
    file: 'putBack.pml',
    defines: ['LEDGER'],
    reached: [
      'recalled',
      'lookUp',
      'absent',
      'compare',
      'settled',
      'inTurn',
      'notApplied',
      'adopt',
      'store',
      'remembered',
    ],
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
  { name: 'OLDER_OPEN_CREATE_NOT_NOTICED', model: 'row-put-back', breaks: 'I1' },
  { name: 'SENT_BESIDE_A_NOTED_CREATE', model: 'row-put-back', breaks: 'I1' },
  { name: 'PUT_BACK_NOT_NOTICED', model: 'ledger-put-back', breaks: 'I1' },
  { name: 'MARKERS_NOT_COMPARED', model: 'ledger-put-back', breaks: 'I1' },
  { name: 'COMPARED_AT_ONCE', model: 'ledger-put-back', breaks: 'I1' },
  { name: 'CREATED_IN_DOUBT', model: 'ledger-put-back', breaks: 'I1' },
  { name: 'DOUBT_ASKED_BEFORE_THE_NOTE', model: 'ledger-put-back', breaks: 'I1' },
];
