/**
 * A ledger whose free texts hold no secret (I7): words of a tool get there by errors, by answers of 200 and by what a
 * connector makes of them, and each of these would have to think of it.
 */
import type { Redactor } from '../domain/redaction/redactor.js';
import type { Ledger } from '../ledger/ledger.js';

export function withoutSecrets(ledger: Ledger, { redact }: Redactor): Ledger {
  const { connections, inbox, log, phases, submissions } = ledger;
  const clean = <T extends string | null | undefined>(text: T) => (text == null ? text : redact(text)) as T;
  const change = <T extends { readonly lastError?: string | null }>(given: T): T =>
    given.lastError == null ? given : { ...given, lastError: redact(given.lastError) };
  return {
    ...ledger,
    log: { ...log, append: (entry) => log.append({ ...entry, detail: clean(entry.detail) }) },
    phases: {
      ...phases,
      set: (item, given) => phases.set(item, change(given)),
      setUnder: (item, token, given, from) => phases.setUnder(item, token, change(given), from),
    },
    connections: {
      ...connections,
      pause: (connection, reason, message, options) => connections.pause(connection, reason, redact(message), options),
      noteSweepTrouble: (scheduleId, trouble) => connections.noteSweepTrouble(scheduleId, redact(trouble)),
    },
    inbox: { ...inbox, noteFailed: (ids, why) => inbox.noteFailed(ids, redact(why)) },
    submissions: {
      ...submissions,
      noteTrouble: (submission, trouble) =>
        submissions.noteTrouble(submission, trouble === null ? null : { ...trouble, why: redact(trouble.why) }),
    },
  };
}
