/** What the suite needs from the sandbox for any tool: counts of requests, and troubles on the wire. */
import type { Fault } from '../../../sandbox/http/faults.js';
import type { MountName } from '../../../sandbox/http/mount.js';
import type { Sandbox } from '../../../sandbox/sandbox.js';
import type { Subject, Trouble } from './subject.js';

const FAULTS = {
  'answer-lost': { kind: 'lose-answer', applied: true, silence: 'reset' },
  'request-lost': { kind: 'lose-answer', applied: false, silence: 'reset' },
  'status-500': { kind: 'status', status: 500 },
  'status-401': { kind: 'status', status: 401 },
  'rate-limit': { kind: 'rate-limit', retryAfter: 'seconds', seconds: 5 },
  html: { kind: 'html' },
  truncated: { kind: 'truncated' },
  'wrong-content-type': { kind: 'wrong-content-type', contentType: 'text/plain' },
} as const satisfies Record<Trouble, Fault>;

export function troubles(sandbox: Sandbox, mounts: readonly MountName[]): Pick<Subject, 'counts' | 'trouble' | 'mend'> {
  return {
    counts() {
      const records = mounts.flatMap((mount) => sandbox.records.list({ mount }));
      return { requests: records.length, writes: records.filter((record) => record.write).length };
    },
    trouble: (kind, where) => {
      sandbox.faults.addRule({ mounts, write: where === 'writes', fault: FAULTS[kind] });
    },
    mend: () => sandbox.faults.clear(),
  };
}
