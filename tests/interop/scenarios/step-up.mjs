// The gateway's own test server: a tool that requires more scopes than the tools before and after it.
export default async function stepUp(observer) {
  await observer.step('child', () => observer.call('pid'));
  await observer.step('cwd', () => observer.call('cwd'));
  await observer.step('sameChild', () => observer.call('pid'));
}
