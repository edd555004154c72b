/**
 * Registers the search attributes (design 7) and waits until they can be used: a workflow that upserts an unregistered
 * one fails its task again and again. Where registration is refused, as may happen on a cluster that others administer,
 * the error carries the commands that create what is missing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError, type Client } from '@temporalio/client';
import type { SearchAttributeType } from '@temporalio/common';
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes.js';
import type { TemporalAccess } from '../../config/deployment.js';
import { SEARCH_ATTRIBUTES } from '../../domain/searchAttributes.js';
import { CommandFailure, rootMessage } from '../failure.js';

interface Attribute {
  readonly name: string;
  readonly type: SearchAttributeType;
}

const ATTRIBUTES: readonly Attribute[] = Object.values(SEARCH_ATTRIBUTES);
/** How Temporal's command line spells the types. */
const TYPE_WORDS = {
  TEXT: 'Text',
  KEYWORD: 'Keyword',
  INT: 'Int',
  DOUBLE: 'Double',
  BOOL: 'Bool',
  DATETIME: 'Datetime',
  KEYWORD_LIST: 'KeywordList',
} as const satisfies Record<SearchAttributeType, string>;

/** Servers learn of a new attribute when they refresh their namespaces, by default every ten seconds. */
const USABLE_WITHIN_MS = 90_000;
const LOOK_EVERY_MS = 500;

/** `commands` correct what is missing or wrong, one for each attribute; `apply` prints them. */
export class RegistrationRefused extends CommandFailure {
  constructor(
    message: string,
    readonly commands: readonly string[],
  ) {
    super(message);
  }
}

/** Returns the names of the attributes that it registered. */
export async function registerSearchAttributes(client: Client, access: TemporalAccess): Promise<readonly string[]> {
  const missing = await missingAttributes(client, access);
  if (missing.length > 0) await register(client, access, missing);
  await waitUntilUsable(client, access);
  return missing.map(({ name }) => name);
}

async function missingAttributes(client: Client, access: TemporalAccess): Promise<readonly Attribute[]> {
  let known: Readonly<Record<string, unknown>>;
  try {
    const { customAttributes } = await client.connection.operatorService.listSearchAttributes({
      namespace: access.namespace,
    });
    known = customAttributes ?? {};
  } catch (error) {
    const code = grpcCodeOf(error);
    if (code === null || !MAY_NOT_LIST.has(code)) throw error;
    return unusable(client);
  }
  for (const { name, type } of ATTRIBUTES) {
    const found = known[name];
    if (found === undefined || found === encodeSearchAttributeIndexedValueType(type)) continue;
    throw new RegistrationRefused(
      `the search attribute ${name} exists with another type than ${TYPE_WORDS[type]}: remove it, then run apply again`,
      [`temporal operator search-attribute remove ${where(access)} --name ${name}`],
    );
  }
  return ATTRIBUTES.filter(({ name }) => !Object.hasOwn(known, name));
}

/** gRPC: PERMISSION_DENIED, UNIMPLEMENTED. */
const MAY_NOT_LIST: ReadonlySet<number> = new Set([7, 12]);
/** gRPC: ALREADY_EXISTS. */
const ALREADY_EXISTS = 6;
/** gRPC: UNAVAILABLE, DEADLINE_EXCEEDED: nothing was refused. */
const UNREACHABLE: ReadonlySet<number> = new Set([14, 4]);

async function register(client: Client, access: TemporalAccess, missing: readonly Attribute[]): Promise<void> {
  const types = missing.map(({ name, type }) => [name, encodeSearchAttributeIndexedValueType(type) ?? 0] as const);
  try {
    await client.connection.operatorService.addSearchAttributes({
      namespace: access.namespace,
      searchAttributes: Object.fromEntries(types),
    });
  } catch (error) {
    const code = grpcCodeOf(error);
    if (code === null || UNREACHABLE.has(code)) throw error;
    if (code === ALREADY_EXISTS) return;
    throw new RegistrationRefused(
      `Temporal at ${access.address} refuses to register search attributes (${error instanceof Error ? rootMessage(error) : String(error)}): ` +
        'ask somebody who may create them to run the commands that were printed, then run apply again',
      missing.map(
        ({ name, type }) =>
          `temporal operator search-attribute create ${where(access)} --name ${name} --type ${TYPE_WORDS[type]}`,
      ),
    );
  }
}

function where({ address, namespace }: TemporalAccess): string {
  return `--address ${address} --namespace ${namespace}`;
}

async function waitUntilUsable(client: Client, { address }: TemporalAccess): Promise<void> {
  const giveUpAt = performance.now() + USABLE_WITHIN_MS;
  for (;;) {
    const waiting = await unusable(client);
    if (waiting.length === 0) return;
    if (performance.now() > giveUpAt) {
      const names = waiting.map(({ name }) => name).join(', ');
      throw new CommandFailure(
        `Temporal at ${address} does not know ${names} ${USABLE_WITHIN_MS / 1_000} s after it was registered: ` +
          'run apply again in a minute',
      );
    }
    await sleep(LOOK_EVERY_MS);
  }
}

/** An attribute can be used once a query may name it. */
async function unusable(client: Client): Promise<readonly Attribute[]> {
  const results = await Promise.all(
    ATTRIBUTES.map(async (attribute) => {
      const value = attribute.type === 'BOOL' ? 'true' : "'none'";
      try {
        await client.workflow.count(`${attribute.name} = ${value}`);
        return [];
      } catch (error) {
        if (grpcCodeOf(error) === INVALID_ARGUMENT) return [attribute];
        throw error;
      }
    }),
  );
  return results.flat();
}

/** gRPC. */
const INVALID_ARGUMENT = 3;

/** The gRPC code of the server's answer: the client wraps it in a `ServiceError` without a code. */
function grpcCodeOf(error: unknown): number | null {
  if (error instanceof ServiceError && error.cause instanceof Error) return grpcCodeOf(error.cause);
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : null;
}
