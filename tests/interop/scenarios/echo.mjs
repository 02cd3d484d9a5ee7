// The gateway's own test server.
export default async function echo(observer) {
  await observer.step('echo', () => observer.call('echo', { text: 'hello' }));
}
