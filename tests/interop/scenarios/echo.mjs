// The gateway's own test server: a tool for everybody, and one that needs more rights.
export default async function echo(observer) {
  await observer.step('echo', () => observer.call('echo', { text: 'hello' }));
  await observer.step('child', () => observer.call('pid'));
  await observer.step('cwd', () => observer.call('cwd'));
  await observer.step('sameChild', () => observer.call('pid'));
}
