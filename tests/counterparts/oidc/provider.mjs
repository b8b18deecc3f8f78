// An OpenID provider (`oidc-provider`) that gives bound tokens for an API of ours: node provider.mjs PORT BACK AUDIENCE
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [port, back, audience] = process.argv.slice(2);
const found = createRequire(`${process.env.NODE_PATH}/`).resolve('oidc-provider');
const { default: Provider } = await import(pathToFileURL(found));
const scope = 'api:use api:system';
const jwt = { sign: { alg: 'RS256' } };
const server = { scope, audience, accessTokenFormat: 'jwt', accessTokenTTL: 600, jwt };
const person = { name: 'Ingrid Nes', role: 'nurse', units: ['ward:STO/GER2'] };

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: 'retthjem',
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      redirect_uris: [back],
      response_types: ['code'],
      grant_types: ['authorization_code'],
    },
    {
      client_id: 'epj',
      client_secret: 'a-secret-of-the-test-that-is-long-enough',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    },
  ],
  features: {
    dPoP: { enabled: true },
    clientCredentials: { enabled: true },
    pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => audience,
      useGrantedResource: () => true,
      getResourceServerInfo: () => server,
    },
  },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...person }) }),
  claims: { openid: ['sub', 'role', 'units'], profile: ['name'] },
  conformIdTokenClaims: false,
  scopes: ['openid', 'profile', 'api:use', 'api:system'],
  cookies: { keys: ['of a test'] },
});
provider.listen(Number(port), '127.0.0.1', () => console.log('listening'));
