/** Connects to Temporal. Clients and workers use the same data converter and namespace. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, isGrpcServiceError } from '@temporalio/client';
import type { TemporalAccess } from '../../config/deployment.js';
import { probePort } from './portProbe.js';
import { boundedCalls, SINGLE_CALLS } from './calls.js';
import { clientConverter } from './encryption.js';
import { failureAtPort, failureOfCall, type TemporalFailure } from './failure.js';

export interface TemporalClient {
  readonly client: Client;
  close(): Promise<void>;
}

const CONNECTS_WITHIN_MS = 10_000;
const LOOKS_WITHIN_MS = 5_000;
/** A proxy that the environment names for gRPC may reach what a look from here does not. */
const AFTER_A_LOOK_MS = 1_500;

/** `CANCELLED`, `DEADLINE_EXCEEDED`, `UNAVAILABLE` of gRPC. */
const NO_ANSWER: ReadonlySet<number> = new Set([1, 4, 14]);

/**
 * @throws TemporalFailure within the time limit: one line that names the address, what is wrong there, and what to do.
 */
export async function connectTemporal(
  temporal: TemporalAccess,
  timeoutMs = CONNECTS_WITHIN_MS,
): Promise<TemporalClient> {
  const opened = lazyTemporal(temporal, timeoutMs);
  const connecting = opened.client.connection.ensureConnected().then(
    () => null,
    (error: unknown) => error,
  );
  const looking = lookAt(temporal, timeoutMs);
  const given = looking.then(async (seen) => {
    if (seen === null) return new Promise<never>(() => undefined);
    await sleep(AFTER_A_LOOK_MS, undefined, { ref: false });
    return seen;
  });
  const problem: unknown = await Promise.race([connecting, given]);
  if (problem === null) return opened;
  await opened.close();
  // An answer of Temporal itself says more than a look at the port.
  throw isAnswer(problem) ? failureOfCall(problem, temporal) : ((await looking) ?? failureOfCall(problem, temporal));
}

/** Connects at the first call and again after each loss: for programs that keep running without Temporal. */
export function lazyTemporal(temporal: TemporalAccess, timeoutMs = CONNECTS_WITHIN_MS): TemporalClient {
  let isClosing = false;
  const interceptors = [...boundedCalls(() => isClosing)];
  const connection = Connection.lazy({ ...temporal.connectionOptions, connectTimeout: timeoutMs, interceptors });
  return {
    client: clientOf(connection, temporal),
    close: async () => {
      isClosing = true;
      await connection.close();
    },
  };
}

/** A lazy client whose calls are never tried again. */
export function singleTryTemporal(temporal: TemporalAccess): TemporalClient {
  const connection = Connection.lazy({ ...temporal.connectionOptions, interceptors: [...SINGLE_CALLS] });
  return { client: clientOf(connection, temporal), close: () => connection.close() };
}

function clientOf(connection: Connection, { namespace, encryption }: TemporalAccess): Client {
  return new Client({ connection, namespace, dataConverter: clientConverter(encryption) });
}

/** Null where Temporal, or what speaks as it does, answers. */
export async function lookAt(temporal: TemporalAccess, withinMs = LOOKS_WITHIN_MS): Promise<TemporalFailure | null> {
  const { host, port } = partsOf(temporal.address);
  const code = await probePort({ host, port, tls: tlsOf(temporal), withinMs: Math.min(withinMs, LOOKS_WITHIN_MS) });
  return code === null ? null : failureAtPort(code, temporal);
}

function partsOf(address: string): { readonly host: string; readonly port: number } {
  const at = address.lastIndexOf(':');
  return { host: address.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(address.slice(at + 1)) };
}

function tlsOf({ address, connectionOptions }: TemporalAccess) {
  const tls = connectionOptions.tls ?? (connectionOptions.apiKey === undefined ? false : {});
  if (tls === false || tls === null) return null;
  const given = tls === true ? {} : tls;
  const servername = given.serverNameOverride ?? partsOf(address).host;
  return {
    // A bare IP address is no server name (RFC 6066), but its certificate is compared with it all the same.
    ...(/[a-z]/i.test(servername) && !servername.includes(':') && { servername }),
    ...(given.serverRootCACertificate && { ca: Buffer.from(given.serverRootCACertificate) }),
    ...(given.clientCertPair && {
      cert: Buffer.from(given.clientCertPair.crt),
      key: Buffer.from(given.clientCertPair.key),
    }),
  };
}

/** `UNAUTHENTICATED` and the like: gRPC's own failures to connect are no answers. */
function isAnswer(error: unknown): boolean {
  const root = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return isGrpcServiceError(root) && !NO_ANSWER.has(root.code);
}
