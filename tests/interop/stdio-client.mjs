// Runs the TypeScript SDK's client with a command. Everything after --command is the command line:
//   node stdio-client.mjs --script NAME [--directory DIR] [--tag TAG] \
//     --command node node_modules/mcp-remote/dist/proxy.js URL …
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { fileURLToPath } from 'node:url';
import { readOptions } from './lib/options.mjs';
import { run } from './lib/run.mjs';

const split = process.argv.indexOf('--command');
if (split < 0) throw new Error('--command is missing');
const options = readOptions(process.argv.slice(2, split));
const [command, ...args] = process.argv.slice(split + 1);
const cwd = fileURLToPath(new URL('.', import.meta.url));

await run(new StdioClientTransport({ command, args, cwd, env: process.env, stderr: 'inherit' }), options);
