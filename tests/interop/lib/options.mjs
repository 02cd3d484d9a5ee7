import { parseArgs } from 'node:util';

export function readOptions(args) {
  const string = { type: 'string' };
  const { values } = parseArgs({
    args,
    options: {
      transport: string, url: string, script: string, directory: string, tag: string, token: string, keys: string,
      chromium: string, steps: string,
    },
  });
  return values;
}
