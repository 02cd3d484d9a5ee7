// What scripts in a web page do with an MCP server. page.mjs loads this file into the page.

const initialize = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'page', version: '1' } },
};
const initialized = { jsonrpc: '2.0', method: 'notifications/initialized' };
const callEcho = (text) => ({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'echo', arguments: { text } } });

const post = (url, message, headers = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream', ...headers },
    body: JSON.stringify(message),
  });

// The message of a response: plain JSON, or SSE when the server took long to answer.
const messageOf = async (response) => {
  const text = await response.text();
  const isStream = response.headers.get('Content-Type').startsWith('text/event-stream');
  return JSON.parse(isStream ? /^data: (.*)$/m.exec(text)[1] : text);
};

Object.assign(globalThis, {
  // Sends any request. Rejects if the browser hides the response from the page.
  async read({ url, ...options }) {
    const answer = await fetch(url, options);
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
  },

  // Runs a Streamable HTTP session to its end.
  async overFetch({ url, authorization, text }) {
    const headers = authorization ? { Authorization: authorization } : {};
    const opened = await post(url, initialize, headers);
    headers['Mcp-Session-Id'] = opened.headers.get('Mcp-Session-Id');
    headers['MCP-Protocol-Version'] = (await messageOf(opened)).result.protocolVersion;
    await post(url, initialized, headers);
    const answer = await messageOf(await post(url, callEcho(text), headers));
    const ended = await fetch(url, { method: 'DELETE', headers });
    return { text: answer.result.content[0].text, ended: ended.status };
  },

  // Runs an HTTP+SSE session. Rejects if the stream cannot be opened.
  overEventSource({ url, text }) {
    const stream = new EventSource(url);
    return new Promise((resolve, reject) => {
      let endpoint;
      const send = (message) => post(endpoint, message).catch(reject);
      stream.onerror = () => reject(new Error(`${url} does not open`));
      stream.addEventListener('endpoint', ({ data }) => {
        endpoint = new URL(data, url);
        send(initialize);
      });
      stream.addEventListener('message', ({ data }) => {
        const { id, result } = JSON.parse(data);
        if (id === initialize.id) send(initialized).then(() => send(callEcho(text)));
        else resolve({ text: result.content[0].text });
      });
    }).finally(() => stream.close());
  },
});
