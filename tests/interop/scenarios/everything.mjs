// @modelcontextprotocol/server-everything: everything that a server can do, in both directions.
const resourceUri = 'demo://resource/dynamic/text/1';

export default async function everything(observer) {
  const { client } = observer;
  await observer.step('tools', async () => (await listTools(observer)).map((tool) => tool.name).sort());
  await observer.step('echo', () => observer.call('echo', { message: 'naïve ☃' }));
  await observer.step('sum', () => observer.call('get-sum', { a: 19, b: 23 }));
  await observer.step('parallel', () =>
    Promise.all([1, 2, 3, 4].map((n) => observer.call('echo', { message: `call ${n}` }))));
  await observer.step('progress', async () => {
    const seen = [];
    const options = { onprogress: ({ progress, total }) => seen.push(`${progress}/${total}`) };
    const text = await observer.call('trigger-long-running-operation', { duration: 0.5, steps: 5 }, options);
    return { text, seen };
  });
  await observer.step('sampling', () => observer.call('trigger-sampling-request', { prompt: 'Why?', maxTokens: 10 }));
  await observer.step('elicitation', () => observer.call('trigger-elicitation-request', {}));
  await observer.step('roots', () => observer.call('get-roots-list', {}));
  await observer.step('prompts', async () => (await client.listPrompts()).prompts.map((prompt) => prompt.name).sort());
  await observer.step('prompt', async () => {
    const { messages } = await client.getPrompt({ name: 'args-prompt', arguments: { city: 'Bristol' } });
    return messages[0].content.text;
  });
  await observer.step('resource', async () => (await client.readResource({ uri: resourceUri })).contents[0].text);
  await observer.step('subscription', async () => {
    await client.subscribeResource({ uri: resourceUri });
    const update = observer.next('notifications/resources/updated');
    await observer.call('toggle-subscriber-updates', {});
    const { params } = await update;
    await observer.call('toggle-subscriber-updates', {});
    await client.unsubscribeResource({ uri: resourceUri });
    return params.uri;
  });
  await observer.step('unknownTool', async () => {
    const result = await client.callTool({ name: 'no-such-tool', arguments: {} });
    return { isError: result.isError };
  });
}

// The server adds tools for the client's capabilities after `initialized`, so the first list may be too early.
async function listTools(observer) {
  const changed = observer.next('notifications/tools/list_changed').catch(() => undefined);
  const { tools } = await observer.client.listTools();
  if (tools.some((tool) => tool.name === 'trigger-sampling-request')) return tools;
  await changed;
  return (await observer.client.listTools()).tools;
}
