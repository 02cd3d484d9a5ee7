// Runs web pages in Chromium that use MCP servers:
//   node page.mjs --chromium PATH
// Each line of stdin is a JSON array of steps, { name, page, run, with }: a function of page/client.js and its argument, called in
// a page with that URL. All host names resolve to this machine. Each line is answered with one, a JSON object:
// { results: {step: value}, errors: {step: message} }. At the end of stdin it exits.
import { chromium } from 'playwright-core';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { readOptions } from './lib/options.mjs';

const options = readOptions(process.argv.slice(2));
const browser = await chromium.launch({
  executablePath: options.chromium,
  // Nothing is looked at: drawing in software would cost more than all the rest.
  args: ['--host-resolver-rules=MAP * 127.0.0.1', '--no-proxy-server', '--disable-gpu', '--disable-software-rasterizer'],
});

async function run(steps) {
  const results = {};
  const errors = {};
  // The gateway must refuse a page by CORS, not by the content security policy of the page.
  const context = await browser.newContext({ bypassCSP: true });
  await context.addInitScript({ path: fileURLToPath(new URL('page/client.js', import.meta.url)) });
  const page = await context.newPage();
  for (const { name, page: url, run, with: argument } of steps) {
    try {
      await page.goto(url);
      results[name] = await page.evaluate(([run, argument]) => globalThis[run](argument), [run, argument]);
    } catch (error) {
      errors[name] = error.message;
    }
  }
  await context.close();
  return { results, errors };
}

try {
  for await (const line of createInterface({ input: process.stdin }))
    process.stdout.write(`${JSON.stringify(await run(JSON.parse(line)))}\n`);
} finally {
  await browser.close();
}
