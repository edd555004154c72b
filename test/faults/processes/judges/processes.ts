/** Processes: none ends by itself or says what only an uncaught error says, and no secret stands anywhere (I7). */
import type { RunRecord } from '../record/record.js';
import type { Finding } from './facts.js';

const UNCAUGHT = /uncaught|unhandled|node:internal/i;

export function endedByItself({ ended, said }: RunRecord): readonly Finding[] {
  const gone = ended.filter(({ wanted }) => !wanted).map(({ process, how }) => `${process} ended: ${how}`);
  const uncaught = said.filter(({ line }) => UNCAUGHT.test(line)).map(({ process, line }) => `${process}: ${line}`);
  return [...gone, ...uncaught].map((words) => ({
    check: 'a process ended by itself',
    column: 'other',
    craftItemId: null,
    words,
  }));
}

export function secretsShown({ secrets, rows, log, said, workflows, pauses }: RunRecord): readonly Finding[] {
  const places = { rows, log, said, workflows, pauses };
  return Object.entries(places).flatMap(([place, content]) => {
    const text = JSON.stringify(content);
    return secrets
      .filter((secret) => text.includes(secret))
      .map(
        () => ({ check: 'I7 a secret is shown', column: 'other', craftItemId: null, words: `in ${place}` }) as const,
      );
  });
}
