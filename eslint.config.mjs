import js from '@eslint/js';
import jupyter from '@jupyter/eslint-plugin';
import prettier from 'eslint-plugin-prettier/recommended';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import { defineConfig } from 'eslint/config';

/** Each knows the others through their tokens only. */
const ROOMS = [
  'runs',
  'cwl',
  'packages',
  's3',
  'containers',
  'toolboxes',
  'apps'
];

/** Jupyter's own recommended rules, each of them an error. */
const strictJupyter = jupyter.configs.recommended.map(part => ({
  ...part,
  plugins: { jupyter },
  rules: Object.fromEntries(
    Object.entries(part.rules ?? {}).map(([name, level]) => [
      name,
      Array.isArray(level)
        ? level[0] === 'off'
          ? level
          : ['error', ...level.slice(1)]
        : level === 'off'
          ? 'off'
          : 'error'
    ])
  )
}));

const typescript = ['**/*.ts', '**/*.tsx'];

export default defineConfig([
  {
    ignores: [
      '**/node_modules/**',
      'lib/**',
      'coverage/**',
      'ellip_lab/**',
      'src/contract.ts',
      '.venv/**',
      'build/**',
      'dist/**',
      'site/**',
      'artifacts/**',
      'demo/**',
      'results/**',
      'ui-tests/work/**',
      'ui-tests/test-results/**',
      'ui-tests/playwright-report/**',
      '**/*.d.ts'
    ]
  },
  { ...js.configs.recommended, files: ['**/*.{js,mjs}', ...typescript] },
  ...tseslint.configs.strict.map(part => ({ ...part, files: typescript })),
  ...strictJupyter,
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: { globals: { ...globals.node } }
  },
  {
    files: typescript,
    languageOptions: {
      globals: { ...globals.browser, ...globals.node },
      parserOptions: {
        project: ['./tsconfig.test.json', './ui-tests/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname
      }
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/naming-convention': [
        'error',
        {
          selector: 'interface',
          format: ['PascalCase'],
          custom: { regex: '^I[A-Z]', match: true }
        }
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { attributes: false, properties: false } }
      ],
      // A namespace beside a class holds its options: JupyterLab's own habit.
      '@typescript-eslint/no-namespace': 'off',
      curly: ['error', 'all'],
      eqeqeq: 'error',
      'prefer-arrow-callback': 'error'
    }
  },
  {
    // An icon is there at once.
    files: ['src/*/*.ts'],
    rules: {
      'jupyter/prefer-lazy-imports': [
        'error',
        { ignoreImports: ['../kit/icons'] }
      ]
    }
  },
  {
    // What a room needs to stand (its commands, its list, its place on a toolbar) is small and loaded at once;
    // its views and forms are not: they load themselves when the first one opens.
    files: ['src/*/index.ts', 'src/s3/open.ts', 'src/s3/notebook.ts'],
    rules: {
      'jupyter/prefer-lazy-imports': [
        'error',
        {
          ignoreImports: [
            '../kit/icons',
            './actions',
            './addresses',
            './bar',
            './client',
            './clustercommand',
            './clustermodel',
            './commands',
            './desk',
            './drive',
            './drivepath',
            './drivereader',
            './form',
            './languageplugin',
            './model',
            './morecommands',
            './panel',
            './reports',
            './status',
            './tool',
            './toolbar',
            './usedcommand',
            './useinput'
          ]
        }
      ]
    }
  },
  {
    // Floors: the kit is the ground, rooms meet through their tokens only.
    files: ['src/kit/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: ROOMS.map(room => `**/${room}/**`)
        }
      ]
    }
  },
  ...ROOMS.map(room => ({
    files: [`src/${room}/**`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: ROOMS.filter(other => other !== room).map(other => ({
            regex: `^\\.\\./(\\.\\./)?${other}/(?!tokens$)`,
            message: 'A room reaches another only through its tokens.'
          }))
        }
      ]
    }
  })),
  {
    files: ['**/__tests__/**', 'ui-tests/**'],
    rules: {
      'jupyter/no-untranslated-string': 'off',
      'jupyter/require-disposable-ownership': 'off',
      'jupyter/require-signal-cleanup': 'off'
    }
  },
  prettier
]);
