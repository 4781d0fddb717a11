// Runs Intuit's own OAuth client for Node against a sandbox and prints what it saw as JSON.
'use strict'

const OAuthClient = require('intuit-oauth')

const at = JSON.parse(process.argv[2])
const back = 'http://localhost:8000/callback'

const client = new OAuthClient({
  clientId: at.client_id, clientSecret: at.client_secret, environment: 'sandbox', redirectUri: back
})
client.setAuthorizeURLs({
  authorizeEndpoint: at.authorization_endpoint, tokenEndpoint: at.token_endpoint,
  revokeEndpoint: at.revocation_endpoint, userInfoEndpoint: at.userinfo_endpoint
})
OAuthClient.jwks_uri = at.jwks_uri
OAuthClient.environment.sandbox = at.base_url + '/'

// A person at the consent page, who takes what it offers and chooses Connect.
async function consent(address) {
  const page = await (await fetch(address)).text()
  const form = new URLSearchParams()
  for (const [tag] of page.matchAll(/<input [^>]*type="hidden"[^>]*>/g)) {
    form.set(/name="([^"]*)"/.exec(tag)[1], /value="([^"]*)"/.exec(tag)[1].replaceAll('&amp;', '&'))
  }
  for (const [, name, options] of page.matchAll(/<select name="([^"]*)"[^>]*>(.*?)<\/select>/gs)) {
    form.set(name, /value="([^"]*)"/.exec(options)[1])
  }
  form.set('decision', 'allow')
  const answer = await fetch(at.authorization_endpoint, { method: 'POST', body: form, redirect: 'manual' })
  return answer.headers.get('location')
}

async function refusal(work) {
  try {
    return { unexpected: (await work()).json }
  } catch (error) {
    return { name: error.name, code: error.code, description: error.description, error: error.error, message: error.message }
  }
}

const scenarios = {
  async connect() {
    const scope = [OAuthClient.scopes.Accounting, OAuthClient.scopes.OpenId, OAuthClient.scopes.Email]
    const location = await consent(client.authorizeUri({ scope, state: 'as sent' }))
    const given = (await client.createToken(location)).json
    const { realmId, state } = client.token
    const valid = await client.validateIdToken()
    const user = (await client.getUserInfo()).json
    const company = await client.makeApiCall({ url: `v3/company/${client.token.realmId}/companyinfo/${client.token.realmId}` })
    const first = client.getToken().refresh_token
    await client.refresh()
    await client.refreshUsingToken(client.getToken().refresh_token)
    const fault = await refusal(() => client.makeApiCall({ url: `v3/company/${client.token.realmId}/customer/99999` }))
    await client.revoke()
    const dead = await refusal(() => client.refreshUsingToken(first))
    const twice = await refusal(() => client.createToken(location))
    return {
      location, realm: realmId, state, keys: Object.keys(given).sort(), valid, user,
      company: company.json.CompanyInfo.CompanyName, type: given.token_type, fault, dead, twice
    }
  },

  async hard_expiry() {
    const asking = new OAuthClient({
      clientId: at.client_id, clientSecret: at.client_secret, environment: 'sandbox', redirectUri: back,
      includeRefreshTokenHardExpiresIn: true
    })
    return (await asking.refreshUsingToken(at.refresh_token)).json
  },

  async wrong_secret() {
    const thief = new OAuthClient({ clientId: at.client_id, clientSecret: 'guess', environment: 'sandbox', redirectUri: back })
    return refusal(() => thief.refreshUsingToken(at.refresh_token))
  }
}

scenarios[process.argv[3]]().then(
  seen => process.stdout.write(JSON.stringify(seen)),
  error => {
    process.stderr.write((error.stack || String(error)) + '\n')
    process.exit(1)
  }
)
