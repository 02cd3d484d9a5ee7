// oidc-provider as an issuer of access tokens: JWTs whose audience is the requested resource.
//   node oidc-issuer.mjs --keys FILE
// FILE is a private key set. Prints the issuer's URL, then reads stdin. Each line is the file of a key set that replaces the
// keys, and a line is printed in response. At the end of stdin it exits.
// For client credentials, the clients are alice and bob with the secret "secret". For the authorization code flow (with
// PKCE), any client can register itself. The login page accepts any user and password.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import Provider from 'oidc-provider';
import { readOptions } from './lib/options.mjs';

// oidc-provider logs warnings about its defaults to stdout, which is for responses.
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
    // Clients register with the scopes that they need first. That must not limit them: later they may request more (step-up).
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
