// @modelcontextprotocol/server-filesystem. Its allowed directory is the root of this client (--directory).
import { join } from 'node:path';

export default async function filesystem(observer, { directory }) {
  const path = join(directory, 'interop.txt');
  await observer.step('tools', async () => (await observer.client.listTools()).tools.map((tool) => tool.name).sort());
  await observer.step('write', () => observer.call('write_file', { path, content: 'written by interop ☃\n' }));
  await observer.step('read', () => observer.call('read_text_file', { path }));
  await observer.step('list', () => observer.call('list_directory', { path: directory }));
  await observer.step('outside', async () => {
    const result = await observer.client.callTool({ name: 'read_text_file', arguments: { path: '/etc/hostname' } });
    return { isError: result.isError };
  });
}
