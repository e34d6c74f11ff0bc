// jsdom has no streams; node's are the same.
const { ReadableStream } = require('stream/web');
globalThis.ReadableStream ??= ReadableStream;

// jsdom has no clipboard; JupyterLab complains of it at each import.
Object.defineProperty(globalThis.navigator, 'clipboard', {
  configurable: true,
  value: { writeText: async () => undefined, readText: async () => '' }
});

// Every browser has it since 2022; dagre copies the attributes of a graph with it.
globalThis.structuredClone ??= value =>
  value === undefined ? undefined : JSON.parse(JSON.stringify(value));
