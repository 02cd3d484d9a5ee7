// oidc-provider as an issuer of access tokens, JWTs whose audience is the resource that they were asked for:
//   node oidc-issuer.mjs --keys FILE
// FILE is a private key set. Prints the issuer's URL, then reads stdin: each line is a key set's file that replaces the
// keys, and is answered with a line; its end is the end.
// By client credentials there are alice and bob, with the secret "secret". By authorization code (with PKCE) any client
// that registers itself, for whatever user signs in at its pages, which take any password.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import Provider from 'oidc-provider';
import { readOptions } from './lib/options.mjs';

// It remarks on its defaults there, and stdout is for answers.
console.info = console.warn = console.error;

const resourceScopes = ['test:use', 'test:admin'];

const { keys } = readOptions(process.argv.slice(2));
const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

const client = (id) => ({
  client_id: id,
  client_secret: 'secret',
  grant_types: ['client_credentials'],
  response_types: [],
  redirect_uris: [],
  token_endpoint_auth_method: 'client_secret_post',
});

async function use(file) {
  const provider = new Provider(issuer, {
    clients: ['alice', 'bob'].map(client),
    jwks: JSON.parse(await readFile(file, 'utf8')),
    scopes: ['openid', 'offline_access', ...resourceScopes],
    pkce: { required: () => true },
    // Clients register with the scopes that they need at first. Those are no limit: later they may ask for more.
    extraClientMetadata: { properties: ['scope'], validator: (ctx, key, value, metadata) => void delete metadata.scope },
    issueRefreshToken: (ctx, client) => client.grantTypeAllowed('refresh_token'),
    features: {
      devInteractions: { enabled: true },
      registration: { enabled: true },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (ctx, resource) => ({
          scope: resourceScopes.join(' '),
          audience: resource,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 300,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  });
  server.removeAllListeners('request');
  server.on('request', provider.callback());
}

await use(keys);
process.stdout.write(`${issuer}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  await use(line);
  process.stdout.write('rotated\n');
}
server.closeAllConnections();
server.close();
