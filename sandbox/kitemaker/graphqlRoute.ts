/**
 * Kitemaker's GraphQL endpoint: the real schema, executed by graphql-js.
 *
 * A resolver's error is in `errors[]` with its `path` and nulls the nearest nullable field. `workItem` is non-null, so
 * one missing id nulls the whole `data`: clients must leave out the ids named in `errors[].path` and ask again.
 * Requests that cannot be executed at all (syntax, unknown fields, wrong variables) are answered with 400.
 */
import {
  buildSchema,
  execute,
  GraphQLError,
  Kind,
  OperationTypeNode,
  parse,
  validate,
  type DocumentNode,
  type ExecutionResult,
} from 'graphql';
import { z } from 'zod';
import type { Behaviour } from '../world/behaviour.js';
import type { Answer, Route } from '../http/mount.js';
import { kitemakerError, KitemakerError } from './errors.js';
import { graphqlRoot } from './graphqlRoot.js';
import type { KitemakerWorld } from './kitemakerWorld.js';
import { KitemakerOperations } from './operations.js';
import { INPUTS } from './schema/inputs.js';
import { OPERATIONS } from './schema/operations.js';
import { TYPES } from './schema/types.js';

const Request = z.strictObject({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
  extensions: z.record(z.string(), z.unknown()).nullish(),
});

type Prepared =
  | { readonly status: 'valid'; readonly document: DocumentNode; readonly write: boolean; readonly operation: string }
  | { readonly status: 'invalid'; readonly errors: readonly GraphQLError[] };

/** Clients send few different texts, apart from lists of aliases. */
const PREPARED_LIMIT = 200;

export function graphqlRoute(world: KitemakerWorld, behaviour: Behaviour): Route {
  const schema = buildSchema([TYPES, INPUTS, OPERATIONS].join('\n'));
  const known = new Map<string, Prepared>();
  const prepare = (text: string): Prepared => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const prepared = prepareWith(text, (document) => validate(schema, document));
    if (known.size >= PREPARED_LIMIT) known.clear();
    known.set(text, prepared);
    return prepared;
  };
  return {
    method: 'POST',
    path: '/graphql',
    describe: (body) => {
      const request = Request.safeParse(body);
      const prepared = request.success ? prepare(request.data.query) : null;
      if (prepared?.status !== 'valid') return { write: false, operation: null };
      return { write: prepared.write, operation: prepared.operation };
    },
    handle: (call) => {
      const request = Request.safeParse(call.body);
      if (!request.success) return kitemakerError(400, 'The body must be an object with a query and nothing unknown');
      const prepared = prepare(request.data.query);
      if (prepared.status === 'invalid') return { status: 400, body: { errors: prepared.errors.map(shown) } };
      let applied: Answer['applied'];
      const operations = new KitemakerOperations(world, call.sight);
      const result = execute({
        schema,
        document: prepared.document,
        rootValue: graphqlRoot(operations, behaviour, (itemId) => (applied = { itemId })),
        variableValues: request.data.variables ?? {},
        operationName: request.data.operationName ?? null,
      }) as ExecutionResult;
      return { ...answerOf(result), ...(applied === undefined ? {} : { applied }) };
    },
  };
}

function prepareWith(text: string, check: (document: DocumentNode) => readonly GraphQLError[]): Prepared {
  try {
    const document = parse(text);
    const errors = check(document);
    return errors.length > 0 ? { status: 'invalid', errors } : { status: 'valid', document, ...describe(document) };
  } catch (error) {
    if (error instanceof GraphQLError) return { status: 'invalid', errors: [error] };
    throw error;
  }
}

/** For records: `query workItem×50`, `mutation createWorkItem`. */
function describe(document: DocumentNode): { readonly write: boolean; readonly operation: string } {
  const counts = new Map<string, number>();
  let write = false;
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    write ||= definition.operation === OperationTypeNode.MUTATION;
    for (const selection of definition.selectionSet.selections) {
      if (selection.kind === Kind.FIELD) counts.set(selection.name.value, (counts.get(selection.name.value) ?? 0) + 1);
    }
  }
  const fields = [...counts].map(([name, count]) => (count === 1 ? name : `${name}×${count}`));
  return { write, operation: `${write ? 'mutation' : 'query'} ${fields.join(' ')}` };
}

function answerOf(result: ExecutionResult): Answer {
  const errors = result.errors?.map(shown);
  // Without `data` nothing was executed: variables or the operation's name were wrong.
  if (result.data === undefined) return { status: 400, body: { errors } };
  return { status: 200, body: errors === undefined ? { data: result.data } : { errors, data: result.data } };
}

function shown(error: GraphQLError): Readonly<Record<string, unknown>> {
  const cause = error.originalError;
  const code =
    cause instanceof KitemakerError
      ? cause.known.code
      : cause === undefined
        ? 'GRAPHQL_VALIDATION_FAILED'
        : 'INTERNAL_SERVER_ERROR';
  return {
    message: error.message,
    ...(error.locations === undefined ? {} : { locations: error.locations }),
    ...(error.path === undefined ? {} : { path: error.path }),
    extensions: { code },
  };
}
