// jsdom has no streams; node's are the same.
const { ReadableStream } = require('stream/web');
globalThis.ReadableStream ??= ReadableStream;
