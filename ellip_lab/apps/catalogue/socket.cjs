/**
 * Puts what listens on one port of this machine onto a unix socket: `node --require socket.cjs ...`, with the port in
 * ELLIP_APP_PORT and the socket's path in ELLIP_APP_SOCKET. For programs that know ports only: nobody else on the
 * machine reaches them so.
 */
'use strict';

const { Server } = require('net');

const port = Number(process.env.ELLIP_APP_PORT);
const socket = process.env.ELLIP_APP_SOCKET;

if (port && socket) {
  const listen = Server.prototype.listen;

  Server.prototype.listen = function (...words) {
    const first = words[0];
    const asked =
      first !== null && typeof first === 'object' ? first.port : first;
    if (Number(asked) !== port) {
      return listen.apply(this, words);
    }
    const last = words[words.length - 1];
    // what this program starts from now on is no server of its pages
    delete process.env.ELLIP_APP_PORT;
    return listen.call(
      this,
      { path: socket },
      ...(typeof last === 'function' ? [last] : [])
    );
  };
}
