/**
 * The import table of the style guide (docs/style.md), as rules: imports point inward, adapters meet handlers only in an entry point.
 *
 * Each rule says what it protects; `npm run check` prints that sentence when it is broken.
 */

const NPM = 'node_modules';
const BUILTIN = ['core'];
const NPM_TYPES = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled', 'npm-no-pkg', 'npm-unknown'];

/**
 * @typedef {object} ImportRule
 * @property {string} name
 * @property {string} comment what the rule protects
 * @property {string} from files that it holds for, as a pattern
 * @property {string} [fromNot] files that it does not hold for
 */

/**
 * Everything that is not on the list is forbidden to `from`, npm packages and Node's own modules apart.
 *
 * @param {ImportRule & { may: string[] }} rule
 */
function only({ name, comment, from, fromNot, may }) {
  return {
    name,
    comment,
    severity: 'error',
    from: { path: from, ...(fromNot === undefined ? {} : { pathNot: fromNot }) },
    to: { pathNot: [...may, NPM], dependencyTypesNot: BUILTIN, couldNotResolve: false },
  };
}

/** @param {ImportRule & { except?: string[] }} rule */
function noPackages({ name, comment, from, except = [] }) {
  return {
    name,
    comment,
    severity: 'error',
    from: { path: from },
    to: { dependencyTypes: NPM_TYPES, pathNot: except.map((each) => `^node_modules/${each}/`) },
  };
}

/** @param {ImportRule & { except?: string[] }} rule */
function noBuiltins({ name, comment, from, fromNot, except = [] }) {
  return {
    name,
    comment,
    severity: 'error',
    from: { path: from, ...(fromNot === undefined ? {} : { pathNot: fromNot }) },
    to: { dependencyTypes: BUILTIN, pathNot: except.map((each) => `^(node:)?${each}$`) },
  };
}

const DOMAIN = '^shared/domain/';
const CONTRACTS = '^shared/contracts/';
const PORTS = '^shared/ports/';
const READ_MODELS = '^shared/read-models/';
const RUNTIME = '^shared/runtime/';
const HANDLER_TOOLS = '^shared/runtime/(minute-guards|session-fold|bearer-check)\\.ts$';
const COST = '^stacks/cost/';
const TOPOLOGY = '^shared/topology\\.ts$';
const INSIDE_A_FUNCTION = '^functions/([^/]+)/';
const ENTRY_OF_A_FUNCTION = '^functions/[^/]+/index\\.ts$';

const importTable = [
  only({
    name: 'domain-imports-domain',
    comment: 'The core decides from data alone; what it imports, every backtest and every replay depends on.',
    from: DOMAIN,
    may: [DOMAIN],
  }),
  noPackages({
    name: 'domain-without-packages',
    comment: 'The core is ours: a package update must not be able to move a ledger hash.',
    from: DOMAIN,
  }),
  noBuiltins({
    name: 'domain-without-io',
    comment: 'No file, network, process or clock inside the core.',
    from: DOMAIN,
    fromNot: '^shared/domain/(ledger|audit)/',
  }),
  noBuiltins({
    name: 'ledger-and-audit-may-only-hash',
    comment:
      'The hash of a ledger or an audit chain is a pure function of its rows; SHA-256 is all they take from Node.',
    from: '^shared/domain/(ledger|audit)/',
    except: ['crypto'],
  }),
  only({
    name: 'contracts-import-domain',
    comment: 'A message is described by the types and codes of the core, never by who sends it.',
    from: CONTRACTS,
    may: [CONTRACTS, DOMAIN],
  }),
  noPackages({
    name: 'contracts-only-zod',
    comment: 'A schema needs the schema library and nothing else.',
    from: CONTRACTS,
    except: ['zod'],
  }),
  noBuiltins({
    name: 'contracts-without-io',
    comment: 'Parsing a message is pure; hashing an id and unpacking a body are not I/O.',
    from: CONTRACTS,
    except: ['crypto', 'zlib'],
  }),
  only({
    name: 'ports-import-domain-and-contracts',
    comment: 'A port is what the inside asks of the outside: it names queues and types, and no way of doing it.',
    from: PORTS,
    may: [PORTS, DOMAIN, CONTRACTS, TOPOLOGY],
  }),
  noPackages({
    name: 'ports-without-packages',
    comment: 'A port that shows a package type cannot have a second adapter.',
    from: PORTS,
  }),
  noBuiltins({ name: 'ports-without-io', comment: 'A port describes; adapters do.', from: PORTS }),
  only({
    name: 'adapters-import-inward',
    comment: 'An adapter serves one port; two adapters that know each other cannot be replaced one at a time.',
    from: '^shared/adapters/([^/]+)/',
    may: ['^shared/adapters/$1/', PORTS, CONTRACTS, DOMAIN, TOPOLOGY],
  }),
  only({
    name: 'read-models-import-inward',
    comment: 'What page, terminal and files say of a run is one computation over stored facts, whoever reads them.',
    from: READ_MODELS,
    may: [READ_MODELS, PORTS, CONTRACTS, DOMAIN],
  }),
  noPackages({
    name: 'read-models-without-packages',
    comment: 'The same numbers in words must come out wherever they are printed.',
    from: READ_MODELS,
  }),
  noBuiltins({ name: 'read-models-without-io', comment: 'A read model computes; views read.', from: READ_MODELS }),
  only({
    name: 'runtime-imports-inward',
    comment: 'The batch wrapper works with any queue and database, so it knows ports only.',
    from: RUNTIME,
    may: [RUNTIME, PORTS, CONTRACTS, DOMAIN, TOPOLOGY],
  }),
  {
    name: 'wiring-is-for-entries',
    comment: 'What picks adapters knows all of them; whoever imports it does too, so only an entry point may.',
    severity: 'error',
    from: { pathNot: [ENTRY_OF_A_FUNCTION, '^test/'] },
    to: { path: '^shared/entry/' },
  },
  only({
    name: 'handlers-know-ports-only',
    comment: 'A handler runs on Lambda, in the embedded host and in a test because it has never heard of any of them.',
    from: INSIDE_A_FUNCTION,
    fromNot: ENTRY_OF_A_FUNCTION,
    may: ['^functions/$1/(?!index\\.ts$)', HANDLER_TOOLS, READ_MODELS, PORTS, CONTRACTS, DOMAIN],
  }),
  {
    name: 'handlers-without-io',
    comment: 'A handler reaches the world through its ports.',
    severity: 'error',
    from: { path: '^functions/[^/]+/handler\\.ts$' },
    to: { dependencyTypes: [...BUILTIN, ...NPM_TYPES] },
  },
  only({
    name: 'entry-wires-its-own-handler',
    comment: 'An entry point picks adapters for one handler; functions talk by message, not by import.',
    from: '^functions/([^/]+)/index\\.ts$',
    may: ['^functions/$1/', '^shared/'],
  }),
  only({
    name: 'gateway-imports-shared-and-handlers',
    comment: 'The gateway is a process of its own; other processes are reached by message.',
    from: '^gateway/',
    may: ['^gateway/', '^shared/', '^functions/'],
  }),
  only({
    name: 'gpu-runner-imports-shared-and-handlers',
    comment: 'The runner ships in its own image; other processes are reached by HTTP or message.',
    from: '^gpu-runner/',
    may: ['^gpu-runner/', '^shared/', '^functions/'],
  }),
  only({
    name: 'local-imports-shared-and-handlers',
    comment: 'The supervisor starts processes by path; importing one would tie its memory and its crashes to ours.',
    from: '^local/',
    may: ['^local/', '^shared/', '^functions/', COST],
  }),
  only({
    name: 'cost-model-imports-data',
    comment: 'A month follows from prices, the topology and the session calendar, and from nothing that costs a CDK.',
    from: COST,
    may: [COST, '^stacks/pricing/', TOPOLOGY, '^shared/domain/calendar/'],
  }),
  noPackages({
    name: 'cost-model-only-zod',
    comment: 'The command line quotes it where no cloud library is installed.',
    from: COST,
    except: ['zod'],
  }),
  noBuiltins({
    name: 'cost-model-without-io',
    comment: 'No clock and no file: the same inputs are the same month.',
    from: COST,
  }),
  only({
    name: 'stacks-import-topology',
    comment: 'The cloud is built from the one table that the hosts are built from.',
    from: '^stacks/',
    fromNot: COST,
    may: ['^stacks/', TOPOLOGY],
  }),
  {
    name: 'topology-imports-nothing',
    comment: 'Everything reads the table, so the table reads nothing.',
    severity: 'error',
    from: { path: TOPOLOGY },
    to: { path: '.+' },
  },
];

/** Folders of the core from the top; each may import those below it. `audit` and `secrets` are beside the run. */
const DOMAIN_FROM_THE_TOP = [
  'run',
  'ledger',
  'audit',
  'risk',
  'sizing',
  'simulator',
  'execution',
  'account',
  'features',
  'quality',
  'policy',
  'profile',
  'market',
  'orders',
  'metrics',
  'secrets',
  'calendar',
  'units',
];

const domainOrder = DOMAIN_FROM_THE_TOP.map((folder, place) => ({
  name: `domain-${folder}-imports-downward`,
  comment:
    'A subject of the core is decided by what lies below it: one that reached up could not be read, tested or replaced alone.',
  severity: 'error',
  from: { path: `^shared/domain/${folder}/` },
  to: {
    path: DOMAIN,
    pathNot: DOMAIN_FROM_THE_TOP.slice(place).map((below) => `^shared/domain/${below}/`),
  },
}));

const hygiene = [
  {
    name: 'no-circular',
    comment: 'A circle has no first page; split the shared idea out.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-orphans',
    comment: 'A module nobody imports is either an entry point (list it here) or dead.',
    severity: 'error',
    from: {
      orphan: true,
      pathNot: [
        '(^|/)\\.[^/]+\\.(c|m)?js$',
        '\\.d\\.ts$',
        '^(vitest|knip)\\.config\\.ts$',
        '^scripts/',
        '^test/',
        '^functions/report/page/static/',
      ],
    },
    to: {},
  },
  {
    name: 'no-unresolvable',
    comment: 'An import that resolves to nothing fails at start-up at the latest; find it now.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'no-tests-in-the-product',
    comment: 'Test helpers may cheat; the product may not borrow them.',
    severity: 'error',
    from: { path: '^(shared|functions|gateway|gpu-runner|local|stacks)/' },
    to: { path: '^test/' },
  },
  {
    name: 'no-dev-dependencies-in-the-product',
    comment: 'An installation without development packages must run.',
    severity: 'error',
    from: { path: '^(shared|functions|gateway|gpu-runner|local)/' },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'no-undeclared-packages',
    comment: 'A package that package.json does not name can vanish with the next update of another.',
    severity: 'error',
    from: { pathNot: '^node_modules/' },
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  },
];

export default {
  forbidden: [...importTable, ...domainOrder, ...hygiene],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['node_modules'] },
    exclude: { path: ['^coverage/', '^test/fixtures/'] },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
