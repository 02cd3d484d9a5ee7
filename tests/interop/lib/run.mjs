// Connects, runs a scenario and prints the results as one JSON object:
//   { server, results: {step: value}, errors: {step: message}, notifications: {method: count}, requests: {method: count} }
// After a failed step the next ones still run. Exit code 1: no session was opened.
import { Observer } from './observer.mjs';

export async function run(transport, options) {
  const observer = new Observer(options);
  try {
    const scenario = await import(`../scenarios/${options.script}.mjs`);
    await observer.client.connect(transport);
    await scenario.default(observer, options);
    // Ends a Streamable HTTP session with DELETE. The other transports have no such operation.
    await observer.step('terminate', () => transport.terminateSession?.());
    print(observer.report());
  } catch (error) {
    print({ ...observer.report(), errors: { connect: String(error?.stack ?? error) } });
    process.exitCode = 1;
  } finally {
    // Also after a failure, because an EventSource would reconnect forever.
    await observer.client.close();
    await transport.close();
  }
}

function print(report) {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}
