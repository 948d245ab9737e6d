// Serverless plugin: while `sls offline` runs, its servers (the API, and the Invoke API that runs any function) answer
// no web page but their own. serverless-offline itself reflects every Origin and asks nobody who calls.
import { Server } from 'node:http';

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;
const REFUSAL = JSON.stringify({
  type: 'about:blank',
  title: 'Forbidden',
  status: 403,
  detail: 'This server answers pages of its own origin only, under a name of this machine.',
});

// biome-ignore lint/style/noDefaultExport: serverless takes a plugin's default export
export default class RefuseForeignPages {
  hooks = { 'before:offline:start': guardServers, 'before:offline:start:init': guardServers };
}

/** In front of every listener: hapi's servers are private to serverless-offline. */
function guardServers() {
  const { emit } = Server.prototype;
  Server.prototype.emit = function emitUnlessForeign(event, ...rest) {
    const [request, response] = rest;
    if (event !== 'request' || !isForeign(request.headers)) return emit.call(this, event, ...rest);
    response.writeHead(403, { 'content-type': 'application/problem+json', connection: 'close' }).end(REFUSAL);
    return true;
  };
}

/**
 * A browser names the page's origin with each POST and each answer that a script may read; programs name none. Another
 * Host is a foreign name that was made to point to this machine (DNS rebinding).
 */
function isForeign({ host = '', origin }) {
  return !LOOPBACK.test(host) || (origin !== undefined && origin !== `http://${host}`);
}
