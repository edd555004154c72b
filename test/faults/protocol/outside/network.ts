/**
 * The wire between a connector and the other side, and what may happen on it. It keeps the promises P3 to P5 of
 * connectors/port/calls.ts: a write is authorised, then sent unless its deadline has passed; the failures are those of
 * connectors/http/failure.ts. A request that was sent arrives although its sender is killed.
 */
import { ToolError, type ToolErrorKind } from '../../../../domain/errors.js';
import type { ReadCall, WriteCall } from '../../../../connectors/port/calls.js';
import { actors, type Actor, type Scheduler } from '../time/scheduler.js';
import type { Side } from './record.js';

/**
 * What happens to one request. `refused`: no connection. `lost`: it never arrives. `late`: it is applied after its
 * sender gave up, up to the configured limits. `slow`: it arrives and is answered late. `answer-lost`: applied, then
 * the connection is reset. `hang`: applied, never answered. The others are answers; `500-applied` took effect.
 */
export const WIRE_FAULTS = [
  'refused',
  'lost',
  'late',
  'slow',
  'answer-lost',
  'hang',
  '500',
  '500-applied',
  '429',
  '401',
  '403',
  '409',
] as const;
export type WireFault = (typeof WIRE_FAULTS)[number];

export interface StruckFault {
  readonly how: WireFault;
  /** 0 to 1: how much of the time that the fault may take. */
  readonly share: number;
}

export interface Request<T> {
  readonly side: Side;
  readonly op: string;
  readonly byId?: boolean;
  readonly call: ReadCall | WriteCall;
  /** On the other side, all at once; what it throws is its answer. `askedAtStep`: see `Effect`. */
  readonly apply: (askedAtStep: number) => T;
}

export interface NetworkOptions {
  readonly scheduler: Scheduler;
  readonly wire: Actor;
  readonly timeoutMs: number;
  readonly lateWriteMs: number;
  readonly strike: (side: Side, of: 'read' | 'write') => StruckFault | null;
  readonly note: (line: string) => void;
}

export interface Network {
  send<T>(request: Request<T>): Promise<T>;
}

const LATENCY_MS = 20;
const NAMES = { tool: 'km', craft: 'craft' } as const satisfies Record<Side, string>;
const STATUS_KINDS: Readonly<Record<string, ToolErrorKind>> = {
  '401': 'unauthorized',
  '403': 'forbidden',
  '409': 'conflict',
  '429': 'rate-limited',
};

type Answer<T> = { readonly value: T } | { readonly error: unknown };

export function createNetwork({ scheduler, wire, timeoutMs, lateWriteMs, strike, note }: NetworkOptions): Network {
  return {
    async send<T>({ side, op, byId, call, apply }: Request<T>): Promise<T> {
      const actor = actors.getStore();
      if (actor === undefined) throw new Error('a connector is called by nobody');
      const isWrite = 'authorise' in call;
      const fail = (kind: ToolErrorKind, message: string, more: object = {}): ToolError =>
        new ToolError(kind, `${NAMES[side]}: ${op} ${message}`, {
          connection: NAMES[side],
          notSent: false,
          ...(isWrite ? { write: true } : byId === true && { byId: true }),
          ...more,
        });
      const unanswered = (why: string): ToolError => fail(isWrite ? 'ambiguous' : 'unavailable', why);
      const { signal } = call;
      signal?.throwIfAborted();
      const askedAtStep = scheduler.steps();
      const deadline = isWrite ? await call.authorise() : null;
      await scheduler.pass(actor, `${side}: sends ${op}`, 0, signal);
      if (deadline?.passed() === true) throw fail('unavailable', 'was not sent: too late', { notSent: true });
      const struck = strike(side, isWrite ? 'write' : 'read');
      if (struck !== null) note(`${side}: ${op} of ${actor.name} meets ${struck.how}`);
      const how = struck?.how ?? null;
      const share = struck?.share ?? 0;
      if (how === 'refused') throw fail('unavailable', 'was not sent: connection refused', { notSent: true });

      const arrive = async (inMs: number): Promise<Answer<T>> => {
        // In the wire's own context: the sender may be killed.
        await actors.run(wire, () => scheduler.pass(wire, `${side}: ${op} arrives`, inMs));
        try {
          return { value: apply(askedAtStep) };
        } catch (error) {
          return { error };
        }
      };
      const sleep = (ms: number, what: string): Promise<void> =>
        scheduler.pass(actor, `${side}: ${what} ${op}`, ms, signal).catch(() => {
          throw unanswered('was given up');
        });

      switch (how) {
        case 'lost':
          await sleep(timeoutMs, 'no answer to');
          throw unanswered('got no answer in time');
        case 'late':
          if (isWrite) void arrive(timeoutMs + Math.floor(share * lateWriteMs));
          await sleep(timeoutMs, 'no answer to');
          throw unanswered('got no answer in time');
        case 'hang':
          void arrive(LATENCY_MS);
          await sleep(timeoutMs, 'no answer to');
          throw unanswered('got no answer in time');
        case '500':
          await sleep(LATENCY_MS, 'failure of');
          throw fail(isWrite ? 'ambiguous' : 'unavailable', 'failed with status 500', { status: 500 });
        case '401':
        case '403':
        case '409':
        case '429': {
          await sleep(LATENCY_MS, 'refusal of');
          const kind = STATUS_KINDS[how] ?? 'invalid';
          const more = how === '429' ? { retryInMs: 1_000 + Math.floor(share * 60_000) } : {};
          throw fail(kind, `was refused with status ${how}`, { status: Number(how), ...more });
        }
        case 'answer-lost':
        case '500-applied':
          await arriving(arrive(LATENCY_MS), signal, unanswered('was given up'));
          await sleep(LATENCY_MS, 'no answer to');
          throw fail(
            isWrite ? 'ambiguous' : 'unavailable',
            'got no answer',
            how === '500-applied' ? { status: 500 } : {},
          );
        case 'slow':
        case null:
          break;
      }
      const slowMs = how === 'slow' ? Math.floor(share * (timeoutMs - 2_000)) : 0;
      const answer = await arriving(arrive(LATENCY_MS + slowMs / 2), signal, unanswered('was given up'));
      await sleep(LATENCY_MS + slowMs / 2, 'answer to');
      if ('error' in answer) throw answer.error;
      return answer.value;
    },
  };
}

/** The sender gives up, the request does not. */
function arriving<T>(answer: Promise<T>, signal: AbortSignal | undefined, givenUp: ToolError): Promise<T> {
  if (signal === undefined) return answer;
  return new Promise<T>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(givenUp), { once: true });
    answer.then(resolve, reject);
  });
}
