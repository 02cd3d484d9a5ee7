// Runs the TypeScript SDK's client with a URL:
//   node ts-client.mjs --transport sse|http --url URL --script NAME [--directory DIR] [--tag TAG] [--token TOKEN]
// NAME is a file in scenarios/.
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { readOptions } from './lib/options.mjs';
import { run } from './lib/run.mjs';

const options = readOptions(process.argv.slice(2));
const requestInit = options.token ? { headers: { Authorization: `Bearer ${options.token}` } } : {};
const transports = { sse: SSEClientTransport, http: StreamableHTTPClientTransport };
const Transport = transports[options.transport];
if (!Transport) throw new Error(`--transport must be one of ${Object.keys(transports)}, not ${options.transport}`);

await run(new Transport(new URL(options.url), { requestInit }), options);
