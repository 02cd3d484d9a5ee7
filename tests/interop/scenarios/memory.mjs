// @modelcontextprotocol/server-memory: state that is kept between calls. --tag separates runs that use the same file.
export default async function memory(observer, { tag = '' }) {
  const ada = { name: `Ada${tag}`, entityType: 'person', observations: ['wrote the first program'] };
  const engine = { name: `Engine${tag}`, entityType: 'machine', observations: [] };
  const programs = { from: ada.name, to: engine.name, relationType: 'programs' };
  await observer.step('tools', async () => (await observer.client.listTools()).tools.map((tool) => tool.name).sort());
  await observer.step('create', () => structured(observer, 'create_entities', { entities: [ada, engine] }));
  await observer.step('relate', () => structured(observer, 'create_relations', { relations: [programs] }));
  await observer.step('graph', () => structured(observer, 'read_graph', {}));
}

async function structured(observer, name, args) {
  const result = await observer.client.callTool({ name, arguments: args });
  if (result.isError) throw new Error(`${name}: ${result.content[0]?.text}`);
  return result.structuredContent;
}
