// Runs web pages in Chromium that use MCP servers:
//   node page.mjs --chromium PATH --steps JSON
// Each step is { name, page, run, with }: a function of page/client.js and its argument, called in a page with that URL. All host
// names resolve to this machine. Prints one JSON object: { results: {step: value}, errors: {step: message} }.
import { chromium } from 'playwright-core';
import { fileURLToPath } from 'node:url';
import { readOptions } from './lib/options.mjs';

const options = readOptions(process.argv.slice(2));
const browser = await chromium.launch({
  executablePath: options.chromium,
  args: ['--host-resolver-rules=MAP * 127.0.0.1', '--no-proxy-server'],
});
const results = {};
const errors = {};
try {
  // The gateway must refuse a page by CORS, not by the content security policy of the page.
  const context = await browser.newContext({ bypassCSP: true });
  await context.addInitScript({ path: fileURLToPath(new URL('page/client.js', import.meta.url)) });
  for (const { name, page: url, run, with: argument } of JSON.parse(options.steps)) {
    const page = await context.newPage();
    try {
      await page.goto(url);
      results[name] = await page.evaluate(([run, argument]) => globalThis[run](argument), [run, argument]);
    } catch (error) {
      errors[name] = error.message;
    } finally {
      await page.close();
    }
  }
} finally {
  await browser.close();
}
process.stdout.write(`${JSON.stringify({ results, errors })}\n`);
