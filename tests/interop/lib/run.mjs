// Connects, runs one scenario and prints what was seen as one JSON object:
//   { server, results: {step: value}, errors: {step: message}, notifications: {method: count}, requests: {method: count} }
// A step that fails does not stop the ones after it. Exit code 1: there was no session at all.
import { Observer } from './observer.mjs';

export async function run(transport, options) {
  const observer = new Observer(options);
  try {
    const scenario = await import(`../scenarios/${options.script}.mjs`);
    await observer.client.connect(transport);
    await scenario.default(observer, options);
    // Ends a Streamable HTTP session by DELETE; the other transports know no such thing.
    await observer.step('terminate', () => transport.terminateSession?.());
    print(observer.report());
  } catch (error) {
    print({ ...observer.report(), errors: { connect: String(error?.stack ?? error) } });
    process.exitCode = 1;
  } finally {
    // Also after a failure: an EventSource would try again for ever.
    await observer.client.close();
    await transport.close();
  }
}

function print(report) {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}
