/** The lint rules: what the compiler cannot see and reviewers should not have to. Formatting is prettier's. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import eslint from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const NO_EXPORT_ALL = {
  selector: 'ExportAllDeclaration',
  message: 'Name what is exported: `export *` hides where a name comes from.',
};
const NO_DEFAULT_EXPORT = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name: a default export has another name in each importing file.',
};
const NO_BARE_BOOLEAN_COERCION = {
  selector: "MemberExpression[property.name='coerce'][object.name='z']",
  message: "Coercion reads 'false' as true and '' as 0: parse the text, or use z.stringbool().",
};

/** What the compiler builds: every file that is no test, benchmark, script or configuration of a tool. */
const PRODUCT = JSON.parse(readFileSync(new URL('tsconfig.build.json', import.meta.url), 'utf8')).include.map(
  (room) => `${room}/**/*.ts`,
);

/** `describe.skipIf(…)('title')` and `it.each(…)('title')` are calls of `describe` and `it`, too. */
function nameOf(callee) {
  if (callee.type === 'Identifier') return callee.name;
  if (callee.type === 'CallExpression') return nameOf(callee.callee);
  return callee.object === undefined ? undefined : nameOf(callee.object);
}

/** A root `describe` is titled with the path of its file, so that a report names the file to open. */
const ROOT_DESCRIBE_IS_THE_PATH = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      path: 'Begin the title of a root describe with "{{path}}".',
      outside: 'Put this test into a describe whose title begins with "{{path}}".',
    },
  },
  create(context) {
    const path = relative(join(import.meta.dirname, 'test'), context.filename).replace(/\.(test|real)\.ts$/, '');
    const named = new RegExp(`^${path.replaceAll('.', '\\.')}($|: | \\()`);
    const isInFunction = (node) => context.sourceCode.getAncestors(node).some(({ type }) => type.includes('Function'));
    return {
      CallExpression(node) {
        const isCalledAgain = node.parent.type === 'CallExpression' && node.parent.callee === node;
        const name = nameOf(node.callee);
        if (isCalledAgain || !['describe', 'it', 'test'].includes(name) || isInFunction(node)) return;
        if (name !== 'describe') return context.report({ node, messageId: 'outside', data: { path } });
        const [title] = node.arguments;
        const text = title?.type === 'TemplateLiteral' ? title.quasis[0].value.cooked : title?.value;
        if (!named.test(String(text))) context.report({ node, messageId: 'path', data: { path } });
      },
    };
  },
};

/** Prettier breaks code, not comments. */
const COMMENTS_FIT = ['error', { code: 1_000, comments: 120, ignoreUrls: true, ignorePattern: '^\\s*[^\\s*/]' }];

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', 'test-results/', '.craftsync/']),
  eslint.configs.recommended,
  { rules: { 'max-len': COMMENTS_FIT } },
  {
    files: ['**/*.js', '**/*.cjs', '**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        module: 'readonly',
        Buffer: 'readonly',
        fetch: 'readonly',
        performance: 'readonly',
      },
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { allowDefaultCaseForExhaustiveSwitch: false, requireDefaultForNonUnion: false },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `== null` asks for null and undefined at once.
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      // Ports are objects made by factories: their methods are closures, without `this`.
      '@typescript-eslint/unbound-method': 'off',
      // Texts of others are cleaned of control characters here and there.
      'no-control-regex': 'off',
      'no-restricted-syntax': ['error', NO_EXPORT_ALL, NO_DEFAULT_EXPORT, NO_BARE_BOOLEAN_COERCION],
    },
  },
  {
    files: PRODUCT,
    rules: {
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 45, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // Configuration is read once, in config/, and passed in. Entry points alone hand `process.env` over to it.
    files: PRODUCT,
    ignores: ['config/**', 'clients/main.ts', 'workers/main.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Only config/ reads the environment: take what you need as an argument.',
        },
      ],
    },
  },
  {
    // Test doubles of ports return at once, yet must be async like the port.
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: { '@typescript-eslint/require-await': 'off' },
  },
  {
    files: ['test/**/*.test.ts', 'test/**/*.real.ts'],
    plugins: { craftsync: { rules: { 'root-describe': ROOT_DESCRIBE_IS_THE_PATH } } },
    rules: { 'craftsync/root-describe': 'error' },
  },
  {
    // Tools demand a default export here.
    files: [
      'vitest.config.ts',
      'bench/vitest.config.ts',
      'test/{compose,redmine,faults/processes,replay/recording}/vitest.config.ts',
    ],
    rules: { 'no-restricted-syntax': ['error', NO_EXPORT_ALL] },
  },
);
