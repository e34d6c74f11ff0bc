const jestJupyterLab = require('@jupyterlab/testing/lib/jest-config');

// Packages that ship ES modules only: babel must see them.
const esModules = [
  '@codemirror',
  '@jupyter/',
  '@jupyterlab/',
  '@marijn',
  '@microsoft/',
  '@rjsf',
  'color',
  'exenv-es6',
  'lib0',
  'marked',
  'nanoid',
  'vscode-ws-jsonrpc',
  'y-protocols',
  'y-websocket',
  'yjs'
].join('|');

module.exports = {
  ...jestJupyterLab(__dirname),
  modulePathIgnorePatterns: ['<rootDir>/ellip_lab/labextension'],
  reporters: ['default', ['jest-junit', { outputName: 'junit-jest.xml' }]],
  roots: ['<rootDir>/src'],
  setupFiles: [
    '@jupyterlab/testing/lib/jest-shim.js',
    '<rootDir>/src/kit/__tests__/shim.js'
  ],
  testRegex: '/__tests__/.*\\.spec\\.tsx?$',
  transform: {
    '\\.svg$': '@jupyterlab/testing/lib/jest-raw-loader.js',
    '^.+\\.tsx?$': ['ts-jest', { tsconfig: 'tsconfig.test.json' }],
    '^.+\\.m?jsx?$': 'babel-jest'
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esModules})).+`]
};
